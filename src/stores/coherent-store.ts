import type { ApplicationCollection, Collection, DirectoryStore, UserCollection } from '../directory/directory-store';
import type { GrantId } from '../protocol/secrets';
import type { TokenCache } from '../tokens/token-cache';
import type { TokenStore } from '../tokens/token-store';
import type { DirectoryNoun } from './change-feed';

interface Evictable<K extends string = string> {
  evict(key: K): void;
}

/** Makes a change, then evicts its key from the cache, even if the outcome of the change is not known. */
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
    insert: collection.insert.bind(collection),
    find: collection.find.bind(collection),
    change: (key, change) => evicting(key, () => collection.change(key, change)),
    remove: (key) => evicting(key, () => collection.remove(key)),
    list: collection.list.bind(collection),
    isEmpty: collection.isEmpty.bind(collection),
  };
};

const coherentUsers = (users: UserCollection, cache: Evictable): UserCollection => ({
  ...coherentCollection(users, cache),
  removeIf: (key, condition) => evictAfter(cache)(key, () => users.removeIf(key, condition)),
});

const coherentApplications = (applications: ApplicationCollection, cache: Evictable): ApplicationCollection => ({
  ...coherentCollection(applications, cache),
  insertOwned: applications.insertOwned.bind(applications),
  listGroup: applications.listGroup.bind(applications),
  listRequests: applications.listRequests.bind(applications),
});

/** Like `coherentStore`, for directory records that were created at run time. */
export const coherentDirectory = (
  store: DirectoryStore,
  caches: Readonly<Record<DirectoryNoun, Evictable>>,
): DirectoryStore => ({
  organizations: coherentCollection(store.organizations, caches.organizations),
  users: coherentUsers(store.users, caches.users),
  applications: coherentApplications(store.applications, caches.applications),
  clients: coherentCollection(store.clients, caches.clients),
  declarations: coherentCollection(store.declarations, caches.declarations),
  isShared: store.isShared,
});

/**
 * Wraps a store so that each change through it evicts the grant from the cache, even if the outcome of the change is
 * not known: this process refuses a token as soon as its revocation is acknowledged.
 */
export const coherentStore = (store: TokenStore, cache: Pick<TokenCache, 'evict' | 'evictAllOf'>): TokenStore => {
  const evicting = evictAfter<GrantId>(cache);
  return {
    save: async (access, refresh, limits) => {
      const saved = await store.save(access, refresh, limits);
      for (const grantId of saved.ended) cache.evict(grantId);
      return saved;
    },
    find: store.find.bind(store),
    // Called to end a grant. If it has already ended, that is acknowledged, perhaps before its announcement arrives.
    heldAccess: (grantId, digest) => evicting(grantId, () => store.heldAccess(grantId, digest)),
    heldRefresh: (grantId) => evicting(grantId, () => store.heldRefresh(grantId)),
    findRefresh: store.findRefresh.bind(store),
    rotate: (rotation) => evicting(rotation.refresh.grantId, () => store.rotate(rotation)),
    revokeGrant: (grantId) => evicting(grantId, () => store.revokeGrant(grantId)),
    revokeAccess: (grantId) => evicting(grantId, () => store.revokeAccess(grantId)),
    invalidate: (grantId) => evicting(grantId, () => store.invalidate(grantId)),
    replaceEpoch: async (principal, ends) => {
      try {
        return await store.replaceEpoch(principal, ends);
      } finally {
        cache.evictAllOf(principal);
      }
    },
    grantsOf: store.grantsOf.bind(store),
    freeEnded: store.freeEnded.bind(store),
  };
};
