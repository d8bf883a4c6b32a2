import { aGate, closeAtEnd, recordedLogger, gateOptions } from '../../support/gate/gate';
import { expectCleanAnswer } from '../../support/expect/clean-answer';
import { ownRedis, randomPrefix, type OwnRedis } from '../../support/redis/redis';
import { aRedis } from '../../support/redis/clients';
import { scopegate } from 'scopegate';

let primary: OwnRedis;
let replica: OwnRedis;
beforeAll(async () => {
  [primary, replica] = await Promise.all([ownRedis({ over: 'port' }), ownRedis({ over: 'port' })]);
});

const revoke = (gate: ReturnType<typeof aGate>, token: string) => gate.postTo('/revoke', { token });

describe('S-223 a gate on a Redis that requires replicas', () => {
  it('acknowledges no revocation without one, and the token stays alive to be revoked later', async () => {
    const redis = aRedis({}, primary.url);
    const gate = aGate({ redis, prefix: randomPrefix() });
    const { access_token: token } = await gate.signIn();
    await redis.config('SET', 'min-replicas-to-write', '1');
    expectCleanAnswer(await revoke(gate, token), { status: 503, error: 'temporarily_unavailable' });
    await gate.get('/me', token).expect(200);

    await redis.config('SET', 'min-replicas-to-write', '0');
    await revoke(gate, token).expect(200);
    await gate.get('/me', token).expect(401);
  });

  it('loses no revocation that its replica has received when the replica takes over', async () => {
    const [first, second] = [aRedis({}, primary.url), aRedis({}, replica.url)];
    const prefix = randomPrefix();
    // A primary that is being copied is slow for a moment.
    const gate = aGate({ redis: first, prefix, deadline: 5_000 });
    const { port } = new URL(primary.url);
    await first.config('SET', 'repl-diskless-sync-delay', '0'); // else a primary waits for more replicas first
    await second.replicaof('127.0.0.1', port);
    const [kept, ended] = [await gate.signIn(), await gate.signIn()];
    await revoke(gate, ended.access_token).expect(200);
    await first.set(`${prefix}mark`, 'WAIT waits for the writes of its own connection, and for all before them');
    await expect(first.wait(1, 12_000)).resolves.toBe(1);

    await second.call('replicaof', 'no', 'one');
    const { logger } = recordedLogger();
    const after = closeAtEnd(scopegate({ ...gateOptions(logger), redis: second, prefix }));
    await after.ready();
    expect((await after.explain(kept.access_token, 'read')).token.state).toBe('live');
    expect((await after.explain(ended.access_token, 'read')).token.state).toBe('gone');
  });
});
