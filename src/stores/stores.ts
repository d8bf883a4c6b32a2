import type { DirectoryStore } from '../directory/directory-store';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { RedisLike } from '../options/redis-like';
import type { Clock, Milliseconds } from '../protocol/time';
import type { FailureCounters, Limits } from '../throttle/failure-counters';
import type { TokenStore } from '../tokens/token-store';
import { MemoryDirectoryStore } from './memory/directory';
import { MemoryFailureCounters } from './memory/failure-counters';
import { MemoryTokenStore } from './memory/tokens';
import { RedisConnection } from './redis/connection';
import { RedisDirectoryStore } from './redis/directory';
import { RedisFailureCounters } from './redis/failure-counters';
import { createKeys } from './redis/keys';
import { RedisTokenStore } from './redis/tokens';

export interface StoreSettings {
  readonly redis: RedisLike | undefined;
  readonly prefix: string;
  readonly deadline: Milliseconds;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly logger: Logger;
  readonly limits: Limits;
}

/** The stores of one gate. */
export interface Stores {
  readonly name: 'redis' | 'memory';
  readonly tokens: TokenStore;
  readonly directory: DirectoryStore;
  readonly failures: FailureCounters;
  ping(): Promise<void>;
  /** Resolves when the store answers, or when it is closed. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const MOST_GRANTS_IN_MEMORY = 100_000;
const BETWEEN_LOOKS_MS = 50;

const memoryStores = ({ clock, logger, limits }: StoreSettings): Stores => {
  logger.warn(
    { store: 'memory' },
    'Tokens live in the memory of this process: they are gone when it ends, and no other process sees them. Give scopegate a Redis for more',
  );
  const tokens = new MemoryTokenStore({ clock, maxGrants: MOST_GRANTS_IN_MEMORY });
  return {
    name: 'memory',
    tokens,
    directory: new MemoryDirectoryStore(),
    failures: new MemoryFailureCounters(limits, clock),
    ping: () => tokens.ping(),
    ready: async () => undefined,
    close: () => tokens.close(),
  };
};

const redisStores = (redis: RedisLike, { prefix, deadline, clock, emit, logger, limits }: StoreSettings): Stores => {
  const connection = new RedisConnection(redis, { deadline, emit, logger });
  const keys = createKeys(prefix);
  const tokens = new RedisTokenStore(connection, keys, clock);
  let closed = false;

  const ready = async (): Promise<void> => {
    while (!closed) {
      try {
        return await connection.ping();
      } catch {
        await new Promise((resolve) => {
          setTimeout(resolve, BETWEEN_LOOKS_MS);
        });
      }
    }
  };

  return {
    name: 'redis',
    tokens,
    directory: new RedisDirectoryStore(connection, keys),
    failures: new RedisFailureCounters(connection, keys, limits),
    ping: () => connection.ping(),
    ready,
    close: async () => {
      closed = true;
      await connection.close();
    },
  };
};

export const openStores = (settings: StoreSettings): Stores =>
  settings.redis === undefined ? memoryStores(settings) : redisStores(settings.redis, settings);
