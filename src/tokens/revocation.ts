import { StoreUnavailableError } from '../protocol/errors';
import type { Emit } from '../events/emitter';
import type { GateEventFacts, RevokeReason } from '../events/gate-events';
import { provesIssue, readAccessToken, readRefreshToken, type GrantId } from '../protocol/secrets';
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

const SLICE_SIZE = 200;

/** Outcome of ending grants in the store. */
interface Ending {
  readonly endedAny: boolean;
  readonly failures: readonly unknown[];
}

/** True if the tokens have ended and only the announcement to other gates failed. */
const isUnannounced = (thrown: unknown): boolean =>
  thrown instanceof StoreUnavailableError && thrown.reason === 'unannounced';

const endingOf = (results: readonly PromiseSettledResult<boolean>[]): Ending => {
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const hasEnded = results.some((result) => result.status === 'fulfilled' && result.value);
  return { endedAny: hasEnded || failures.some(isUnannounced), failures };
};

export const createRevocation = (store: TokenStore, emit: Emit): Revocation => {
  /** Ends the grants of an owner in slices: there may be more than a store should handle concurrently. */
  const endEach = async (owner: GrantOwner, end: (grantId: GrantId) => Promise<boolean>): Promise<Ending> => {
    const grants = await store.grantsOf(owner);
    const failures: unknown[] = [];
    let endedAny = false;
    for (let start = 0; start < grants.length; start += SLICE_SIZE) {
      const slice = endingOf(await Promise.allSettled(grants.slice(start, start + SLICE_SIZE).map(end)));
      endedAny ||= slice.endedAny;
      failures.push(...slice.failures);
      // A retry after an unannounced end would start with the same grants, so the others end now.
      if (!failures.every(isUnannounced)) break;
    }
    return { endedAny, failures };
  };

  /**
   * Emits the event if anything has ended, even if the call fails.
   * @throws the failure of the store, if any; one other than `unannounced` first
   */
  const report = ({ endedAny, failures }: Ending, event: GateEventFacts): void => {
    if (endedAny) emit(event);
    if (failures.length > 0) throw failures.find((failure) => !isUnannounced(failure)) ?? failures[0];
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
    invalidate: async (token) => {
      const read = readAccessToken(token) ?? readRefreshToken(token);
      if (read !== undefined) await store.invalidate(read.grantId);
    },
    revokeGrant: async (grant, because) => {
      const facts = typeof grant === 'string' ? { grantId: grant } : factsOf(grant);
      const grantId = typeof grant === 'string' ? grant : grant.grantId;
      const ending = endingOf(await Promise.allSettled([store.revokeGrant(grantId)]));
      report(ending, { type: 'revoke', because, ends: 'grants', ...facts });
    },
    revokeAll: async (owner, because) => {
      const ending = await endEach(owner, (grantId) => store.revokeGrant(grantId));
      report(ending, { type: 'revoke', because, ends: 'grants', ...owner });
    },
    revokeAccess: async (owner, because) => {
      const ending = await endEach(owner, (grantId) => store.revokeAccess(grantId));
      report(ending, { type: 'revoke', because, ends: 'access', ...owner });
    },
  };
};
