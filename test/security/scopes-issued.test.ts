import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, gateOptions, JOHN, recordedLogger } from '../support/gate/gate';
import { testRedis } from '../support/redis/redis';
import { refreshed } from '../support/tokens/refreshing';
import { grantIdOf } from '../support/tokens/tokens';

describe('the scopes of an issued token', () => {
  it.each([
    ['none', (fields: readonly string[]) => fields.toSpliced(6, 1)],
    ['two', (fields: readonly string[]) => fields.toSpliced(6, 0, 'update')],
    ['one that does not end', (fields: readonly string[]) => fields.slice(0, 7)],
  ])('S-115 make a guard refuse the token if its record has %s for its scope', async (_name, damage) => {
    const options = await onRedis();
    const gate = aGate(options);
    const { access_token: token } = await gate.signIn(JOHN, 'read');
    const redis = await testRedis();
    const key = `${options.prefix}{${grantIdOf(token)}}:a`;
    const fields = ((await redis.get(key)) ?? '').split('\t');
    expect(fields[6]).toBe('read');

    await redis.set(key, damage(fields).join('\t'), 'KEEPTTL');
    redis.disconnect();
    await gate.get('/orders', token).expect(401);
    await gate.get('/me', token).expect(401);
    expect(gate.served()).toBe(0);
  });

  it('S-117 shrink at a refresh to what the client may still have, but not for the access token', async () => {
    const options = await onRedis();
    const before = aGate(options);
    const issued = await before.signIn(JOHN, 'read update');

    const { logger } = recordedLogger();
    const { applications = [] } = gateOptions(logger);
    const after = aGate({
      ...options,
      applications: applications.map((application) => ({ ...application, scopes: ['read'] })),
    });
    await after.put('/orders/1', issued.access_token).expect(200);
    const narrowed = await refreshed(after, issued);
    expect(narrowed.scope).toBe('read');
    await after.put('/orders/1', narrowed.access_token).expect(403);
  });

  it.each(everyStore)(
    'S-117 end with the role that they need, together with the access tokens, in %s',
    async (_name, freshStore) => {
      const gate = aGate(await freshStore());
      const { users } = gate.gate.directory;
      await users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password', roles: ['clerk'] });
      const issued = await gate.signIn(['kim@johnsorg', 'kim-password'], 'read update');
      await gate.put('/orders/1', issued.access_token).expect(200);

      await users.setRoles('kim@johnsorg', []);
      await gate.put('/orders/1', issued.access_token).expect(401);
      await gate.get('/orders', issued.access_token).expect(401);
      const rest = await refreshed(gate, issued);
      expect(rest.scope).toBe('read');
      await gate.get('/orders', rest.access_token).expect(200);
    },
  );
});
