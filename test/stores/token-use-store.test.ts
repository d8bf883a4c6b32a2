import { StoreUnavailableError } from '../../src/protocol/errors';
import { mintGrantId } from '../../src/protocol/secrets';
import { RedisTokenUseStore } from '../../src/stores/redis/token-uses';
import { tokenUseStoreContract } from '../contracts/token-use-store';
import { ownRedis } from '../support/redis/redis';
import { fits, openRedis } from '../support/redis/connection';
import { rejectionOf } from '../support/expect/thrown';
import { backends, redisClients } from '../support/stores/backends';
import { systemClock } from '../../src/protocol/time';

const DAY = 86_400;
const NOON = 1_800_000_000;

describe.each(backends)('last uses in %s', (_name, open) => {
  tokenUseStoreContract(async () => (await open(systemClock)).tokenUses);
});

describe.each(redisClients)('last uses in %s', (_name, connect) => {
  const open = async () => {
    const redis = await connect();
    const { connection, keys } = openRedis(fits(redis));
    return { redis, keys, store: new RedisTokenUseStore(connection, keys) };
  };

  it('are deleted after 31 days, and do not accumulate before', async () => {
    const { redis, keys, store } = await open();
    const [old, young] = [mintGrantId(), mintGrantId()];
    await store.note([{ grantId: old, clientId: 'key', at: NOON }]);
    await store.note([{ grantId: young, clientId: 'key', at: NOON + 31 * DAY }]);
    expect(await store.lastUses('key', [old, young])).toEqual([undefined, NOON + 31 * DAY]);
    const key = keys.usesOf('key');
    expect(await redis.zcard(key)).toBe(1);
    expect(Math.ceil((await redis.ttl(key)) / DAY)).toBe(31);
  });

  it('cause an error if a value of another type is in their place', async () => {
    const { redis, keys, store } = await open();
    const grantId = mintGrantId();
    await redis.set(keys.usesOf('key'), '1');
    const asked = [store.lastUses('key', [grantId]), store.note([{ grantId, clientId: 'key', at: NOON }])];
    for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
  });
});

it('every method of last uses rejects while Redis is unavailable', async () => {
  const own = await ownRedis();
  const { connection, keys } = openRedis(fits(await own.client()), { deadline: 300 });
  const store = new RedisTokenUseStore(connection, keys);
  await connection.ping();
  await own.stop();
  const grantId = mintGrantId();
  const asked = [store.lastUses('key', [grantId]), store.note([{ grantId, clientId: 'key', at: NOON }])];
  for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
});
