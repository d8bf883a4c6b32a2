import type { OwnClient } from './own-applications';
import type { PortalServices } from './services';

/** Subject of a generated token: the signed-in user, or the application itself. */
export type TokenFor = { readonly kind: 'user'; readonly roles: readonly string[] } | { readonly kind: 'client' };

/**
 * Explains why a scope cannot be granted, as the end of a sentence that begins with the scope.
 * @returns `undefined` if it can be granted
 */
export const whyNotGranted = (
  scope: string,
  { application }: OwnClient,
  tokenFor: TokenFor,
  { policy, guarded, rules, apis }: Pick<PortalServices, 'policy' | 'guarded' | 'rules' | 'apis'>,
): string | undefined => {
  const reason = policy.whyRefused(scope, application);
  if (reason === 'application') return `not in the list of scopes that the operator gave ${application.name}`;
  if (reason === 'subscription') {
    const titles = guarded.apisNeeding(scope).map((name) => apis.get(name)?.title ?? name);
    return titles.length === 0
      ? "no API needs it, so the operator has to list it in the application's scopes"
      : `${application.name} is not subscribed to ${titles.join(' or ')}`;
  }
  if (tokenFor.kind === 'client') {
    if (rules.allows(scope, []) || application.scopes?.includes(scope) === true) return undefined;
    return "an application has no roles, so the operator has to list it in the application's scopes";
  }
  if (rules.allows(scope, tokenFor.roles)) return undefined;
  const roles = rules.rolesOf(scope);
  return roles.length === 1
    ? `requires the role ${roles[0]}, which you don't have`
    : `requires one of the roles ${roles.join(', ')}, and you have none of them`;
};
