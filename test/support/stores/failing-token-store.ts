import type { TokenStore } from '../../../src/tokens/token-store';
import { collect } from './collect';
import { PlannedFailure } from './planned-failure';

export interface FailingTokenStore extends Pick<PlannedFailure, 'calls' | 'failAt'> {
  readonly store: TokenStore;
}

/** A store in front of a real one that fails at the given calls. */
export const failingTokenStore = (real: TokenStore): FailingTokenStore => {
  const { ask, calls, failAt } = new PlannedFailure();

  return {
    store: {
      save: (access, refresh, limits) => ask(() => real.save(access, refresh, limits)),
      find: (grantId, digest) => ask(() => real.find(grantId, digest)),
      heldAccess: (grantId, digest) => ask(() => real.heldAccess(grantId, digest)),
      heldRefresh: (grantId) => ask(() => real.heldRefresh(grantId)),
      findRefresh: (grantId) => ask(() => real.findRefresh(grantId)),
      rotate: (rotation) => ask(() => real.rotate(rotation)),
      revokeGrant: (grantId) => ask(() => real.revokeGrant(grantId)),
      revokeAccess: (grantId) => ask(() => real.revokeAccess(grantId)),
      invalidate: (grantId) => ask(() => real.invalidate(grantId)),
      replaceEpoch: (principal, ends) => ask(() => real.replaceEpoch(principal, ends)),
      grantsOf: async function* (owner) {
        yield* await ask(() => collect(real.grantsOf(owner)));
      },
      freeEnded: (owner) => ask(() => real.freeEnded(owner)),
    },
    calls,
    failAt,
  };
};
