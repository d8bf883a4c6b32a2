import type { Client } from '../directory/records';
import type { ScopeRules } from '../options/scopes';
import { OAuthError } from '../protocol/errors';
import type { Scope } from '../protocol/scope';

/** Granted is what was asked for, as far as the client and the user's roles allow it. */
export interface ScopePolicy {
  /** What is left of a scope for this client, whoever the user is. */
  forClient(scopes: Scope, client: Client): Scope;
  /** What is left of a scope for a user with these roles. */
  forRoles(scopes: Scope, roles: readonly string[]): Scope;
  /**
   * Answers `granted`, if a scope that was asked for may be left out of it silently.
   * @throws OAuthError `invalid_scope` otherwise, when one is missing.
   */
  settle(asked: Scope, granted: Scope): Scope;
}

export const createScopePolicy = (rules: ScopeRules, ungrantedScopes: 'drop' | 'reject'): ScopePolicy => ({
  forClient: (scopes, { application }) =>
    scopes.filter((scope) => rules.names.has(scope) && (application.scopes?.includes(scope) ?? true)),
  forRoles: (scopes, roles) => scopes.filter((scope) => rules.allows(scope, roles)),
  settle: (asked, granted) => {
    if (ungrantedScopes === 'drop' || granted.length === asked.length) return granted;
    throw new OAuthError('invalid_scope', 'A scope that was asked for cannot be granted.');
  },
});
