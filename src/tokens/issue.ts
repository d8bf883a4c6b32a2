import type { Emit } from '../events/emitter';
import { temporarilyUnavailable, type OAuthError } from '../protocol/errors';
import { mintGrantId } from '../protocol/secrets';
import type { Clock } from '../protocol/time';
import { eventsOfEnded, tooManyGrants, type GrantLimits } from './grant-limits';
import { grantFrom, type IssuedTokens, type TokenLifetimes } from './issued-tokens';
import { newGrant, type IssueRequest } from './new-grant';
import { factsOf } from './records';
import type { Revocation } from './revocation';
import type { TokenStore } from './token-store';

/**
 * Stores the tokens, checks that the request is still allowed, and only then returns them: a concurrent call that ends
 * grants either finds this grant in the index, or makes the check fail.
 * @throws OAuthError `temporarily_unavailable` if the request is no longer allowed; its grant is then ended.
 *   `invalid_request` (429) if the client has as many live grants as it may have
 */
export type Issue = (request: IssueRequest, isStillAllowed: () => Promise<boolean>) => Promise<IssuedTokens>;

export interface IssueServices {
  readonly store: TokenStore;
  readonly lifetimes: TokenLifetimes;
  readonly limits: GrantLimits;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly revocation: Pick<Revocation, 'revokeGrant'>;
}

const changedMeanwhile = (): OAuthError =>
  temporarilyUnavailable('rights_changed', new Error('the user or the client was changed during the sign-in'));

export const createIssue =
  ({ store, lifetimes, limits, clock, emit, revocation }: IssueServices): Issue =>
  async (request, isStillAllowed) => {
    const grant = grantFrom(request, request.grantId ?? mintGrantId());
    const { access, refresh, issued } = newGrant(request, grant, { now: clock(), lifetimes });
    const saving = store.save(access, refresh, limits);
    // Sent in the same tick, so that both share one round trip.
    const checking = isStillAllowed();
    checking.catch(() => undefined);
    const { order, ended } = await saving;
    if (order === 'refused') {
      emit({ type: 'limit', limit: 'grantsPerClient', clientId: grant.clientId });
      throw tooManyGrants(limits);
    }
    for (const event of eventsOfEnded(grant, ended)) emit(event);
    const holds = await (order === 'ahead' ? checking : isStillAllowed()).catch(async (error: unknown) => {
      await store.revokeGrant(grant.grantId).catch(() => undefined);
      throw error;
    });
    if (!holds) {
      await revocation.revokeGrant(grant, 'undone');
      throw changedMeanwhile();
    }
    emit({ type: 'issue', occasion: request.occasion, ...factsOf(grant), scopes: issued.scopes });
    return issued;
  };
