import type { CodeRequest, LiteralField } from './request';
import type { SnippetKey, TokenRequests } from './token-requests';

/** Encodes a text for a query, without characters that a shell could replace in double quotes. */
export const encodeQuery = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.codePointAt(0)?.toString(16).toUpperCase()}`);

/** Returns the two requests of the authorization code with PKCE; `undefined` without a redirect URI. */
export const codeRequest = (
  requests: TokenRequests,
  { application, clientId }: SnippetKey,
  authorizeUrl: string,
  scope: readonly LiteralField[],
): CodeRequest | undefined => {
  const [redirectUri] = application.redirectUris;
  if (redirectUri === undefined) return undefined;
  const parameters: readonly LiteralField[] = [
    ['response_type', 'code'],
    ['client_id', clientId],
    ['redirect_uri', redirectUri],
    ...scope,
    ['code_challenge_method', 'S256'],
  ];
  const query = parameters.map(([name, value]) => `${name}=${encodeQuery(value)}`).join('&');
  const exchange = requests.of([
    ['grant_type', 'authorization_code'],
    ['code', { variable: 'CODE' }],
    ['redirect_uri', redirectUri],
    ['code_verifier', { variable: 'CODE_VERIFIER' }],
  ]);
  return { authorizationUrl: `${authorizeUrl}?${query}`, exchange };
};
