import type { Checks, Path } from '../protocol/checks';
import { PUBLIC_GRANT_TYPES, type GrantType } from '../protocol/grant-types';
import { printField } from '../protocol/printed-value';
import { redirectUriProblem } from '../protocol/redirect-uris';

export const MAX_REDIRECT_URIS = 20;

const isString = (value: unknown): value is string => typeof value === 'string';

/** Reads the redirect URIs of an application, declared or created at run time. Repeated ones are dropped. */
export const readRedirectUris = (checks: Checks, value: unknown, path: Path): readonly string[] | undefined => {
  const uris = checks.list(value, path, MAX_REDIRECT_URIS);
  for (const [index, uri] of (uris ?? []).entries()) {
    const problem = isString(uri) ? redirectUriProblem(uri) : 'must be a string';
    if (problem !== undefined) checks.fault([...path, index], `${problem}; got ${printField([...path, index], uri)}`);
  }
  return uris && [...new Set(uris.filter(isString))];
};

/** Facts that decide how an application authenticates, and whether it can use the authorization code. */
interface ClientType {
  readonly isPublic: boolean;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly GrantType[] | undefined;
}

/** Reports redirect URIs and grant types that do not suit a client of this type (RFC 6749 §2.1). */
export const checkClientType = (
  checks: Checks,
  path: Path,
  { isPublic, redirectUris, grantTypes }: ClientType,
): void => {
  if (isPublic && grantTypes?.some((type) => !PUBLIC_GRANT_TYPES.includes(type)) === true) {
    checks.fault(
      [...path, 'grantTypes'],
      `may only have ${PUBLIC_GRANT_TYPES.join(' and ')} for a public application, which cannot authenticate`,
    );
  }
  if (redirectUris.length > 0) return;
  if (isPublic) {
    checks.fault([...path, 'redirectUris'], 'is missing: a public application can only use the authorization code');
  } else if (grantTypes?.includes('authorization_code') === true) {
    checks.fault([...path, 'redirectUris'], 'is missing: the grant type authorization_code needs it');
  }
};
