import { MemoryFailureCounters } from '../../src/stores/memory/failure-counters';
import { RedisFailureCounters } from '../../src/stores/redis/failure-counters';
import { digestOf } from '../../src/protocol/secrets';
import { createThrottle } from '../../src/throttle/throttle';
import { contractLimits, failureCountersContract } from '../contracts/failure-counters';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { randomPrefix } from '../support/redis/redis';
import { until } from '../support/time/waiting';
import { backends, redisClients } from '../support/stores/backends';
import { fits, openRedis } from '../support/redis/connection';

describe.each(backends)('failure counters in %s', (_name, open) => {
  failureCountersContract(async () => {
    const clock = aClock();
    const { failures, age } = await open(clock.now);
    const advance = async (seconds: number): Promise<void> => {
      clock.advance(seconds);
      await age(seconds);
    };
    return { counters: failures, advance };
  });
});

describe('failure counters in memory', () => {
  it('are deleted when their window ends', async () => {
    const clock = aClock();
    const counters = new MemoryFailureCounters(contractLimits, clock.now);
    await counters.add('address', 'a');
    clock.advance(60.001);
    expect((await counters.add('address', 'a')).failures).toBe(1);
  });

  it('keep what is linked to an account until the last window ends', async () => {
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

describe.each(redisClients)('failure counters in %s', (_name, connect) => {
  const openWith = async (prefix: string, limits = contractLimits) => {
    const redis = await connect();
    const { connection, keys } = openRedis(fits(redis), { prefix });
    await connection.ping();
    return { redis, counters: new RedisFailureCounters(connection, keys, limits) };
  };

  it('drop a linked key when its window ends, even if later links keep the list of the account alive', async () => {
    const prefix = randomPrefix();
    const { redis, counters } = await openWith(prefix, {
      ...contractLimits,
      accountAndAddress: { failures: 3, window: 1 },
    });
    await counters.link('ana', 'old');
    const [list = ''] = await redis.keys(`${prefix}*`);
    await until(async () => {
      await counters.link('ana', 'new');
      return !(await counters.linkedTo('ana')).includes('old');
    }, 3_000);
    expect(await counters.linkedTo('ana')).toEqual(['new']);
    expect(await redis.pttl(list)).toBeGreaterThan(0);
  });

  it('can unlock an account at which 12,000 networks have failed', async () => {
    const { counters } = await openWith(randomPrefix());
    const throttle = createThrottle({ counters, inProcess: counters, limits: contractLimits, emit: ignoreEvents });
    const fail = async (address: string) => {
      const attempt = await throttle.beginSignIn('ana', address);
      await attempt.settle('failed');
      return attempt.refused;
    };
    for (let count = 0; count <= contractLimits.accountAndAddress.failures; count += 1) await fail('192.0.2.1');
    expect(await fail('192.0.2.1')).toBe(true);
    const account = digestOf(JSON.stringify(['ana'])).slice(0, 22);
    const link = (host: number) => counters.link(account, `pair ${host}`);
    for (let first = 0; first < 12_000; first += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, index) => link(first + index)));
    }
    await fail('198.51.100.7'); // the newest, as far as the account’s own ceiling lets it be
    await throttle.unlock('ana');
    expect(await fail('198.51.100.7')).toBe(false);
  }, 30_000);

  it('expire by themselves', async () => {
    const prefix = randomPrefix();
    const { redis, counters } = await openWith(prefix);
    await counters.add('address', 'a');
    await counters.add('address', 'b');
    await counters.takeBack('address', 'b'); // back to zero: no key is left of it
    await counters.add('account', 'a');
    await counters.recordSignIn('ana', 'a');
    await counters.link('a', 'b');
    const keys = await redis.keys(`${prefix}*`);
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
