import type { ScopeRules } from './scope-rules';
import type { Scope } from '../protocol/scope';
import type { AccessTokenRecord } from '../tokens/records';

/**
 * Current roles of a user. `gone`: the user was removed or disabled. `unknown`: the source has no `find`, so a refresh
 * keeps what was granted.
 */
export type CurrentRoles = readonly string[] | 'gone' | 'unknown';

/** Re-reads the roles for some scopes whenever a token is used, so that removing a role ends access immediately. */
export interface RoleRecheck {
  /**
   * Checks whether a token has a scope whose roles are re-read. A client that acts on its own behalf has no roles to
   * lose.
   */
  appliesTo(record: AccessTokenRecord): boolean;
  /** The current rights of a token, or `gone` if its user no longer exists. */
  findFreshScopes(record: AccessTokenRecord): Promise<Scope | 'gone'>;
}

export const createRoleRecheck = (
  rules: ScopeRules,
  findFreshRoles: (subject: string) => Promise<CurrentRoles>,
): RoleRecheck => {
  const isRechecked = (scope: string): boolean => rules.rechecked.has(scope);
  const appliesTo = ({ subject, scopes }: AccessTokenRecord): boolean =>
    rules.rechecked.size > 0 && subject !== undefined && scopes.some(isRechecked);

  return {
    appliesTo,
    findFreshScopes: async (record) => {
      if (!appliesTo(record)) return record.scopes;
      const roles = await findFreshRoles(record.subject ?? '');
      if (roles === 'gone') return 'gone';
      // Options that recheck without a source of roles do not start, so `unknown` is unexpected here: it is a refusal.
      const present = roles === 'unknown' ? [] : roles;
      return record.scopes.filter((scope) => !isRechecked(scope) || rules.allows(scope, present));
    },
  };
};
