import { digestOf, mintAccessToken, type GrantId } from '../../src/protocol/secrets';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate } from '../support/gate/gate';
import { testRedis } from '../support/redis/redis';
import { refreshed } from '../support/tokens/refreshing';
import { refreshForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

describe('a dump of the store', () => {
  it('S-192 contains no token: no value in Redis is accepted as one', async () => {
    const options = await onRedis();
    const gate = aGate(options);
    const issued = await refreshed(gate, await gate.signIn());
    const grantId = grantIdOf(issued.access_token);
    const redis = await testRedis();
    const access = (await redis.get(`${options.prefix}{${grantId}}:a`)) ?? '';
    const state = (await redis.get(`${options.prefix}{${grantId}}:r`)) ?? '';
    redis.disconnect();
    expect(state.split('\n').map((line) => line.split('\t').length)).toEqual([10, 4]);

    const texts = [access, state].flatMap((text) => text.match(/[A-Za-z0-9_-]{8,}/g) ?? []);
    expect(texts).toContain(digestOf(issued.access_token.slice(0, -6)).slice(0, 22));
    const sealed = (body: string): string => body + digestOf(body).slice(0, 6);
    const shaped = texts.flatMap((text) => [
      text,
      sealed(`sga_${grantId}${text.padEnd(43, 'A').slice(0, 43)}`),
      sealed(`sgr_${grantId}${text.padEnd(54, 'A').slice(0, 54)}`),
    ]);
    expect(shaped.length).toBeGreaterThan(12);
    for (const text of shaped) {
      await gate.get('/me', text).expect(401);
      if (text.startsWith('sgr_')) await gate.token(refreshForm(text)).expect(400);
    }
    await gate.get('/me', issued.access_token).expect(200);
  });
});

describe.each(everyStore)('a token that looks like a key, in %s,', (_name, freshStore) => {
  it('S-193 finds nothing', async () => {
    const gate = aGate(await freshStore());
    await gate.gate.directory.users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });
    const { access_token: token } = await gate.signIn();
    const shaped = ['directory-users_', '../../../../../..', 'AAAAAAAAAAAAAAAA', grantIdOf(token)].map(
      (name) => mintAccessToken(name.slice(0, 16) as GrantId).text,
    );
    const named = ['directory', 'a/../b', 'sg~a', grantIdOf(token), `${grantIdOf(token)}/a`];
    for (const text of [...shaped, ...named]) await gate.get('/me', text).expect(401);
    for (const text of ['rt:a', '{tag}', '*', `sg:{${grantIdOf(token)}}:a`]) await gate.get('/me', text).expect(400);
    await gate.get('/me', token).expect(200);
  });
});
