import { StoreUnavailableError } from '../../src/protocol/errors';
import { systemClock } from '../../src/protocol/time';
import { RedisUsageStore } from '../../src/stores/redis/usage';
import { RESOLUTIONS } from '../../src/usage/resolutions';
import { countOne, emptyTally } from '../../src/usage/tally';
import { usageStoreContract } from '../contracts/usage-store';
import { rejectionOf } from '../support/expect/thrown';
import { fits, openRedis } from '../support/redis/connection';
import { ownRedis } from '../support/redis/redis';
import { backends, redisClients } from '../support/stores/backends';

const AT = 20_833 * 86_400;
const [, hour] = RESOLUTIONS;
const query = { resolution: hour, from: AT, to: AT + 3_600 };

const tally = emptyTally();
countOne(tally, 'success', 1);

const increment = { application: 'app', environment: 'production', api: 'orders', at: AT, tally } as const;

describe.each(backends)('usage in %s', (_name, open) => {
  usageStoreContract(async () => (await open(systemClock)).usage);
});

describe.each(redisClients)('usage in %s', (_name, connect) => {
  const open = async () => {
    const redis = await connect();
    const { connection, keys, prefix } = openRedis(fits(redis));
    return { redis, keys, prefix, store: new RedisUsageStore(connection, keys) };
  };

  it('expires as a whole: minutes after 3 hours, hours after 3 days, days after 36 days', async () => {
    const { redis, prefix, store } = await open();
    await store.add([increment]);
    const written = (await redis.keys(`${prefix}*`)).sort();
    expect(written).toHaveLength(RESOLUTIONS.length);
    const lives = await Promise.all(written.map((key) => redis.ttl(key)));
    expect(lives.map((life) => Math.ceil(life / 3_600)).sort((a, b) => a - b)).toEqual([3, 72, 864]);
  });

  it('has a number of keys that depends on the periods alone, however many requests there are', async () => {
    const { redis, prefix, store } = await open();
    for (let minute = 0; minute < 600; minute += 1) {
      await store.add(['a', 'b', 'c'].map((api) => ({ ...increment, api, at: AT + minute * 60 })));
    }
    const written = await redis.keys(`${prefix}*`);
    expect(written).toHaveLength(10 + 1 + 1);
    for (const key of written) expect(await redis.ttl(key)).toBeGreaterThan(0);
  });

  it('leaves what another version has written as it is, and does not return it', async () => {
    const { redis, keys, store } = await open();
    const key = keys.usageOf('app', 'hour', Math.floor(AT / 86_400));
    await redis.hset(key, '0 p orders', '2 1,2,3', 'nonsense', '1 5', '1 p stock', 'nonsense');
    await store.add([increment]);
    expect(await redis.hget(key, '0 p orders')).toBe('2 1,2,3');
    expect(await store.find('app', query)).toEqual([]);
  });

  it('rejects if a value of another type is in the place of a block', async () => {
    const { redis, keys, store } = await open();
    await redis.set(keys.usageOf('app', 'hour', Math.floor(AT / 86_400)), '1');
    for (const one of [store.find('app', query), store.add([increment])].map(rejectionOf)) {
      expect(await one).toBeInstanceOf(StoreUnavailableError);
    }
  });
});

it('every method of usage rejects while Redis is unavailable', async () => {
  const own = await ownRedis();
  const { connection, keys } = openRedis(fits(await own.client()), { deadline: 300 });
  const store = new RedisUsageStore(connection, keys);
  await connection.ping();
  await own.stop();
  for (const one of [store.find('app', query), store.add([increment])].map(rejectionOf)) {
    expect(await one).toBeInstanceOf(StoreUnavailableError);
  }
});
