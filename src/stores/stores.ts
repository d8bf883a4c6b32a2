import { noDirectoryCaches, type DirectoryCaches } from '../directory/record-cache';
import type { Clock } from '../protocol/time';
import type { FailureCounters, Limits } from '../throttle/failure-counters';
import { noTokenCache, type TokenCache } from '../tokens/token-cache';
import type { Backend } from './backend';
import type { ChangeFeed } from './change-feed';
import { coherentDirectory, coherentStore } from './coherent-store';
import { GateCaches } from './gate-caches';
import { MemoryFailureCounters } from './memory/failure-counters';
import type { CacheCounts, CacheSettings } from './near-cache';
import { Readiness } from './readiness';

export interface StoreSettings {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly cache: CacheSettings | false;
}

/** The stores of one gate: a backend, with the caches and the counters in this process. */
export interface Stores extends Omit<Backend, 'openChanges'> {
  readonly tokenCache: TokenCache;
  /** Returns the counters of the token cache. Absent if nothing is cached. */
  readonly cacheCounts?: () => CacheCounts;
  readonly directoryCaches: DirectoryCaches;
  /** Counters that are not shared with other processes. */
  readonly failuresInProcess: Pick<FailureCounters, 'add'>;
  /**
   * Resolves as soon as `check` and then this other check do, or when the store is closed.
   * @throws ConfigurationError of the other check
   */
  ready(otherCheck: () => Promise<void>): Promise<void>;
}

interface OpenedCaches {
  readonly caches: GateCaches;
  readonly changes: ChangeFeed;
}

/** Opens the caches, and keeps them coherent with the changes of the backend. Closes the backend if that fails. */
const openCaches = (backend: Backend, cache: CacheSettings, clock: Clock): OpenedCaches => {
  try {
    const changes = backend.openChanges();
    const maxAge = Math.min(cache.maxAge, changes.maxAge);
    const caches = new GateCaches({ ...cache, maxAge }, clock, changes.isCoherent);
    changes.listen({ onChange: (change) => caches.evict(change), onMissed: () => caches.flush() });
    return { caches, changes };
  } catch (thrown) {
    void backend.close();
    throw thrown;
  }
};

/** Adds the caches, if any, to the token store and the directory store. */
const withCaches = ({ tokens, directory }: Backend, caches: GateCaches | undefined) =>
  caches === undefined
    ? { tokens, tokenCache: noTokenCache, directory, directoryCaches: noDirectoryCaches }
    : {
        tokens: coherentStore(tokens, caches.tokens),
        tokenCache: caches.tokens,
        cacheCounts: () => caches.tokens.counts,
        directory: coherentDirectory(directory, caches.directory),
        directoryCaches: caches.directory,
      };

export const openStores = (backend: Backend, { clock, limits, cache }: StoreSettings): Stores => {
  const opened = cache === false ? undefined : openCaches(backend, cache, clock);
  const readiness = new Readiness(backend);
  return {
    name: backend.name,
    ...withCaches(backend, opened?.caches),
    codes: backend.codes,
    consents: backend.consents,
    sessions: backend.sessions,
    transactions: backend.transactions,
    audit: backend.audit,
    tokenUses: backend.tokenUses,
    passwordUses: backend.passwordUses,
    quotas: backend.quotas,
    failures: backend.failures,
    failuresInProcess: new MemoryFailureCounters(limits, clock),
    check: () => backend.check(),
    mayEvict: () => backend.mayEvict(),
    missedDeadlines: () => backend.missedDeadlines(),
    ready: (otherCheck) => readiness.wait(otherCheck),
    close: async () => {
      readiness.close();
      opened?.changes.close();
      opened?.caches.flush();
      await backend.close();
    },
  };
};
