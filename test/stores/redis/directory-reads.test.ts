import { RedisDirectoryStore } from '../../../src/stores/redis/directory';
import { commandsDuring } from '../../support/redis/commands';
import { fits, openRedis } from '../../support/redis/connection';
import { ownRedis } from '../../support/redis/redis';

const open = async () => {
  const redis = await (await ownRedis()).client();
  const { connection, keys } = openRedis(fits(redis.duplicate()));
  await connection.ping();
  return { redis, keys, store: new RedisDirectoryStore(connection, keys) };
};

it('records of one kind that are requested in one tick are read with one command, and each gets its own', async () => {
  const { redis, store } = await open();
  await store.organizations.insert('one', { key: 'one', enabled: true });
  await store.organizations.insert('two', { key: 'two', enabled: false });
  let found: readonly unknown[] = [];
  const run = await commandsDuring(redis, async () => {
    found = await Promise.all(['two', 'none', 'one', 'two'].map((key) => store.organizations.find(key)));
  });
  expect(found.map((record) => record ?? 'absent')).toEqual([
    { key: 'two', enabled: false },
    'absent',
    { key: 'one', enabled: true },
    { key: 'two', enabled: false },
  ]);
  expect(run).toEqual({ hmget: 1 });
});

it('a record that cannot be read does not affect the others that are read with it', async () => {
  const { redis, keys, store } = await open();
  await store.users.insert('ana', { username: 'ana', passwordHash: '', roles: [], enabled: true });
  await redis.hset(keys.directory('users'), 'eve', 'no JSON');
  const [eve, ana] = await Promise.allSettled([store.users.find('eve'), store.users.find('ana')]);
  expect(eve).toMatchObject({ status: 'rejected', reason: { reason: 'corrupt' } });
  expect(ana).toMatchObject({ status: 'fulfilled', value: { username: 'ana' } });
});
