import type { Collection, DirectoryStore } from '../directory/directory-store';
import type { GrantId } from '../protocol/secrets';
import type { TokenCache } from '../tokens/token-cache';
import type { TokenStore } from '../tokens/token-store';

interface Evictable<K extends string = string> {
  evict(key: K): void;
}

/** Does a change and forgets its key afterwards, whether the change is known to have come about or not. */
const evictAfter =
  <K extends string>(cache: Evictable<K>) =>
  async <T>(key: K, change: () => Promise<T>): Promise<T> => {
    try {
      return await change();
    } finally {
      cache.evict(key);
    }
  };

const coherentCollection = <R>(collection: Collection<R>, cache: Evictable): Collection<R> => {
  const evicting = evictAfter(cache);
  return {
    insert: (key, record) => collection.insert(key, record),
    find: (key) => collection.find(key),
    change: (key, change) => evicting(key, () => collection.change(key, change)),
    remove: (key) => evicting(key, () => collection.remove(key)),
    list: () => collection.list(),
    isEmpty: () => collection.isEmpty(),
  };
};

/** As `coherentStore`, for what was made at run time. */
export const coherentDirectory = (
  store: DirectoryStore,
  caches: Readonly<Record<keyof DirectoryStore, Evictable>>,
): DirectoryStore => ({
  organizations: coherentCollection(store.organizations, caches.organizations),
  users: coherentCollection(store.users, caches.users),
  applications: coherentCollection(store.applications, caches.applications),
  clients: coherentCollection(store.clients, caches.clients),
});

/**
 * A store whose cache forgets what is changed through it, whether the change is known to have come about or not: this
 * process refuses a token from the moment that its revocation is acknowledged.
 */
export const coherentStore = (store: TokenStore, cache: TokenCache): TokenStore => {
  const evicting = evictAfter<GrantId>(cache);
  return {
    save: (access, refresh) => store.save(access, refresh),
    find: (grantId, digest) => store.find(grantId, digest),
    // Asked in order to end a grant. One that has ended already is acknowledged, and its announcement may not be here yet.
    heldAccess: (grantId) => evicting(grantId, () => store.heldAccess(grantId)),
    heldRefresh: (grantId) => evicting(grantId, () => store.heldRefresh(grantId)),
    findRefresh: (grantId) => store.findRefresh(grantId),
    rotate: (rotation) => evicting(rotation.refresh.grantId, () => store.rotate(rotation)),
    revokeGrant: (grantId) => evicting(grantId, () => store.revokeGrant(grantId)),
    revokeAccess: (grantId) => evicting(grantId, () => store.revokeAccess(grantId)),
    invalidate: (grantId) => evicting(grantId, () => store.invalidate(grantId)),
    grantsOf: (owner) => store.grantsOf(owner),
  };
};
