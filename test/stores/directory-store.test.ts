import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { RedisDirectoryStore } from '../../src/stores/redis/directory';
import { directoryStoreContract } from '../contracts/directory-store';
import { testRedis, testRedis5 } from '../support/redis/redis';
import { fits, openRedis } from '../support/redis/connection';
import { until } from '../support/time/waiting';

describe('the directory in memory', () => {
  directoryStoreContract(async () => new MemoryDirectoryStore());
});

describe.each([
  ['ioredis 6', testRedis],
  ['ioredis 5', testRedis5],
])('the directory in Redis with %s', (_name, connect) => {
  directoryStoreContract(async () => {
    const { connection, keys } = openRedis(fits(await connect()));
    return new RedisDirectoryStore(connection, keys);
  });
});

it('a removal from the directory in Redis is published even if the record was already lost', async () => {
  const [redis, listener] = [await testRedis(), await testRedis()];
  const { connection, keys } = openRedis(fits(redis));
  const published: string[] = [];
  listener.on('message', (_channel: string, message: string) => published.push(message));
  await listener.subscribe(keys.changes);
  const { clients } = new RedisDirectoryStore(connection, keys);
  expect(await clients.remove('lost-key')).toBe(false);
  await until(() => published.includes('clients lost-key'), 2_000);
  listener.disconnect();
});
