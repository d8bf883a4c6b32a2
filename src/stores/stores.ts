import type { AuditLog } from '../audit/audit-log';
import type { DirectoryStore } from '../directory/directory-store';
import { noDirectoryCaches, type DirectoryCaches } from '../directory/record-cache';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { CacheSettings } from './near-cache';
import type { RedisLike } from './redis/redis-like';
import type { Clock, Milliseconds } from '../protocol/time';
import type { SessionStore } from '../sessions/session-store';
import type { FailureCounters, Limits } from '../throttle/failure-counters';
import { noTokenCache, type TokenCache } from '../tokens/token-cache';
import type { TokenStore } from '../tokens/token-store';
import type { TokenUseStore } from '../tokens/token-use-store';
import { MemoryAuditLog } from './memory/audit-log';
import { MemoryDirectoryStore } from './memory/directory';
import { MemoryFailureCounters } from './memory/failure-counters';
import { coherentDirectory, coherentStore } from './coherent-store';
import { MemorySessionStore } from './memory/sessions';
import { MemoryTokenUseStore } from './memory/token-uses';
import { MemoryTokenStore } from './memory/tokens';
import type { CacheCounts } from './near-cache';
import { NearCaches } from './near-caches';
import { RedisAuditLog } from './redis/audit-log';
import { Announcements, PROVED_FOR_MS } from './redis/announcements';
import type { Changes } from './redis/changes';
import { RedisConnection } from './redis/connection';
import { RedisDirectoryStore } from './redis/directory';
import { RedisFailureCounters } from './redis/failure-counters';
import { createKeys } from './redis/keys';
import { isCluster } from './redis/own-connection';
import { RedisSessionStore } from './redis/sessions';
import { RedisTokenUseStore } from './redis/token-uses';
import { RedisTokenStore } from './redis/tokens';
import { WriteCheck } from './redis/write-check';

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
  /** Returns the counters of the token cache. Absent if nothing is cached. */
  readonly cacheCounts?: () => CacheCounts;
  readonly directory: DirectoryStore;
  readonly directoryCaches: DirectoryCaches;
  readonly failures: FailureCounters;
  /** Counters that are not shared with other processes. */
  readonly failuresInProcess: Pick<FailureCounters, 'add'>;
  readonly sessions: SessionStore;
  readonly audit: AuditLog;
  readonly tokenUses: TokenUseStore;
  /**
   * Resolves if tokens can be issued: the store answers and accepts writes. Writes at most once per second, however
   * often it is called. @throws StoreUnavailableError
   */
  check(): Promise<void>;
  /** Number of commands, since the start, that were sent and not answered within the deadline. */
  missedDeadlines(): number;
  /** Resolves as soon as `check` does, or when the store is closed. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const MAX_GRANTS_IN_MEMORY = 100_000;
const BETWEEN_LOOKS_MS = 50;

const memoryStores = (settings: StoreSettings): Stores => {
  const { clock, logger, limits, cache } = settings;
  logger.warn(
    { store: 'memory' },
    'Tokens are kept in the memory of this process: they are lost when it ends, and no other process knows them. Pass a redis client to keep them',
  );
  const tokens = new MemoryTokenStore({ clock, maxGrants: MAX_GRANTS_IN_MEMORY });
  const directory = new MemoryDirectoryStore();
  // No other process can change this store, so the caches are always coherent.
  const near = cache === false ? undefined : new NearCaches(cache, clock, () => true);
  return {
    name: 'memory',
    ...nearTo(tokens, directory, near),
    failures: new MemoryFailureCounters(limits, clock),
    failuresInProcess: new MemoryFailureCounters(limits, clock),
    sessions: new MemorySessionStore(clock),
    audit: new MemoryAuditLog(clock),
    tokenUses: new MemoryTokenUseStore(),
    check: () => tokens.check(),
    missedDeadlines: () => 0,
    ready: async () => undefined,
    close: async () => {
      near?.flush();
      await tokens.close();
    },
  };
};

/** Adds the caches, if any, to the token store and the directory store. */
const nearTo = (tokens: TokenStore, directory: DirectoryStore, near: NearCaches | undefined) =>
  near === undefined
    ? { tokens, tokenCache: noTokenCache, directory, directoryCaches: noDirectoryCaches }
    : {
        tokens: coherentStore(tokens, near.tokens),
        tokenCache: near.tokens,
        cacheCounts: () => near.tokens.counts,
        directory: coherentDirectory(directory, near.directory),
        directoryCaches: near.directory,
      };

interface NearSettings extends Pick<StoreSettings, 'clock' | 'logger'> {
  readonly cache: CacheSettings;
  readonly channel: string;
}

/** Opens the caches for Redis, and the announcements that notify them of changes. */
const openNear = (redis: RedisLike, connection: RedisConnection, { cache, clock, ...announcing }: NearSettings) => {
  // A Cluster client moves its subscriber to another node without notice, and the nodes forward announcements in no
  // common order. There, a beat does not prove coherence, so the maximum age bounds staleness instead.
  const maxAge = isCluster(redis) ? Math.min(cache.maxAge, PROVED_FOR_MS / 1000) : cache.maxAge;
  const caches = new NearCaches({ ...cache, maxAge }, clock, (): boolean => announcements.isProved());
  const announcements: Announcements = new Announcements(redis, connection, {
    ...announcing,
    changed: (change) => {
      if ('grantId' in change) caches.tokens.evict(change.grantId);
      else caches.directory[change.noun].evict(change.key);
    },
    missed: () => caches.flush(),
  });
  return { caches, announcements };
};

/** Like `openNear`, unless caching is off. Closes `connection` if the client cannot be duplicated a second time. */
const openOptionalNear = (
  redis: RedisLike,
  connection: RedisConnection,
  { cache, ...settings }: Omit<NearSettings, 'cache'> & Pick<StoreSettings, 'cache'>,
) => {
  if (cache === false) return undefined;
  try {
    return openNear(redis, connection, { ...settings, cache });
  } catch (thrown) {
    void connection.close();
    throw thrown;
  }
};

const redisStores = (redis: RedisLike, settings: StoreSettings): Stores => {
  const { prefix, deadline, clock, emit, logger, limits, cache } = settings;
  const connection = new RedisConnection(redis, { deadline, emit, logger });
  const keys = createKeys(prefix);
  const changes: Changes = cache === false ? 'silent' : 'announcing';
  const tokens = new RedisTokenStore(connection, keys, clock, changes);
  const directory = new RedisDirectoryStore(connection, keys, changes);
  const near = openOptionalNear(redis, connection, { cache, clock, logger, channel: keys.changes });
  const writes = new WriteCheck(connection, keys.writeCheck);
  let closed = false;

  const ready = async (): Promise<void> => {
    while (!closed) {
      try {
        return await writes.check();
      } catch {
        await new Promise((resolve) => {
          setTimeout(resolve, BETWEEN_LOOKS_MS);
        });
      }
    }
  };

  return {
    name: 'redis',
    ...nearTo(tokens, directory, near?.caches),
    failures: new RedisFailureCounters(connection, keys, limits),
    failuresInProcess: new MemoryFailureCounters(limits, clock),
    sessions: new RedisSessionStore(connection, keys, clock),
    audit: new RedisAuditLog(connection, keys, clock),
    tokenUses: new RedisTokenUseStore(connection, keys),
    check: () => writes.check(),
    missedDeadlines: () => connection.missedDeadlines,
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
