import type { Redis } from 'ioredis';
import type { Application } from '../../../src/directory/records';
import { withoutRequest, withRequest } from '../../../src/directory/subscription-requests';
import { RedisDirectoryStore } from '../../../src/stores/redis/directory';
import { commandsDuring } from '../../support/redis/commands';
import { fits, openRedis } from '../../support/redis/connection';
import { ownRedis } from '../../support/redis/redis';

let redis: Redis;
beforeAll(async () => {
  redis = await (await ownRedis()).client();
});

const anApplication = (id: string): Application => ({
  id,
  name: id,
  organization: 'johnsorg',
  subscriptions: [],
  introspect: false,
  enabled: true,
  keys: {},
});

const open = async () => {
  const { connection, keys } = openRedis(fits(redis.duplicate()));
  await connection.ping();
  const { applications } = new RedisDirectoryStore(connection, keys);
  return {
    applications,
    index: keys.applicationRequests,
    hash: keys.directory('applications'),
    requesting: async (id: string) => {
      await applications.insert(id, anApplication(id));
      await applications.change(id, (record) => withRequest(record, { id: `of-${id}`, api: 'orders', requestedAt: 1 }));
    },
    pending: async () =>
      (await applications.listRequests('johnsorg', { limit: 500 }))
        .flatMap(({ applicationId, record }) => (record === undefined ? [] : [applicationId]))
        .sort(),
  };
};

describe('the index of pending requests in Redis', () => {
  it('is built by one scan when it is first read, also after its loss, and only then', async () => {
    const { index, requesting, pending } = await open();
    const ids = Array.from({ length: 250 }, (_, position) => `id-${position}`).sort();
    for (const id of ids) await requesting(id);
    expect(await pending()).toEqual(ids);
    await redis.del(index);
    const concurrent = await commandsDuring(redis, async () => {
      const lists = await Promise.all(Array.from({ length: 10 }, pending));
      for (const list of lists) expect(list).toEqual(ids);
    });
    expect(concurrent['hscan']).toBeLessThan(10);
    const again = await commandsDuring(redis, pending);
    expect(again['hscan']).toBeUndefined();
  });

  it('drops the entries of applications that an earlier version removed or that are foreign', async () => {
    const { applications, index, hash, requesting, pending } = await open();
    for (const id of ['a', 'b', 'c']) await requesting(id);
    expect(await pending()).toEqual(['a', 'b', 'c']);
    await redis.hdel(hash, 'a');
    const stored = JSON.stringify(withoutRequest((await applications.find('b')) ?? anApplication('b'), 'orders'));
    await redis.hset(hash, 'b', stored);
    expect(await pending()).toEqual(['c']);
    expect((await redis.zrange(index, '0', '-1')).map((entry) => entry.split(':').at(-1))).toEqual(['!complete', 'c']);
  });

  it('keeps the entry of a record that cannot be read at present', async () => {
    const { hash, requesting, pending } = await open();
    await requesting('a');
    const text = (await redis.hget(hash, 'a')) ?? '';
    await redis.hset(hash, 'a', text.slice(1));
    expect(await pending()).toEqual([]);
    await redis.hset(hash, 'a', text);
    expect(await pending()).toEqual(['a']);
  });

  it('is not written by changes of an application that requests nothing new', async () => {
    const { applications, requesting } = await open();
    await requesting('a');
    const commands = await commandsDuring(redis, () =>
      applications.change('a', (record) => ({ ...record, name: 'renamed' })),
    );
    expect([commands['zadd'], commands['zrem']]).toEqual([undefined, undefined]);
  });
});
