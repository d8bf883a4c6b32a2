import type { Emit } from '../events/emitter';
import type { GateEventFacts, RevokeReason } from '../events/gate-events';
import { provesIssue, readAccessToken, readRefreshToken, type GrantId } from '../protocol/secrets';
import { endInSlices, endConcurrently, throwFailure, type Ending } from './ending';
import { factsOf, type Grant } from './records';
import type { GrantOwner, TokenStore } from './token-store';

/** Ends tokens. They are refused from the moment a call resolves. Every call may be repeated. */
export interface Revocation {
  /**
   * Finds the live grant that a token was issued for. The refresh token may be spent, and the access token may have
   * just been replaced by a refresh: a revocation that races with a refresh applies to the grant.
   */
  grantOf(token: string): Promise<Grant | undefined>;
  /**
   * Makes every gate evict the grant of a token from its cache, for a token that `grantOf` does not find: the store may
   * have lost it while gates still serve it. Publishes nothing if the text is not a token.
   */
  invalidate(token: string): Promise<void>;
  /** Ends a grant: its refresh token and its access tokens. */
  revokeGrant(grant: GrantId | Grant, because: RevokeReason): Promise<void>;
  /** Ends all grants of a client or a user. */
  revokeAll(owner: GrantOwner, because: RevokeReason): Promise<void>;
  /** Ends all access tokens of a client or a user; refresh tokens stay valid. */
  revokeAccess(owner: GrantOwner, because: RevokeReason): Promise<void>;
}

export const createRevocation = (store: TokenStore, emit: Emit): Revocation => {
  /** Emits the event if anything has ended, even if the call fails. @throws the failure of the store, if any */
  const report = (ending: Ending, event: GateEventFacts): void => {
    if (ending.endedAny) emit(event);
    throwFailure(ending);
  };

  return {
    grantOf: async (token) => {
      const access = readAccessToken(token);
      if (access !== undefined) {
        const held = await store.heldAccess(access.grantId);
        return [held.access, held.previous].find((record) => record?.digest === access.digest);
      }
      const refresh = readRefreshToken(token);
      const state = refresh === undefined ? undefined : await store.heldRefresh(refresh.grantId);
      if (refresh === undefined || state === undefined) return undefined;
      return state.digest === refresh.digest || provesIssue(token, state.proofKey) ? state : undefined;
    },
    invalidate: async (token) => {
      const read = readAccessToken(token) ?? readRefreshToken(token);
      if (read !== undefined) await store.invalidate(read.grantId);
    },
    revokeGrant: async (grant, because) => {
      const facts = typeof grant === 'string' ? { grantId: grant } : factsOf(grant);
      const grantId = typeof grant === 'string' ? grant : grant.grantId;
      const ending = await endConcurrently([grantId], (id) => store.revokeGrant(id));
      report(ending, { type: 'revoke', because, ends: 'grants', ...facts });
    },
    revokeAll: async (owner, because) => {
      const ending = await endInSlices(await store.grantsOf(owner), (grantId) => store.revokeGrant(grantId));
      report(ending, { type: 'revoke', because, ends: 'grants', ...owner });
    },
    revokeAccess: async (owner, because) => {
      const ending = await endInSlices(await store.grantsOf(owner), (grantId) => store.revokeAccess(grantId));
      report(ending, { type: 'revoke', because, ends: 'access', ...owner });
    },
  };
};
