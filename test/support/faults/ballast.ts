import type { Redis } from 'ioredis';

/** Writes keys of another program, a megabyte each time; they expire after a minute. */
const FILL = `for i = 1, 1000 do redis.call('set', 'other:' .. ARGV[1] .. ':' .. i, string.rep('x', 1000), 'ex', 60) end`;

/** Writes about this many megabytes of keys of another program, so that a copy of all data takes some time. */
export const fill = async (redis: Redis, megabytes: number): Promise<void> => {
  for (let turn = 0; turn < megabytes; turn += 1) await redis.eval(FILL, 0, turn);
};
