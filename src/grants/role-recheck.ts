import type { CurrentRoles } from '../directory/resource-owners';
import type { ScopeRules } from '../options/scopes';
import type { Scope } from '../protocol/scope';
import type { AccessTokenRecord } from '../tokens/records';

/** Scopes whose roles are read anew whenever a token is used: taking a role away closes access at once. */
export interface RoleRecheck {
  /** Checks whether a token has such a scope. A client that speaks for itself has no roles to lose. */
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
      // Options that recheck without anybody to ask do not start, so not knowing is no answer here: it is a refusal.
      const present = roles === 'unknown' ? [] : roles;
      return record.scopes.filter((scope) => !isConcerned(scope) || rules.allows(scope, present));
    },
  };
};
