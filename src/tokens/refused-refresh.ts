import { OAuthError } from '../protocol/errors';

/**
 * The refusal of a refresh token. The description is the same for every reason, so that a caller learns nothing by
 * trying (RFC 6749 §5.2).
 */
export const refusedRefresh = (reason: string): OAuthError =>
  new OAuthError('invalid_grant', 'The refresh token is invalid, expired, revoked or was issued to another client.', {
    cause: new Error(reason),
  });
