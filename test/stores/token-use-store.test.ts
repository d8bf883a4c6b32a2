import { Cluster } from 'ioredis';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { mintGrantId } from '../../src/protocol/secrets';
import { MemoryTokenUseStore } from '../../src/stores/memory/token-uses';
import { RedisTokenUseStore } from '../../src/stores/redis/token-uses';
import { tokenUseStoreContract } from '../contracts/token-use-store';
import { ownRedis, testRedis, testRedis5 } from '../support/redis/redis';
import { ownCluster } from '../support/redis/cluster';
import { fits, openRedis } from '../support/redis/connection';
import { rejectionOf } from '../support/expect/thrown';

const DAY = 86_400;
const NOON = 1_800_000_000;

describe('last uses in memory', () => {
  tokenUseStoreContract(async () => new MemoryTokenUseStore());
});

describe.each([
  ['ioredis 6', testRedis],
  ['ioredis 5', testRedis5],
])('last uses in Redis with %s', (_name, connect) => {
  const open = async () => {
    const redis = await connect();
    const { connection, keys } = openRedis(fits(redis));
    return { redis, keys, store: new RedisTokenUseStore(connection, keys) };
  };

  tokenUseStoreContract(async () => (await open()).store);

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

describe('last uses in a Cluster', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = new Cluster([{ host: '127.0.0.1', port: await ownCluster() }]);
    cluster.on('error', () => undefined);
  });
  afterAll(() => cluster.disconnect());

  tokenUseStoreContract(async () => {
    const { connection, keys } = openRedis(fits(cluster));
    return new RedisTokenUseStore(connection, keys);
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
