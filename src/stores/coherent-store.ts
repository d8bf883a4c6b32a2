import type { GrantId } from '../protocol/secrets';
import type { TokenCache } from '../tokens/token-cache';
import type { TokenStore } from '../tokens/token-store';

/**
 * A store whose cache forgets what is changed through it, whether the change is known to have come about or not: this
 * process refuses a token from the moment that its revocation is acknowledged.
 */
export const coherentStore = (store: TokenStore, cache: TokenCache): TokenStore => {
  const forgetting = async <T>(grantId: GrantId, change: () => Promise<T>): Promise<T> => {
    try {
      return await change();
    } finally {
      cache.forget(grantId);
    }
  };
  return {
    save: (access, refresh) => store.save(access, refresh),
    find: (grantId, digest) => store.find(grantId, digest),
    heldAccess: (grantId) => store.heldAccess(grantId),
    heldRefresh: (grantId) => store.heldRefresh(grantId),
    findRefresh: (grantId) => store.findRefresh(grantId),
    rotate: (rotation) => forgetting(rotation.refresh.grantId, () => store.rotate(rotation)),
    revokeGrant: (grantId) => forgetting(grantId, () => store.revokeGrant(grantId)),
    revokeAccess: (grantId) => forgetting(grantId, () => store.revokeAccess(grantId)),
    grantsOf: (owner) => store.grantsOf(owner),
  };
};
