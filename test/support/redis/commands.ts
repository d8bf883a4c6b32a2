import type { Redis } from 'ioredis';

/** How often a server has run each command, those inside scripts too; its own housekeeping is left out. */
const commandsRun = async (redis: Redis): Promise<ReadonlyMap<string, number>> => {
  const statistics = await redis.info('commandstats');
  const counted = [...statistics.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  const counts = counted.map(([, name = '', calls]) => [name, Number(calls)] as const);
  return new Map(counts.filter(([name]) => name !== 'info'));
};

/** The commands that an exclusive server received while `act` ran, with their counts. */
export const commandsDuring = async (
  redis: Redis,
  act: () => Promise<unknown>,
): Promise<Readonly<Record<string, number>>> => {
  const before = await commandsRun(redis);
  await act();
  const after = await commandsRun(redis);
  const run = [...after].map(([name, calls]) => [name, calls - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(run.filter(([, calls]) => calls > 0));
};

const keysRead = async (redis: Redis): Promise<number> => {
  const statistics = await redis.info('stats');
  const counts = [...statistics.matchAll(/^keyspace_(?:hits|misses):(\d+)/gm)].map(([, count]) => Number(count));
  if (counts.length !== 2) throw new Error('the server does not tell how many keys were read');
  return counts.reduce((sum, count) => sum + count, 0);
};

/** The number of keys that an exclusive server was queried for while `act` ran, in any number of commands. */
export const keysReadDuring = async (redis: Redis, act: () => Promise<unknown>): Promise<number> => {
  const before = await keysRead(redis);
  await act();
  return (await keysRead(redis)) - before;
};
