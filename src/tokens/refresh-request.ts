import { readRefreshToken, type Digest, type GrantId } from '../protocol/secrets';
import type { RefreshDecision } from './refreshed-rights';
import { refusedRefresh } from './refused-refresh';

/** A refresh request as its client sent it, without the client authentication. */
export interface RefreshRequest {
  readonly refreshToken: string;
  readonly clientId: string;
  /** The organization of the client. */
  readonly organization?: string | undefined;
  /** Other requested values, by parameter name. An empty or missing list requests everything that was granted. */
  readonly requested: Readonly<Record<string, readonly string[]>>;
}

/** A refresh token that was sent, and the values requested with it. */
export interface SentToken {
  readonly text: string;
  readonly grantId: GrantId;
  readonly digest: Digest;
  readonly clientId: string;
  readonly organization: string | undefined;
  /** The requested values as one string, the same for equal requests. */
  readonly requestedText: string;
  readonly decide: RefreshDecision;
}

/**
 * Returns the same string for all requests of the same values. Each list is a set; an empty one equals a missing one.
 */
export const requestedTextOf = (requested: RefreshRequest['requested']): string => {
  const sets = Object.entries(requested)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => [name, ...[...new Set(values)].sort()]);
  return JSON.stringify(sets.sort(([left = ''], [right = '']) => (left < right ? -1 : 1)));
};

/** @throws OAuthError `invalid_grant` for a string that is not a refresh token */
export const readSentToken = (
  { refreshToken, clientId, organization, requested }: RefreshRequest,
  decide: RefreshDecision,
): SentToken => {
  const token = readRefreshToken(refreshToken);
  if (token === undefined) throw refusedRefresh('malformed');
  const { grantId, digest } = token;
  return {
    text: refreshToken,
    grantId,
    digest,
    clientId,
    organization,
    requestedText: requestedTextOf(requested),
    decide,
  };
};
