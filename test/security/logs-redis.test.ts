import { createKeys } from '../../src/stores/redis/keys';
import { aGate, type LogLine, type Pair } from '../support/gate/gate';
import { aCanaryGate, canaries, printed } from '../support/gate/canary-gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { ownRedis, randomPrefix, testRedis, testRedis5, type OwnRedis } from '../support/redis/redis';
import { refresh } from '../support/tokens/refreshing';
import { capturedOutput, secretsIn } from '../support/expect/secrets';
import { passwordForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

describe.each([
  ['ioredis 6', testRedis],
  ['ioredis 5', testRedis5],
])('the log of Redis errors through %s', (_name, connect) => {
  let server: OwnRedis;
  beforeAll(async () => {
    server = await ownRedis({ over: 'port' });
  });
  afterAll(() => server.close());

  it('S-173 S-164 S-170 contains nothing of the failed commands, and neither do responses', async () => {
    const names = canaries();
    const prefix = randomPrefix();
    const keys = createKeys(prefix);
    const redis = await connect(server.url);
    const admin = await server.client();
    const client: Pair = [names.key, names.secret];
    const form = passwordForm([names.user, names.password]);
    const secrets = [...Object.values(names)];
    let lines: readonly LogLine[] = [];

    const output = await capturedOutput(async () => {
      const gate = aCanaryGate(names, { redis, prefix, deadline: 1_000 });
      lines = gate.lines;
      await gate.gate.ready();
      const issued = await gate.signIn([names.user, names.password], 'read', client);
      secrets.push(issued.access_token, issued.refresh_token);
      const grantId = grantIdOf(issued.access_token);
      const expectUnavailable = async (): Promise<void> => {
        const answers = [await gate.token(form, client), await refresh(gate, issued.refresh_token, undefined, client)];
        for (const answer of answers) {
          expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable', without: [...secrets, grantId] });
        }
      };

      await admin.script('FLUSH'); // NOSCRIPT cures itself
      await gate.token(form, client).expect(200);

      await admin.config('SET', 'maxmemory', '1');
      await expectUnavailable(); // OOM
      await admin.config('SET', 'maxmemory', '0');

      // A Lua script that fails, and a command on a value of another type.
      await admin.set(keys.grantsOf({ clientId: names.key }), names.secret);
      await expectUnavailable();
      await admin.del(keys.refresh(grantId));
      await admin.lpush(keys.refresh(grantId), names.secret);
      const refused = await refresh(gate, issued.refresh_token, undefined, client);
      expectCleanAnswer(refused, { status: 400, error: 'invalid_grant', without: [...secrets, grantId] });
      await admin.del(keys.grantsOf({ clientId: names.key }), keys.refresh(grantId));

      await admin.replicaof('127.0.0.1', '1'); // no primary there: READONLY
      await gate.token(form, client).expect(503);
      await admin.replicaof('NO', 'ONE');
      await gate.gate.ready();
      await gate.token(form, client).expect(200);

      server.pause();
      await gate.get('/me', issued.access_token).expect(503);
      server.resume();
      redis.disconnect();
      admin.disconnect();
      await server.stop();
      await gate.get('/me', issued.access_token).expect(503);
      await gate.close();
    });
    expect(secretsIn([printed(lines), ...output].join('\n'), secrets)).toEqual([]);
    expect(printed(lines)).not.toMatch(/evalsha|HGET|user_script|127\.0\.0\.1/i);
  });

  it('S-174 has one line for a whole outage, however many requests are refused', async () => {
    await server.start();
    const redis = await connect(server.url);
    const gate = aGate({ redis, deadline: 1_000 });
    const { access_token: token } = await gate.signIn();
    const before = gate.lines.length;
    redis.disconnect();
    await server.stop();
    for (let times = 0; times < 100; times += 1) await gate.get('/me', token).expect(503);
    expect(gate.lines.slice(before)).toEqual([
      {
        level: 'error',
        fields: { store: 'redis', reason: expect.any(String) },
        message: expect.stringContaining('away'),
      },
    ]);
    await gate.close();
  });
});
