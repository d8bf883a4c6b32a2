import type { Texts } from '../../pages/texts/texts';
import type { OwnClient } from '../application/own-applications';
import type { PortalServices } from '../services';

/** Subject of a generated token: the signed-in user, or the application itself. */
export type TokenFor = { readonly kind: 'user'; readonly roles: readonly string[] } | { readonly kind: 'client' };

/** The client of a token, and its subject. */
export interface TokenTarget {
  readonly client: OwnClient;
  readonly tokenFor: TokenFor;
}

export type GrantServices = Pick<PortalServices, 'policy' | 'guarded' | 'rules' | 'apis'>;

/** Explains why the roles of a user, or the lack of them, exclude a scope. */
const whyRolesExclude = (
  scope: string,
  { client: { application }, tokenFor }: TokenTarget,
  { rules }: GrantServices,
  texts: Texts,
): string | undefined => {
  const { issuedTokens } = texts;
  if (tokenFor.kind === 'client') {
    const isAllowed = rules.allows(scope, []) || application.scopes?.includes(scope) === true;
    return isAllowed ? undefined : issuedTokens.noRoles;
  }
  if (rules.allows(scope, tokenFor.roles)) return undefined;
  const roles = rules.rolesOf(scope);
  return roles.length === 1
    ? issuedTokens.requiresRole(roles[0] ?? '')
    : issuedTokens.requiresRoles(texts.phrases.alternatives(roles));
};

/**
 * Explains why a scope cannot be granted, as the end of a sentence that begins with the scope.
 * @returns `undefined` if it can be granted
 */
export const whyNotGranted = (
  scope: string,
  target: TokenTarget,
  services: GrantServices,
  texts: Texts,
): string | undefined => {
  const { policy, guarded, apis } = services;
  const { application } = target.client;
  const { issuedTokens } = texts;
  const reason = policy.whyRefused(scope, application);
  if (reason === undefined) return whyRolesExclude(scope, target, services, texts);
  if (reason === 'application') return issuedTokens.notListed(application.name);
  const titles = guarded.apisNeeding(scope).map((name) => apis.get(name)?.title ?? name);
  if (titles.length === 0) return issuedTokens.neededByNoApi;
  return issuedTokens.notSubscribedTo(application.name, texts.phrases.alternatives(titles));
};
