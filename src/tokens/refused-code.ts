import { OAuthError } from '../protocol/errors';

/**
 * The refusal of an authorization code. The description is the same for every reason, so that a caller learns nothing by
 * trying (RFC 6749 §5.2).
 */
export const refusedCode = (reason: string): OAuthError =>
  new OAuthError(
    'invalid_grant',
    'The authorization code is unknown, expired or used, or was issued for another request.',
    { cause: new Error(reason) },
  );
