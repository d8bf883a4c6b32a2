import { Redis } from 'ioredis';
import { RedisServer } from '../redis/server';
import { fill } from './ballast';
import { Repeated } from './repeated';
import { Standalone, type Driver } from './standalone';
import type { Fault, FaultCase } from './topology';

const ALL = ['guard', 'issue', 'refresh', 'revoke', 'check'] as const;

/** Writes keys of another program, 200 KB each time. */
const FILL = `for i = 1, 200 do redis.call('set', 'other:' .. ARGV[1] .. ':' .. i, string.rep('x', 1000)) end`;

/** Data of other programs, so that a copy of all data takes a moment. */
const BALLAST_MB = 50;
const BETWEEN_COPIES_MS = 1_000;

const numberIn = async (redis: Redis, section: string, name: string): Promise<number> =>
  Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await redis.info(section))?.[1]);

/** Keeps the server at its memory limit with keys of another program, so that it evicts any keys. */
const evict = ({ admin }: Standalone) => {
  let round = 0;
  const filling = new Repeated(50, () => admin.eval(FILL, 0, round++));
  return {
    begin: async () => {
      const used = await numberIn(admin, 'memory', 'used_memory');
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await admin.config('SET', 'maxmemory', String(used + 200_000));
      filling.begin();
    },
    end: async () => {
      await filling.end();
      if ((await numberIn(admin, 'stats', 'evicted_keys')) === 0) throw new Error('the server has evicted nothing');
      await admin.config('SET', 'maxmemory', '0');
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
    },
  };
};

/** Makes a replica copy all data repeatedly: it must do so after it was a primary. */
const synchronize = ({ admin, server }: Standalone): Fault => {
  let replica: RedisServer | undefined;
  let client: Redis | undefined;
  const again = new Repeated(BETWEEN_COPIES_MS, async () => {
    await client?.replicaof('NO', 'ONE');
    await client?.replicaof('127.0.0.1', new URL(server.address).port);
  });
  return {
    begin: async () => {
      await fill(admin, BALLAST_MB);
      replica = await RedisServer.start();
      client = new Redis(replica.address);
      again.begin();
    },
    end: async () => {
      await again.end();
      client?.disconnect();
      await replica?.close();
      if ((await numberIn(admin, 'stats', 'sync_full')) === 0) throw new Error('no replica has copied all data');
    },
  };
};

/** Faults in which the server loses or copies data, or loses scripts, and does not fail. */
export const losses = (driver: Driver): readonly FaultCase<Standalone>[] => {
  const open = () => Standalone.open(driver);
  return [
    {
      title: 'keys are evicted (allkeys-lru)',
      open,
      fault: evict,
      keepsServing: ALL,
      loses: { what: 'tokens', why: 'Redis evicts keys' },
    },
    {
      title: 'all data are deleted (FLUSHALL)',
      open,
      fault: ({ admin }) => ({ begin: async () => void (await admin.flushall()), end: () => undefined }),
      keepsServing: ALL,
      loses: { what: 'everything', why: 'Redis has deleted everything' },
    },
    {
      title: 'scripts are removed every 100 ms (SCRIPT FLUSH)',
      open,
      fault: ({ admin }) => new Repeated(100, () => admin.script('FLUSH')),
      keepsServing: ALL,
    },
    { title: 'a replica copies all data every second', open, fault: synchronize, keepsServing: ALL },
  ];
};
