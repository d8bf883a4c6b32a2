import type { Application, Client } from '../directory/records';
import type { ScopeRules } from './scope-rules';
import { OAuthError } from '../protocol/errors';
import type { Scope } from '../protocol/scope';
import type { GuardedScopes } from './guarded-scopes';

/** The fields that bound the scopes of an application. */
export type ScopeBounds = Pick<Application, 'scopes' | 'subscriptions'>;

/** The requested scopes that a client may have. The user's roles, or the client's own rights, decide which are granted. */
export interface OfferedScopes {
  /** @throws OAuthError `invalid_scope` if the roles omit a requested scope, unless scopes may be dropped silently */
  forUser(roles: readonly string[]): Scope;
  /** @throws OAuthError `invalid_scope` if the client itself may not have a requested scope, unless as above */
  forClientItself(): Scope;
}

/** Decides which requested scopes are granted: those that the client, its subscriptions and the user's roles allow. */
export interface ScopePolicy {
  /**
   * Returns the reason why an application may not have a scope for any user: its own list omits it, or no subscription
   * covers it; `undefined` if it may.
   */
  whyRefused(scope: string, application: ScopeBounds): 'application' | 'subscription' | undefined;
  /**
   * Begins the decision about a request with what depends on the client alone.
   * @throws OAuthError `invalid_scope` if the client lacks a requested scope, unless scopes may be dropped silently
   */
  offer(requested: Scope, client: Client): OfferedScopes;
  /** Like `offer`, for scopes that the request does not name: those that cannot be granted are always dropped. */
  offerUnnamed(scopes: Scope, client: Client): OfferedScopes;
  /** Returns the scopes among these that this client may have for any user. */
  forClient(scopes: Scope, client: Client): Scope;
  /** Returns the scopes among these that a user with these roles may have. */
  forRoles(scopes: Scope, roles: readonly string[]): Scope;
  /**
   * Returns the scopes among these that the client itself may have. It has no roles, so a scope that needs one must be
   * listed for it.
   */
  forClientItself(scopes: Scope, client: Client): Scope;
  /** Returns the APIs that accept tokens of this client. */
  subscriptionsOf(client: Client): readonly string[];
  /**
   * Returns `granted` if it lacks no requested scope, or if scopes may be dropped silently.
   * @throws OAuthError `invalid_scope` otherwise
   */
  checkGranted(requested: Scope, granted: Scope): Scope;
}

const lists = ({ scopes }: ScopeBounds, scope: string): boolean => scopes?.includes(scope) === true;

export const createScopePolicy = (
  rules: ScopeRules,
  guarded: GuardedScopes,
  ungrantedScopes: 'drop' | 'reject',
): ScopePolicy => {
  const whyRefused: ScopePolicy['whyRefused'] = (scope, application) => {
    if (application.scopes !== undefined && !lists(application, scope)) return 'application';
    if (guarded.isCovered(scope, application.subscriptions)) return undefined;
    // No subscription covers a scope that no API requires: only applications that list it by name may have it.
    return guarded.apisNeeding(scope).length === 0 && lists(application, scope) ? undefined : 'subscription';
  };

  const forClient: ScopePolicy['forClient'] = (scopes, { application }) =>
    scopes.filter((scope) => rules.names.has(scope) && whyRefused(scope, application) === undefined);
  const forRoles: ScopePolicy['forRoles'] = (scopes, roles) => scopes.filter((scope) => rules.allows(scope, roles));
  const forClientItself: ScopePolicy['forClientItself'] = (scopes, { application }) =>
    scopes.filter((scope) => rules.allows(scope, []) || lists(application, scope));

  const checkGranted: ScopePolicy['checkGranted'] = (requested, granted) => {
    if (ungrantedScopes === 'drop' || granted.length === requested.length) return granted;
    throw new OAuthError('invalid_scope', 'A requested scope cannot be granted.');
  };

  return {
    whyRefused,
    offer: (requested, client) => {
      const offered = checkGranted(requested, forClient(requested, client));
      return {
        forUser: (roles) => checkGranted(requested, forRoles(offered, roles)),
        forClientItself: () => checkGranted(requested, forClientItself(offered, client)),
      };
    },
    offerUnnamed: (scopes, client) => {
      const offered = forClient(scopes, client);
      return {
        forUser: (roles) => forRoles(offered, roles),
        forClientItself: () => forClientItself(offered, client),
      };
    },
    forClient,
    forRoles,
    forClientItself,
    subscriptionsOf: ({ application }) => application.subscriptions.filter((api) => guarded.isApi(api)),
    checkGranted,
  };
};
