import type { DirectoryStore } from '../directory/directory-store';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { CacheSettings } from '../options/cache';
import type { RedisLike } from '../options/redis-like';
import type { Clock, Milliseconds } from '../protocol/time';
import type { FailureCounters, Limits } from '../throttle/failure-counters';
import { noTokenCache, type TokenCache } from '../tokens/token-cache';
import type { AccessTokenRecord } from '../tokens/records';
import type { TokenStore } from '../tokens/token-store';
import { MemoryDirectoryStore } from './memory/directory';
import { MemoryFailureCounters } from './memory/failure-counters';
import { coherentStore } from './coherent-store';
import { MemoryTokenStore } from './memory/tokens';
import { NearCache, type CacheCounts } from './near-cache';
import { Announcements } from './redis/announcements';
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
  readonly cache: CacheSettings | false;
}

/** The stores of one gate. */
export interface Stores {
  readonly name: 'redis' | 'memory';
  readonly tokens: TokenStore;
  readonly tokenCache: TokenCache;
  /** What the cache has done; absent where there is none. */
  readonly cacheCounts?: () => CacheCounts;
  readonly directory: DirectoryStore;
  readonly failures: FailureCounters;
  ping(): Promise<void>;
  /** Resolves when the store answers, or when it is closed. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const MOST_GRANTS_IN_MEMORY = 100_000;
const BETWEEN_LOOKS_MS = 50;

const BYTES_OF_A_TOKEN = 900; // text, record, index and their objects; scopes and names come on top

const sizeOfToken = ({ clientId, subject = '', scopes }: AccessTokenRecord): number =>
  BYTES_OF_A_TOKEN + clientId.length + subject.length + scopes.reduce((sum, scope) => sum + scope.length, 0);

/** A cache that is told of every change by whoever makes it, as long as `isCoherent` says that it hears of all. */
const openTokenCache = ({ maxEntries, maxAge }: CacheSettings, clock: Clock, isCoherent: () => boolean) =>
  new NearCache<AccessTokenRecord>({
    maxEntries,
    maxAge,
    isCoherent,
    isGood: ({ expiresAt }) => expiresAt > clock(),
    sizeOf: sizeOfToken,
  });

const memoryStores = (settings: StoreSettings): Stores => {
  const { clock, logger, limits, cache } = settings;
  logger.warn(
    { store: 'memory' },
    'Tokens live in the memory of this process: they are gone when it ends, and no other process sees them. Give scopegate a Redis for more',
  );
  const tokens = new MemoryTokenStore({ clock, maxGrants: MOST_GRANTS_IN_MEMORY });
  // Nobody else changes what is in this process.
  const nearCache = cache === false ? undefined : openTokenCache(cache, clock, () => true);
  const tokenCache = nearCache ?? noTokenCache;
  return {
    name: 'memory',
    tokens: coherentStore(tokens, tokenCache),
    tokenCache,
    ...(nearCache === undefined ? {} : { cacheCounts: () => nearCache.counts }),
    directory: new MemoryDirectoryStore(),
    failures: new MemoryFailureCounters(limits, clock),
    ping: () => tokens.ping(),
    ready: async () => undefined,
    close: () => tokens.close(),
  };
};

interface NearSettings extends Pick<StoreSettings, 'clock' | 'logger'> {
  readonly cache: CacheSettings;
  readonly channel: string;
}

/** A cache beside Redis, and what it hears changes from. */
const openNear = (redis: RedisLike, connection: RedisConnection, { cache, clock, ...announcing }: NearSettings) => {
  const tokenCache = openTokenCache(cache, clock, (): boolean => announcements.isProved());
  const announcements: Announcements = new Announcements(redis, connection, {
    ...announcing,
    changed: (grantId) => tokenCache.forget(grantId),
    missed: () => tokenCache.flush(),
  });
  return { tokenCache, announcements };
};

const redisStores = (redis: RedisLike, settings: StoreSettings): Stores => {
  const { prefix, deadline, clock, emit, logger, limits, cache } = settings;
  const connection = new RedisConnection(redis, { deadline, emit, logger });
  const keys = createKeys(prefix);
  const tokens = new RedisTokenStore(connection, keys, clock, cache === false ? 'silent' : 'announcing');
  const near =
    cache === false ? undefined : openNear(redis, connection, { cache, clock, logger, channel: keys.changes });
  const tokenCache = near?.tokenCache ?? noTokenCache;
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
    tokens: coherentStore(tokens, tokenCache),
    tokenCache,
    ...(near === undefined ? {} : { cacheCounts: () => near.tokenCache.counts }),
    directory: new RedisDirectoryStore(connection, keys),
    failures: new RedisFailureCounters(connection, keys, limits),
    ping: () => connection.ping(),
    ready,
    close: async () => {
      closed = true;
      near?.announcements.close();
      await connection.close();
    },
  };
};

export const openStores = (settings: StoreSettings): Stores =>
  settings.redis === undefined ? memoryStores(settings) : redisStores(settings.redis, settings);
