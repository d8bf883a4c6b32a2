import type { Redis } from 'ioredis';
import type { RedisLike } from 'scopegate';
import { PATIENT_DEADLINE_MS } from '../gate/gate';
import { randomPrefix, testRedis } from '../redis/redis';

export interface StoreOptions {
  readonly redis?: RedisLike;
  readonly prefix?: string;
  readonly deadline?: number;
}

const opened: Redis[] = [];

/** Options by which gates share keys in the Redis of this run, under a prefix of their own. */
export const onRedis = async (): Promise<Required<StoreOptions>> => {
  const redis = await testRedis();
  opened.push(redis);
  return { redis, prefix: randomPrefix(), deadline: PATIENT_DEADLINE_MS };
};

/** For `describe.each`: a store's name, and options that give a gate a fresh one of its kind. */
export const everyStore: readonly (readonly [name: string, freshStore: () => Promise<StoreOptions>])[] = [
  ['the embedded store', async () => ({})],
  ['Redis', onRedis],
];

afterAll(() => {
  for (const redis of opened) redis.disconnect();
});
