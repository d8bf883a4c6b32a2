import type { Api } from './api';
import { GuardedScopes } from './guarded-scopes';
import { createRoleRecheck, type CurrentRoles, type RoleRecheck } from './role-recheck';
import { createScopePolicy, type ScopePolicy } from './scope-policy';
import type { ScopeRules } from './scope-rules';

export interface AccessSettings {
  readonly scopes: ScopeRules;
  readonly apis: ReadonlyMap<string, Api>;
  readonly ungrantedScopes: 'drop' | 'reject';
}

/** Everything that decides about scopes: what is declared, guarded and granted, and what a user still has. */
export interface Access {
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly policy: ScopePolicy;
  readonly roles: RoleRecheck;
}

/** @param findFreshRoles reads the current roles of a user */
export const createAccess = (
  { scopes: rules, apis, ungrantedScopes }: AccessSettings,
  findFreshRoles: (subject: string) => Promise<CurrentRoles>,
): Access => {
  const guarded = new GuardedScopes(apis.values());
  const policy = createScopePolicy(rules, guarded, ungrantedScopes);
  return { rules, guarded, policy, roles: createRoleRecheck(rules, findFreshRoles) };
};
