import { StoreUnavailableError } from '../../../src/protocol/errors';
import type { TokenStore } from '../../../src/tokens/token-store';

/** When a failing call fails: `before` it reaches the store, or `after` it, so that only its answer is lost. */
export type FailureMoment = 'before' | 'after';

export interface FailingTokenStore {
  readonly store: TokenStore;
  /** How many calls came since it was made or since `failAt`. */
  readonly calls: () => number;
  /** Lets the n-th call from now fail, and only that one. */
  failAt(call: number, moment: FailureMoment): void;
}

/** A store in front of a real one that fails at the given calls. */
export const failingTokenStore = (real: TokenStore): FailingTokenStore => {
  let calls = 0;
  let failing: { readonly call: number; readonly moment: FailureMoment } | undefined;

  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    calls += 1;
    const moment = failing?.call === calls ? failing.moment : undefined;
    if (moment === 'before') throw new StoreUnavailableError('deadline');
    const answer = await ask();
    if (moment === 'after') throw new StoreUnavailableError('disconnected');
    return answer;
  };

  return {
    store: {
      save: (access, refresh) => asked(() => real.save(access, refresh)),
      find: (grantId, digest) => asked(() => real.find(grantId, digest)),
      heldAccess: (grantId) => asked(() => real.heldAccess(grantId)),
      heldRefresh: (grantId) => asked(() => real.heldRefresh(grantId)),
      findRefresh: (grantId) => asked(() => real.findRefresh(grantId)),
      rotate: (rotation) => asked(() => real.rotate(rotation)),
      revokeGrant: (grantId) => asked(() => real.revokeGrant(grantId)),
      revokeAccess: (grantId) => asked(() => real.revokeAccess(grantId)),
      invalidate: (grantId) => asked(() => real.invalidate(grantId)),
      grantsOf: (owner) => asked(() => real.grantsOf(owner)),
    },
    calls: () => calls,
    failAt: (call, moment) => {
      calls = 0;
      failing = { call, moment };
    },
  };
};
