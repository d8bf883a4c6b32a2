import { StoreUnavailableError } from '../../src/protocol/errors';
import { systemClock } from '../../src/protocol/time';
import { RedisPasswordUseStore } from '../../src/stores/redis/password-uses';
import { PASSWORD_USE_DAYS } from '../../src/tokens/password-use-store';
import { passwordUseStoreContract } from '../contracts/password-use-store';
import { rejectionOf } from '../support/expect/thrown';
import { fits, openRedis } from '../support/redis/connection';
import { ownRedis } from '../support/redis/redis';
import { backends, redisClients } from '../support/stores/backends';

const DAY = 86_400;
const TODAY = 20_833;
const client = { clientId: 'key' };

describe.each(backends)('counts of password grants in %s', (_name, open) => {
  passwordUseStoreContract(async () => (await open(systemClock)).passwordUses);
});

describe.each(redisClients)('counts of password grants in %s', (_name, connect) => {
  const open = async () => {
    const redis = await connect();
    const { connection, keys } = openRedis(fits(redis));
    return { redis, key: keys.passwordUsesOf(client), store: new RedisPasswordUseStore(connection, keys) };
  };

  it('expire 40 days after the last one', async () => {
    const { redis, key, store } = await open();
    await store.add([{ ...client, day: TODAY, grants: 1 }]);
    expect(Math.ceil((await redis.ttl(key)) / DAY)).toBe(PASSWORD_USE_DAYS);
  });

  it('are at most one for each day, whatever another program has added to them', async () => {
    const { redis, key, store } = await open();
    await redis.zadd(key, 5, 'nonsense', 3, '');
    for (let day = TODAY - 200; day <= TODAY; day += 1) await store.add([{ ...client, day, grants: 1 }]);
    expect(await redis.zcard(key)).toBe(PASSWORD_USE_DAYS);
    expect(await store.usageSince(client, 0)).toEqual({ grants: PASSWORD_USE_DAYS, lastDay: TODAY });
  });

  it('cause an error if a value of another type is in their place', async () => {
    const { redis, key, store } = await open();
    await redis.set(key, '1');
    const asked = [store.usageSince(client, 0), store.add([{ ...client, day: TODAY, grants: 1 }])];
    for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
  });
});

it('every method of the counts rejects while Redis is unavailable', async () => {
  const own = await ownRedis();
  const { connection, keys } = openRedis(fits(await own.client()), { deadline: 300 });
  const store = new RedisPasswordUseStore(connection, keys);
  await connection.ping();
  await own.stop();
  const asked = [store.usageSince(client, 0), store.add([{ ...client, day: TODAY, grants: 1 }])];
  for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
});
