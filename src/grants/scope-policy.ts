import type { Application, Client } from '../directory/records';
import type { ScopeRules } from '../options/scopes';
import { OAuthError } from '../protocol/errors';
import type { Scope } from '../protocol/scope';
import type { GuardedScopes } from './guarded-scopes';

/** The fields that bound the scopes of an application. */
export type ScopeBounds = Pick<Application, 'scopes' | 'subscriptions'>;

/** Granted is what was asked for, as far as the client, its subscriptions and the user's roles allow it. */
export interface ScopePolicy {
  /**
   * The reason why an application may not have a scope for any user: its own list omits it, or no subscription covers it.
   * `undefined` where it may.
   */
  barrierOf(scope: string, application: ScopeBounds): 'application' | 'subscription' | undefined;
  /** The scopes that this client may have for any user. */
  forClient(scopes: Scope, client: Client): Scope;
  /** The scopes among these that a user with these roles may have. */
  forRoles(scopes: Scope, roles: readonly string[]): Scope;
  /** The scopes among these that the client itself may have. It has no roles, so a scope that needs one must be listed for it. */
  forClientItself(scopes: Scope, client: Client): Scope;
  /** The APIs that tokens of this client open. */
  subscriptionsOf(client: Client): readonly string[];
  /**
   * Answers `granted`, if a scope that was asked for may be left out of it silently.
   * @throws OAuthError `invalid_scope` otherwise, when one is missing.
   */
  settle(asked: Scope, granted: Scope): Scope;
}

const lists = ({ scopes }: ScopeBounds, scope: string): boolean => scopes?.includes(scope) === true;

export const createScopePolicy = (
  rules: ScopeRules,
  guarded: GuardedScopes,
  ungrantedScopes: 'drop' | 'reject',
): ScopePolicy => {
  const barrierOf: ScopePolicy['barrierOf'] = (scope, application) => {
    if (application.scopes !== undefined && !lists(application, scope)) return 'application';
    if (guarded.isOpened(scope, application.subscriptions)) return undefined;
    // No subscription gives a scope that no API needs: it is for those that are trusted with it by name.
    return guarded.apisNeeding(scope).length === 0 && lists(application, scope) ? undefined : 'subscription';
  };

  return {
    barrierOf,
    forClient: (scopes, { application }) =>
      scopes.filter((scope) => rules.names.has(scope) && barrierOf(scope, application) === undefined),
    forRoles: (scopes, roles) => scopes.filter((scope) => rules.allows(scope, roles)),
    forClientItself: (scopes, { application }) =>
      scopes.filter((scope) => rules.allows(scope, []) || lists(application, scope)),
    subscriptionsOf: ({ application }) => application.subscriptions.filter((api) => guarded.isApi(api)),
    settle: (asked, granted) => {
      if (ungrantedScopes === 'drop' || granted.length === asked.length) return granted;
      throw new OAuthError('invalid_scope', 'A requested scope cannot be granted.');
    },
  };
};
