import { RedisConnection } from '../../../src/stores/redis/connection';
import { membersOf } from '../../../src/stores/redis/replies';
import { recordedLogger } from '../../support/gate/gate';
import { ownRedis, randomPrefix } from '../../support/redis/redis';
import { aRedis } from '../../support/redis/clients';
import { commandsDuring } from '../../support/redis/commands';

const server = ownRedis();

const someReads = async () => {
  const { url } = await server;
  const redis = aRedis({}, url);
  const connection = new RedisConnection(redis, {
    deadline: 5_000,
    emit: () => undefined,
    logger: recordedLogger().logger,
  });
  await connection.ping();
  const prefix = randomPrefix();
  const keyOf = (index: number): string => `${prefix}${index}`;
  const put = (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, (_, index) => redis.set(keyOf(index), String(index))));
  const reads = connection.tickReads(async (keys) => membersOf(await connection.command('mget', ...keys)));
  return { redis, connection, reads, keyOf, put };
};

it('the reads of one tick are sent as one command, and each gets its own value', async () => {
  const { redis, connection, reads, keyOf, put } = await someReads();
  await put(20);
  let values: readonly unknown[] = [];
  const run = await commandsDuring(redis, async () => {
    values = await Promise.all(Array.from({ length: 21 }, (_, index) => reads.get(keyOf(index))));
  });
  expect(values).toEqual([...Array.from({ length: 20 }, (_, index) => String(index)), null]);
  expect(run['mget']).toBe(1);
  expect(run['get']).toBeUndefined();
  await connection.close();
});

it('reads that are too many for one command are sent in several', async () => {
  const { redis, connection, reads, keyOf, put } = await someReads();
  await put(200);
  let values: readonly unknown[] = [];
  const run = await commandsDuring(redis, async () => {
    values = await Promise.all(Array.from({ length: 200 }, (_, index) => reads.get(keyOf(index))));
  });
  expect(values).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
  expect(run['mget']).toBe(4);
  await connection.close();
});

it('a read of a key without text yields nothing, and the others get their values', async () => {
  const { redis, connection, reads, keyOf, put } = await someReads();
  await put(2);
  await redis.rpush(keyOf(2), 'x');
  expect(await Promise.all([0, 1, 2].map((index) => reads.get(keyOf(index))))).toEqual(['0', '1', null]);
  await connection.close();
});

it('reads are sent after commands that were issued before them in the same tick', async () => {
  const { connection, reads, keyOf, put } = await someReads();
  await put(2);
  const changed = connection.command('set', keyOf(0), 'changed');
  const values = Promise.all([reads.get(keyOf(0)), reads.get(keyOf(1))]);
  await changed;
  expect(await values).toEqual(['changed', '1']);
  await connection.close();
});

it('every read of a tick rejects if the store is unavailable then, and no later one', async () => {
  const { connection, reads, keyOf } = await someReads();
  await connection.close();
  const asked = await Promise.allSettled([0, 1, 2].map((index) => reads.get(keyOf(index))));
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(asked[0]).toMatchObject({ reason: { name: 'StoreUnavailableError', reason: 'disconnected' } });
});
