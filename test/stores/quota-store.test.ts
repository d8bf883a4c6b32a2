import { StoreUnavailableError } from '../../src/protocol/errors';
import { systemClock } from '../../src/protocol/time';
import type { Allowance } from '../../src/quotas/allowance';
import { RedisQuotaStore } from '../../src/stores/redis/quotas';
import { quotaStoreContract } from '../contracts/quota-store';
import { rejectionOf } from '../support/expect/thrown';
import { fits, openRedis } from '../support/redis/connection';
import { ownRedis } from '../support/redis/redis';
import { backends, redisClients } from '../support/stores/backends';

const ALLOWANCE: Allowance = { requests: 10, per: 60 };
const ONE = { callers: 1, extra: 0 };

describe.each(backends)('counters of requests in %s', (_name, open) => {
  quotaStoreContract(async () => {
    const { quotas, age } = await open(systemClock);
    return { store: quotas, advance: age };
  });
});

describe.each(redisClients)('counters of requests in %s', (_name, connect) => {
  const open = async () => {
    const redis = await connect();
    const { connection, keys } = openRedis(fits(redis));
    return { redis, keys, key: keys.quota('a', ALLOWANCE.per), store: new RedisQuotaStore(connection, keys) };
  };

  it('expire with their window', async () => {
    const { redis, key, store } = await open();
    const { resetAfter } = await store.lease('a', ALLOWANCE, ONE);
    const life = await redis.pttl(key);
    expect(life).toBeGreaterThan(50_000);
    expect(life).toBeLessThanOrEqual(resetAfter);
  });

  it('expire when a burst is restored, if that is later', async () => {
    const { redis, keys, store } = await open();
    const allowance = { requests: 100, per: 100, burst: 100 };
    await store.lease('a', allowance, { callers: 40, extra: 10 });
    const life = await redis.pttl(keys.quota('a', allowance.per));
    expect(life).toBeGreaterThan(90_000);
    expect(life).toBeLessThanOrEqual(110_000);
  });

  it('are not created by a reading', async () => {
    const { redis, key, store } = await open();
    await store.usage('a', ALLOWANCE);
    expect(await redis.exists(key)).toBe(0);
  });

  it('cause an error if a value of another type or form is in their place', async () => {
    const { redis, key, store } = await open();
    await redis.set(key, 'nonsense');
    expect(await rejectionOf(store.lease('a', ALLOWANCE, ONE))).toBeInstanceOf(StoreUnavailableError);
    await redis.del(key);
    await redis.lpush(key, 'nonsense');
    expect(await rejectionOf(store.usage('a', ALLOWANCE))).toBeInstanceOf(StoreUnavailableError);
  });
});

it('every method of the counters rejects while Redis is unavailable', async () => {
  const own = await ownRedis();
  const { connection, keys } = openRedis(fits(await own.client()), { deadline: 300 });
  const store = new RedisQuotaStore(connection, keys);
  await connection.ping();
  await own.stop();
  const asked = [store.lease('a', ALLOWANCE, ONE), store.usage('a', ALLOWANCE)];
  for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
});
