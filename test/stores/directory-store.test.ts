import { RedisDirectoryStore } from '../../src/stores/redis/directory';
import { directoryStoreContract } from '../contracts/directory-store';
import { testRedis } from '../support/redis/redis';
import { fits, openRedis } from '../support/redis/connection';
import { until } from '../support/time/waiting';
import { backends } from '../support/stores/backends';
import { systemClock } from '../../src/protocol/time';

describe.each(backends)('the directory in %s', (_name, open) => {
  directoryStoreContract(async () => (await open(systemClock)).directory);
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
