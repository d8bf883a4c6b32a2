import { StoreUnavailableError } from '../../src/protocol/errors';
import { systemClock } from '../../src/protocol/time';
import { RedisRefusalStore } from '../../src/stores/redis/refusals';
import { REFUSALS_KEPT_FOR } from '../../src/usage/refusal-store';
import { FACTS, refusalStoreContract } from '../contracts/refusal-store';
import { rejectionOf } from '../support/expect/thrown';
import { fits, openRedis } from '../support/redis/connection';
import { backends, redisClients } from '../support/stores/backends';
import { aClock } from '../support/time/clock';

const refusal = { ...FACTS, count: 1, at: 20_833 * 86_400 };

describe.each(backends)('recent refusals in %s', (_name, open) => {
  refusalStoreContract(async () => (await open(systemClock)).refusals, systemClock);
});

it('recent refusals in memory are dropped seven days after the last one', async () => {
  const clock = aClock(refusal.at);
  const open = backends[0]?.[1];
  const store = (await open?.(clock.now))?.refusals;
  await store?.note('app', [refusal]);
  clock.advance(REFUSALS_KEPT_FOR - 1);
  expect(await store?.list('app')).toEqual([refusal]);
  clock.advance(1);
  expect(await store?.list('app')).toEqual([]);
});

describe.each(redisClients)('recent refusals in %s', (_name, connect) => {
  const open = async () => {
    const redis = await connect();
    const { connection, keys } = openRedis(fits(redis));
    return { redis, key: keys.refusalsOf('app'), store: new RedisRefusalStore(connection, keys) };
  };

  it('expire seven days after the last one', async () => {
    const { redis, key, store } = await open();
    await store.note('app', [refusal]);
    expect(await redis.ttl(key)).toBeGreaterThan(REFUSALS_KEPT_FOR - 60);
    expect(await redis.ttl(key)).toBeLessThanOrEqual(REFUSALS_KEPT_FOR);
  });

  it('do not include what another version has written, and drop it before their own', async () => {
    const { redis, key, store } = await open();
    await redis.hset(key, 'nonsense', '1 1', '2\t403\tx\t', 'nonsense');
    await store.note('app', [refusal]);
    expect(await store.list('app')).toEqual([refusal]);
    const others = Array.from({ length: 19 }, (_, index) => ({ ...refusal, resource: `/${index}` }));
    await store.note('app', others);
    expect(await redis.hlen(key)).toBe(20);
  });

  it('cause an error if a value of another type is in their place', async () => {
    const { redis, key, store } = await open();
    await redis.set(key, '1');
    for (const one of [store.list('app'), store.note('app', [refusal])].map(rejectionOf)) {
      expect(await one).toBeInstanceOf(StoreUnavailableError);
    }
  });
});
