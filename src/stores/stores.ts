import { noDirectoryCaches, type DirectoryCaches } from '../directory/record-cache';
import type { Clock } from '../protocol/time';
import type { FailureCounters, Limits } from '../throttle/failure-counters';
import { noTokenCache, type TokenCache } from '../tokens/token-cache';
import type { TokenChanges } from '../tokens/token-changes';
import type { Backend } from './backend';
import type { ChangeFeed } from './change-feed';
import { coherentDirectory, coherentStore } from './coherent-store';
import { FollowedChanges } from './followed-changes';
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
  /** The changes of tokens that this gate makes, and those of other gates if anything is cached. */
  readonly tokenChanges: TokenChanges;
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
  readonly caches?: GateCaches;
  readonly feed?: ChangeFeed;
  readonly changes: FollowedChanges;
}

/** Opens the caches, and keeps them coherent with the changes of the backend. Closes the backend if that fails. */
const openCaches = (backend: Backend, { cache, clock }: StoreSettings): OpenedCaches => {
  if (cache === false) return { changes: new FollowedChanges(undefined, undefined) };
  try {
    const feed = backend.openChanges();
    const maxAge = Math.min(cache.maxAge, feed.maxAge);
    const caches = new GateCaches({ ...cache, maxAge }, clock, feed.isCoherent);
    return { caches, feed, changes: new FollowedChanges(caches, feed) };
  } catch (thrown) {
    void backend.close();
    throw thrown;
  }
};

/** Adds the caches, if any, to the token store and the directory store. */
const withCaches = ({ tokens, directory }: Backend, { caches, changes }: OpenedCaches) => ({
  tokens: coherentStore(tokens, changes),
  tokenChanges: changes,
  ...(caches === undefined
    ? { tokenCache: noTokenCache, directory, directoryCaches: noDirectoryCaches }
    : {
        tokenCache: caches.tokens,
        cacheCounts: () => caches.tokens.counts,
        directory: coherentDirectory(directory, caches.directory),
        directoryCaches: caches.directory,
      }),
});

export const openStores = (backend: Backend, settings: StoreSettings): Stores => {
  const { clock, limits } = settings;
  const opened = openCaches(backend, settings);
  const readiness = new Readiness(backend);
  return {
    name: backend.name,
    ...withCaches(backend, opened),
    codes: backend.codes,
    tickets: backend.tickets,
    consents: backend.consents,
    sessions: backend.sessions,
    transactions: backend.transactions,
    passwordLinks: backend.passwordLinks,
    signUps: backend.signUps,
    audit: backend.audit,
    tokenUses: backend.tokenUses,
    passwordUses: backend.passwordUses,
    quotas: backend.quotas,
    usage: backend.usage,
    refusals: backend.refusals,
    failures: backend.failures,
    failuresInProcess: new MemoryFailureCounters(limits, clock),
    check: () => backend.check(),
    mayEvict: () => backend.mayEvict(),
    missedDeadlines: () => backend.missedDeadlines(),
    ready: (otherCheck) => readiness.wait(otherCheck),
    close: async () => {
      readiness.close();
      opened.feed?.close();
      opened.caches?.flush();
      await backend.close();
    },
  };
};
