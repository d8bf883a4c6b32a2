import type { Collection, DirectoryStore } from '../directory/directory-store';
import type { GrantId } from '../protocol/secrets';
import type { TokenCache } from '../tokens/token-cache';
import type { TokenStore } from '../tokens/token-store';

interface Forgetful<K extends string = string> {
  forget(key: K): void;
}

/** Does a change and forgets its key afterwards, whether the change is known to have come about or not. */
const forgettingIn =
  <K extends string>(cache: Forgetful<K>) =>
  async <T>(key: K, change: () => Promise<T>): Promise<T> => {
    try {
      return await change();
    } finally {
      cache.forget(key);
    }
  };

const coherentCollection = <R>(collection: Collection<R>, cache: Forgetful): Collection<R> => {
  const forgetting = forgettingIn(cache);
  return {
    insert: (key, record) => collection.insert(key, record),
    find: (key) => collection.find(key),
    change: (key, change) => forgetting(key, () => collection.change(key, change)),
    remove: (key) => forgetting(key, () => collection.remove(key)),
    list: () => collection.list(),
    isEmpty: () => collection.isEmpty(),
  };
};

/** As `coherentStore`, for what was made at run time. */
export const coherentDirectory = (
  store: DirectoryStore,
  caches: Readonly<Record<keyof DirectoryStore, Forgetful>>,
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
  const forgetting = forgettingIn<GrantId>(cache);
  return {
    save: (access, refresh) => store.save(access, refresh),
    find: (grantId, digest) => store.find(grantId, digest),
    // Asked in order to end a grant. One that has ended already is acknowledged, and its announcement may not be here yet.
    heldAccess: (grantId) => forgetting(grantId, () => store.heldAccess(grantId)),
    heldRefresh: (grantId) => forgetting(grantId, () => store.heldRefresh(grantId)),
    findRefresh: (grantId) => store.findRefresh(grantId),
    rotate: (rotation) => forgetting(rotation.refresh.grantId, () => store.rotate(rotation)),
    revokeGrant: (grantId) => forgetting(grantId, () => store.revokeGrant(grantId)),
    revokeAccess: (grantId) => forgetting(grantId, () => store.revokeAccess(grantId)),
    invalidate: (grantId) => forgetting(grantId, () => store.invalidate(grantId)),
    grantsOf: (owner) => store.grantsOf(owner),
  };
};
