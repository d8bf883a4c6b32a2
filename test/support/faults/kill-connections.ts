import type { Redis } from 'ioredis';

/** Ends all connections of a server except this one. */
export const killConnections = async (redis: Redis): Promise<void> => {
  await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
};
