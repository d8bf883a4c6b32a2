import { MemoryFailureCounters } from '../../src/stores/memory/failure-counters';
import { RedisConnection } from '../../src/stores/redis/connection';
import { RedisFailureCounters } from '../../src/stores/redis/failure-counters';
import { createKeys } from '../../src/stores/redis/keys';
import { contractLimits, failureCountersContract } from '../contracts/failure-counters';
import { unheard } from '../support/events';
import { aClock } from '../support/clock';
import { recordedLogger } from '../support/gate';
import { randomPrefix, testRedis, testRedis5 } from '../support/redis';

describe('failure counters in memory', () => {
  failureCountersContract(async () => new MemoryFailureCounters(contractLimits, aClock().now));

  it('forget when their window is over', async () => {
    const clock = aClock();
    const counters = new MemoryFailureCounters(contractLimits, clock.now);
    await counters.add('address', 'a');
    clock.advance(60.001);
    expect((await counters.add('address', 'a')).failures).toBe(1);
  });

  it('know what is linked to an account until the last window is over', async () => {
    const clock = aClock();
    const counters = new MemoryFailureCounters(contractLimits, clock.now);
    await counters.link('ana', 'a');
    clock.advance(50);
    await counters.link('ana', 'b');
    clock.advance(59.9);
    expect(await counters.linkedTo('ana')).toContain('b');
    clock.advance(0.2);
    expect(await counters.linkedTo('ana')).toEqual([]);
  });
});

describe.each([
  ['6', testRedis],
  ['5', testRedis5],
])('failure counters in Redis through ioredis %s', (_major, connect) => {
  const closing: (() => void)[] = [];
  afterAll(() => {
    for (const close of closing) close();
  });

  const openWith = async (prefix: string) => {
    const redis = await connect();
    const connection = new RedisConnection(redis, { deadline: 1000, emit: unheard, logger: recordedLogger().logger });
    closing.push(() => {
      redis.disconnect();
      void connection.close();
    });
    await connection.ping();
    return { redis, counters: new RedisFailureCounters(connection, createKeys(prefix), contractLimits) };
  };

  failureCountersContract(async () => (await openWith(randomPrefix())).counters);

  it('expire by themselves', async () => {
    const prefix = randomPrefix();
    const { redis, counters } = await openWith(prefix);
    await counters.add('address', 'a');
    await counters.add('address', 'b');
    await counters.takeBack('address', 'b'); // back to zero: no key is left of it
    await counters.add('account', 'a');
    await counters.remember('a');
    await counters.link('a', 'b');
    const keys = await redis.keys(`${prefix}*`);
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
