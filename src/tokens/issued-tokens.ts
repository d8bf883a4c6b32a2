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

/** The result of a token request: the tokens for the client, and the granted rights. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresIn: Seconds;
  readonly scopes: Scope;
}

/** Makes a grant for `owner`, from any record that carries its fields. */
export const grantTo = (
  { clientId, subject, organization, environment }: Omit<Grant, 'grantId'>,
  grantId: GrantId,
): Grant => ({ grantId, clientId, subject, organization, environment });

/** The rights of an access token. */
export interface Rights {
  readonly scopes: Scope;
  readonly subscriptions: readonly string[];
}

/** How long an access token may live. */
export interface Term {
  readonly now: EpochSeconds;
  readonly lifetime: Seconds;
  readonly grantExpiresAt: EpochSeconds;
}

// Differences of instants are off by less than this.
const INSTANT_PRECISION: Seconds = 0.001;

/** A new access token and its record. Nothing outlives its grant. */
export const newAccessToken = (
  { grantId, clientId, subject, organization, environment }: Grant,
  { scopes, subscriptions }: Rights,
  { now, lifetime, grantExpiresAt }: Term,
) => {
  const { text, digest } = mintAccessToken(grantId);
  const left = Math.min(lifetime, grantExpiresAt - now);
  const record: AccessTokenRecord = {
    grantId,
    clientId,
    subject,
    organization,
    environment,
    digest,
    scopes,
    subscriptions,
    issuedAt: now,
    expiresAt: now + left,
  };
  return { text, record, expiresIn: Math.max(1, Math.floor(left + INSTANT_PRECISION)) };
};
