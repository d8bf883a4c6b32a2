import type { Api } from './api';
import { GuardedScopes } from './guarded-scopes';
import { ResourceIndicators } from './resource-indicators';
import { createRoleRecheck, type CurrentRoles, type RoleRecheck } from './role-recheck';
import { createScopePolicy, type ScopePolicy } from './scope-policy';
import type { ScopeRules } from './scope-rules';
import type { IssuerAddress } from '../protocol/metadata';

export interface AccessSettings {
  readonly issuer: Pick<IssuerAddress, 'origin'>;
  readonly scopes: ScopeRules;
  readonly apis: ReadonlyMap<string, Api>;
  readonly ungrantedScopes: 'drop' | 'reject';
}

/** Everything that decides about scopes: what is declared, guarded and granted, and what a user still has. */
export interface Access {
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly indicators: ResourceIndicators;
  readonly policy: ScopePolicy;
  readonly roles: RoleRecheck;
}

/** @param findFreshRoles reads the current roles of a user */
export const createAccess = (
  { issuer, scopes: rules, apis, ungrantedScopes }: AccessSettings,
  findFreshRoles: (subject: string) => Promise<CurrentRoles>,
): Access => {
  const guarded = new GuardedScopes(apis.values());
  const indicators = new ResourceIndicators(issuer.origin, apis.values(), guarded);
  const policy = createScopePolicy(rules, guarded, ungrantedScopes);
  return { rules, guarded, indicators, policy, roles: createRoleRecheck(rules, findFreshRoles) };
};
