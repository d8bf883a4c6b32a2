import type { Cluster, Redis } from 'ioredis';
import type { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import type { RedisLike } from 'scopegate';
import { RedisConnection } from '../../../src/stores/redis/connection';
import { createKeys, type Keys } from '../../../src/stores/redis/keys';
import { ignoreEvents } from '../gate/ignored-events';
import { randomPrefix } from './redis';
import { PATIENT_DEADLINE_MS, silentLogger } from '../gate/gate';

/** Both majors of ioredis, and Cluster, can be passed in directly: this does not compile otherwise. */
export const fits = (client: Redis | Redis5 | Cluster | Cluster5): RedisLike => client;

const opened: { close(): Promise<void>; readonly client: RedisLike }[] = [];

export interface OpenedRedis {
  readonly connection: RedisConnection;
  readonly keys: Keys;
  readonly prefix: string;
}

/** The parts of a store over Redis, under a prefix of its own. It closes by itself at the end of the file. */
export const openRedis = (
  client: RedisLike,
  { prefix = randomPrefix(), deadline = PATIENT_DEADLINE_MS } = {},
): OpenedRedis => {
  const connection = new RedisConnection(client, { deadline, emit: ignoreEvents, logger: silentLogger });
  opened.push({ close: () => connection.close(), client });
  return { connection, keys: createKeys(prefix), prefix };
};

afterAll(async () => {
  for (const { close, client } of opened) {
    await close();
    client.disconnect();
  }
});
