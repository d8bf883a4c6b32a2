import type { Scope } from '../protocol/scope';
import { mintAccessToken, type GrantId } from '../protocol/secrets';
import type { EpochSeconds, Seconds } from '../protocol/time';
import type { AccessTokenRecord, Grant } from './records';

export interface TokenLifetimes {
  readonly accessTokenLifetime: Seconds;
  readonly refreshTokenLifetime: Seconds;
  readonly grantLifetime: Seconds;
  readonly refreshGrace: Seconds;
}

/** Result of a token request: the tokens for the client, and the granted scopes. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresIn: Seconds;
  readonly scopes: Scope;
}

/** Builds a grant from any record that has its fields. */
export const grantFrom = (
  { clientId, subject, organization, consent, environment }: Omit<Grant, 'grantId'>,
  grantId: GrantId,
): Grant => ({ grantId, clientId, subject, organization, consent, environment });

/** Rights that an access token carries. */
export interface Rights {
  readonly scopes: Scope;
  readonly subscriptions: readonly string[];
  /** Identifier of the only resource that accepts the token; absent if each one may. */
  readonly audience?: string | undefined;
}

/** Bounds on the lifetime of an access token. */
export interface Term {
  readonly now: EpochSeconds;
  readonly lifetime: Seconds;
  readonly grantExpiresAt: EpochSeconds;
}

// Upper bound on the rounding error of a difference between two instants.
const INSTANT_PRECISION: Seconds = 0.001;

/**
 * Creates an access token and its record. The token never outlives its grant. `expiresIn` is rounded down, at least 1.
 */
export const newAccessToken = (
  { grantId, clientId, subject, organization, consent, environment }: Grant,
  { scopes, subscriptions, audience }: Rights,
  { now, lifetime, grantExpiresAt }: Term,
) => {
  const { text, digest } = mintAccessToken(grantId);
  const left = Math.min(lifetime, grantExpiresAt - now);
  const record: AccessTokenRecord = {
    grantId,
    clientId,
    subject,
    organization,
    consent,
    environment,
    digest,
    scopes,
    subscriptions,
    audience,
    issuedAt: now,
    expiresAt: now + left,
  };
  return { text, record, expiresIn: Math.max(1, Math.floor(left + INSTANT_PRECISION)) };
};
