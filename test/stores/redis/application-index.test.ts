import type { Redis } from 'ioredis';
import type { ApplicationGroup } from '../../../src/directory/application-groups';
import type { Application } from '../../../src/directory/records';
import { RedisDirectoryStore } from '../../../src/stores/redis/directory';
import { commandsDuring } from '../../support/redis/commands';
import { fits, openRedis } from '../../support/redis/connection';
import { ownRedis } from '../../support/redis/redis';

const anApplication = (id: string, owner = 'ana@johnsorg'): Application => ({
  id,
  name: id,
  owner,
  organization: 'johnsorg',
  subscriptions: [],
  introspect: false,
  enabled: true,
  keys: {},
});

const ANA: ApplicationGroup = { owner: 'ana@johnsorg' };

let redis: Redis;
beforeAll(async () => {
  redis = await (await ownRedis()).client();
});

const open = async () => {
  const { connection, keys } = openRedis(fits(redis.duplicate()));
  await connection.ping();
  const { applications } = new RedisDirectoryStore(connection, keys);
  const hash = keys.directory('applications');
  return {
    applications,
    index: keys.applicationGroups,
    hash,
    /** What an earlier version does, which has no index. */
    earlier: {
      insert: (application: Application) => redis.hset(hash, application.id, JSON.stringify(application)),
      remove: (id: string) => redis.hdel(hash, id),
    },
    idsOf: async (group: ApplicationGroup) => (await applications.listGroup(group, { limit: 500 })).map(([id]) => id),
  };
};

describe('the index of applications in Redis', () => {
  it('is built from the records of an earlier version when it is first read, and only then', async () => {
    const { applications, index, earlier, idsOf } = await open();
    for (let count = 0; count < 1_200; count += 1) {
      await earlier.insert(anApplication(`id-${count}`, count % 3 === 0 ? 'ana@johnsorg' : `user-${count}@johnsorg`));
    }
    expect(await idsOf(ANA)).toHaveLength(400);
    expect(await redis.zcard(index)).toBe(2_400);
    const again = await commandsDuring(redis, () => idsOf(ANA));
    expect(again['hscan']).toBeUndefined();
    expect(await applications.listGroup({ organization: 'johnsorg' }, { limit: 500 })).toHaveLength(500);
  });

  it('counts the records of an earlier version for the limit of their owner', async () => {
    const { applications, earlier } = await open();
    for (const id of ['a', 'b', 'c']) await earlier.insert(anApplication(id));
    expect(await applications.insertOwned('d', anApplication('d'), 3)).toBe('limited');
    expect(await applications.insertOwned('d', anApplication('d'), 4)).toBe('inserted');
  });

  it('follows an earlier version that changes records at the same time, as during an update of the gates', async () => {
    const { applications, index, earlier, idsOf } = await open();
    await applications.insert('a', anApplication('a'));
    await earlier.insert(anApplication('b'));
    expect(await idsOf(ANA)).toEqual(['a', 'b']);
    await earlier.remove('a');
    expect(await idsOf(ANA)).toEqual(['b']);
    expect(await redis.zcard(index)).toBe(2);
    await applications.remove('b');
    expect([await idsOf(ANA), await redis.exists(index)]).toEqual([[], 0]);
  });

  it('loses entries without a record, of another group, and foreign ones', async () => {
    const { applications, index, idsOf } = await open();
    for (const id of ['a', 'b']) await applications.insert(id, anApplication(id));
    const [entry = ''] = (await redis.zrange(index, '0', '-1')).filter((member) => member.endsWith(':a'));
    for (const foreign of [entry.replace(/:a$/, ':gone'), `${'x'.repeat(22)}:a`, 'foreign'])
      await redis.zadd(index, 0, foreign);
    expect(await idsOf(ANA)).toEqual(['a', 'b']);
    expect(await redis.zcard(index)).toBe(4);
  });

  it('has entries for unreadable records, so that they do not cause a scan at each read', async () => {
    const { applications, hash, idsOf } = await open();
    await applications.insert('a', anApplication('a'));
    await redis.hset(hash, { broken: '{"id":', text: '"text"', nothing: 'null', owner: '{"owner":7}' });
    expect(await idsOf(ANA)).toEqual(['a']);
    const again = await commandsDuring(redis, () => idsOf(ANA));
    expect(again['hscan']).toBeUndefined();
    for (const id of ['broken', 'text', 'nothing', 'owner']) expect(await applications.remove(id)).toBe(true);
    expect(await redis.zcard(hash.replace(/applications$/, 'application-groups'))).toBe(2);
  });

  it('is repaired once for concurrent readers of a gate', async () => {
    const { earlier, idsOf } = await open();
    for (let count = 0; count < 300; count += 1) await earlier.insert(anApplication(`id-${count}`));
    const one = await commandsDuring(redis, async () => {
      const lists = await Promise.all(Array.from({ length: 20 }, () => idsOf(ANA)));
      for (const ids of lists) expect(ids).toHaveLength(300);
    });
    expect(one['hscan']).toBeLessThan(20);
  });
});
