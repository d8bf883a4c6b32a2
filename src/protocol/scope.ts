import { OAuthError } from './errors';

/** A set of scope tokens without duplicates, in a stable order (RFC 6749 §3.3). */
export type Scope = readonly string[];

/** Value of `scope` in a response that grants no scopes. A scope with this name cannot be declared. */
export const DEFAULT_SCOPE = 'default';

const MAX_SCOPE_TOKEN_LENGTH = 128;
const MAX_SCOPE_TOKENS = 100;

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), RFC 6749 §3.3 and appendix A.4
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

export const isScopeToken = (text: string): boolean => text.length <= MAX_SCOPE_TOKEN_LENGTH && scopeToken.test(text);

/**
 * Reads the `scope` parameter. `default` denotes no scope, so a request for it requests nothing. Surplus spaces are
 * ignored, because they cannot be interpreted in different ways.
 *
 * @throws OAuthError `invalid_scope` for anything but at most 100 scope tokens separated by spaces.
 */
export const parseScope = (text: string | undefined): Scope => {
  if (text === undefined) return [];
  const names = text.split(' ').filter((name) => name !== '');
  if (names.length > MAX_SCOPE_TOKENS || !names.every(isScopeToken)) {
    throw new OAuthError('invalid_scope', 'The scope must be a list of scope names with spaces between them.');
  }
  return [...new Set(names)].filter((name) => name !== DEFAULT_SCOPE);
};

/** Formats the `scope` member of a token response; never empty (RFC 6749 §5.1). */
export const printScope = (scope: Scope): string => (scope.length === 0 ? DEFAULT_SCOPE : scope.join(' '));
