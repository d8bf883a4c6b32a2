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
  /** Checks whether a token has such a scope. A client that acts on its own behalf has no roles to lose. */
  concerns(record: AccessTokenRecord): boolean;
  /** The current rights of a token, or `gone` if its user no longer exists. */
  findFreshScopes(record: AccessTokenRecord): Promise<Scope | 'gone'>;
}

export const createRoleRecheck = (
  rules: ScopeRules,
  findFreshRoles: (subject: string) => Promise<CurrentRoles>,
): RoleRecheck => {
  const isConcerned = (scope: string): boolean => rules.rechecked.has(scope);
  const concerns = ({ subject, scopes }: AccessTokenRecord): boolean =>
    rules.rechecked.size > 0 && subject !== undefined && scopes.some(isConcerned);

  return {
    concerns,
    findFreshScopes: async (record) => {
      if (!concerns(record)) return record.scopes;
      const roles = await findFreshRoles(record.subject ?? '');
      if (roles === 'gone') return 'gone';
      // Options that recheck without a source of roles do not start, so `unknown` is unexpected here: it is a refusal.
      const present = roles === 'unknown' ? [] : roles;
      return record.scopes.filter((scope) => !isConcerned(scope) || rules.allows(scope, present));
    },
  };
};
