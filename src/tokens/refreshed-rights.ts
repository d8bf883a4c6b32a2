import type { Scope } from '../protocol/scope';
import type { Rights } from './issued-tokens';
import type { RefreshTokenRecord } from './records';

export interface RefreshedRights {
  /** Rights of the new access token. */
  readonly access: Rights;
  /** Scopes that the grant keeps. */
  readonly grant: Scope;
}

/**
 * Decides which rights a refresh of this grant gives now. Throws to refuse; before the rotation, that spends nothing.
 */
export type RefreshDecision = (grant: RefreshTokenRecord) => Promise<RefreshedRights>;

export const areEqual = (left: Rights, right: Rights): boolean =>
  left.scopes.join(' ') === right.scopes.join(' ') &&
  left.subscriptions.join(' ') === right.subscriptions.join(' ') &&
  left.audience === right.audience;

/** Checks whether rights include none beyond the allowed ones. */
export const isWithin = (held: Rights, allowed: Rights): boolean =>
  held.audience === allowed.audience &&
  held.scopes.every((scope) => allowed.scopes.includes(scope)) &&
  held.subscriptions.every((api) => allowed.subscriptions.includes(api));
