import { StoreUnavailableError } from '../protocol/errors';
import type { Emit } from '../events/emitter';
import type { RevokeReason } from '../events/gate-events';
import { provesIssue, readAccessToken, readRefreshToken, type GrantId } from '../protocol/secrets';
import { factsOf, type Grant } from './records';
import type { GrantOwner, TokenStore } from './token-store';

/** Ends tokens. Whatever was ended is refused from the moment that a call resolves, and each may be repeated. */
export interface Revocation {
  /**
   * The grant that a token was really issued for, as long as it lives. A refresh token may be a spent one, an access
   * token the one that a refresh has just replaced: whoever revokes while another refreshes means the grant.
   */
  grantOf(token: string): Promise<Grant | undefined>;
  /** Ends one grant: its refresh token and its access tokens. */
  revokeGrant(grant: GrantId | Grant, because: RevokeReason): Promise<void>;
  /** Ends all grants of a client or a user. */
  revokeAll(owner: GrantOwner, because: RevokeReason): Promise<void>;
  /** Ends all access tokens of a client or a user; refresh tokens stay. */
  revokeAccess(owner: GrantOwner, because: RevokeReason): Promise<void>;
}

const GRANTS_AT_A_TIME = 200;

export const createRevocation = (store: TokenStore, emit: Emit): Revocation => {
  /** In slices: an owner may have more grants than a store should be asked about at once. */
  const endEach = async (owner: GrantOwner, end: (grantId: GrantId) => Promise<boolean>): Promise<boolean> => {
    const grants = await store.grantsOf(owner);
    let anything = false;
    let unannounced: StoreUnavailableError | undefined;
    for (let start = 0; start < grants.length; start += GRANTS_AT_A_TIME) {
      try {
        const ended = await Promise.all(grants.slice(start, start + GRANTS_AT_A_TIME).map(end));
        anything ||= ended.includes(true);
      } catch (error) {
        // They have ended and nobody could be told. A repeat would begin with them again, so the others end now.
        if (!(error instanceof StoreUnavailableError) || error.reason !== 'unannounced') throw error;
        unannounced = error;
      }
    }
    if (unannounced !== undefined) throw unannounced;
    return anything;
  };

  return {
    grantOf: async (token) => {
      const access = readAccessToken(token);
      if (access !== undefined) {
        const held = await store.heldAccess(access.grantId);
        return [held.access, held.earlier].find((record) => record?.digest === access.digest);
      }
      const refresh = readRefreshToken(token);
      const state = refresh === undefined ? undefined : await store.heldRefresh(refresh.grantId);
      if (refresh === undefined || state === undefined) return undefined;
      return state.digest === refresh.digest || provesIssue(token, state.proofKey) ? state : undefined;
    },
    revokeGrant: async (grant, because) => {
      const facts = typeof grant === 'string' ? { grantId: grant } : factsOf(grant);
      const ended = await store.revokeGrant(typeof grant === 'string' ? grant : grant.grantId);
      if (ended) emit({ type: 'revoke', because, ends: 'grants', ...facts });
    },
    revokeAll: async (owner, because) => {
      const ended = await endEach(owner, (grantId) => store.revokeGrant(grantId));
      if (ended) emit({ type: 'revoke', because, ends: 'grants', ...owner });
    },
    revokeAccess: async (owner, because) => {
      const ended = await endEach(owner, (grantId) => store.revokeAccess(grantId));
      if (ended) emit({ type: 'revoke', because, ends: 'access', ...owner });
    },
  };
};
