import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { RedisDirectoryStore } from '../../src/stores/redis/directory';
import { directoryStoreContract } from '../contracts/directory-store';
import { testRedis, testRedis5 } from '../support/redis';
import { fits, openRedis } from '../support/redis-stores';

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
