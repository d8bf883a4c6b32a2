import type { Emit } from '../events/emitter';
import type { GateEventFacts, RevokeReason } from '../events/gate-events';
import { provesIssue, readAccessToken, readRefreshToken, type GrantId, type ReadToken } from '../protocol/secrets';
import { runEnding } from './ending';
import { isOwner, type GrantOwner, type Principal } from './principal';
import { factsOf, isOfClient, type Grant } from './records';
import type { Ends, TokenStore } from './token-store';

/** Ends tokens. They are refused from the moment a call resolves. Every call may be repeated. */
export interface Revocation {
  /**
   * Ends the grant that a token was issued for. The refresh token may be spent, and the access token may have just been
   * replaced by a refresh: a revocation that races with a refresh applies to the grant. If the token is not found, the
   * store may have lost it while gates still serve it, so every gate evicts its grant. Text that is not a
   * token is ignored.
   *
   * @param client the only client whose token is to be ended; if omitted, that of any client is
   * @returns `foreign` if the token is of another client; nothing has changed then
   */
  revokeByToken(
    token: string,
    because: RevokeReason,
    client?: Pick<Grant, 'clientId' | 'organization'>,
  ): Promise<'ended' | 'foreign'>;
  /** Ends a grant: its refresh token and its access tokens. */
  revokeGrant(grant: GrantId | Grant, because: RevokeReason): Promise<void>;
  /** Ends all grants of a client, a user, an organization or a consent, in one step, however many there are. */
  revokeAll(principal: Principal, because: RevokeReason): Promise<void>;
  /** Like `revokeAll`, for access tokens alone; refresh tokens stay valid. */
  revokeAccess(principal: Principal, because: RevokeReason): Promise<void>;
}

/** @param onEnded called with the owner of grants that were ended together and still use memory */
export const createRevocation = (
  store: TokenStore,
  emit: Emit,
  onEnded: (owner: GrantOwner) => void = () => undefined,
): Revocation => {
  /** Emits the event if anything has ended, even if the call fails. @throws the failure of the store, if any */
  const end = async (act: () => Promise<boolean>, event: GateEventFacts): Promise<void> => {
    const ending = await runEnding(act);
    if (ending.endedAny) emit(event);
    if ('failure' in ending) throw ending.failure;
  };

  const replaceEpoch = (principal: Principal, ends: Ends, because: RevokeReason): Promise<void> =>
    end(() => store.replaceEpoch(principal, ends), { type: 'revoke', because, ends, ...principal }).finally(() => {
      if (isOwner(principal)) onEnded(principal);
    });

  const grantOfAccessToken = async ({ grantId, digest }: ReadToken): Promise<Grant | undefined> => {
    const { access, previous } = await store.heldAccess(grantId, digest);
    return [access, previous].find((record) => record?.digest === digest);
  };

  const grantOfRefreshToken = async (token: string, { grantId, digest }: ReadToken): Promise<Grant | undefined> => {
    const state = await store.heldRefresh(grantId);
    if (state === undefined) return undefined;
    return state.digest === digest || provesIssue(token, state.proofKey) ? state : undefined;
  };

  const revokeGrant: Revocation['revokeGrant'] = async (grant, because) => {
    const facts = typeof grant === 'string' ? { grantId: grant } : factsOf(grant);
    const grantId = typeof grant === 'string' ? grant : grant.grantId;
    await end(() => store.revokeGrant(grantId), { type: 'revoke', because, ends: 'grants', ...facts });
  };

  return {
    revokeByToken: async (token, because, client) => {
      const access = readAccessToken(token);
      const read = access ?? readRefreshToken(token);
      if (read === undefined) return 'ended';
      const grant = await (access === undefined ? grantOfRefreshToken(token, read) : grantOfAccessToken(read));
      if (grant === undefined) await store.invalidate(read.grantId);
      else if (client !== undefined && !isOfClient(grant, client)) return 'foreign';
      else await revokeGrant(grant, because);
      return 'ended';
    },
    revokeGrant,
    revokeAll: (principal, because) => replaceEpoch(principal, 'grants', because),
    revokeAccess: (principal, because) => replaceEpoch(principal, 'access', because),
  };
};
