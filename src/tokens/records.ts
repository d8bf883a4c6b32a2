import type { GrantFacts } from '../events/gate-events';
import type { Scope } from '../protocol/scope';
import type { Digest, GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** Which of an application's key pairs a token was issued to. */
export type Environment = 'production' | 'sandbox';

/**
 * The fields that all tokens of one grant share. Plain data, never changed. Code that makes one writes all fields, so that
 * all have one shape: objects of many shapes are slow to copy.
 */
export interface Grant {
  readonly grantId: GrantId;
  readonly clientId: string;
  /** The user it speaks for; `undefined` where a client speaks for itself. */
  readonly subject?: string | undefined;
  readonly organization?: string | undefined;
  readonly environment: Environment;
}

/** Returns the fields of a grant in events, from any record that carries them. */
export const factsOf = ({ grantId, clientId, subject, organization, environment }: Grant): GrantFacts => ({
  grantId,
  clientId,
  ...(subject === undefined ? {} : { subject }),
  ...(organization === undefined ? {} : { organization }),
  environment,
});

/** A live access token as the store keeps it: a snapshot of what was granted at issue. */
export interface AccessTokenRecord extends Grant {
  readonly digest: Digest;
  readonly scopes: Scope;
  /** APIs that the application subscribed to when the token was issued; empty where none are declared. */
  readonly subscriptions: readonly string[];
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** The spent refresh token before the live one, for as long as a repeat of its use is answered with the same pair. */
export interface SpentToken {
  readonly digest: Digest;
  /** The pair that was answered, sealed under a key derived from the spent token. */
  readonly sealedPair: string;
  readonly until: EpochSeconds;
}

/** The refresh state of a grant: its one live refresh token. */
export interface RefreshTokenRecord extends Grant {
  readonly digest: Digest;
  /** All that was granted. An access token may carry less, the grant keeps it (RFC 6749 §6). */
  readonly scopes: Scope;
  readonly expiresAt: EpochSeconds;
  /** No rotation goes past this instant. */
  readonly grantExpiresAt: EpochSeconds;
  /** Tells a refresh token that was really issued from a forged one. Worth nothing for making tokens. */
  readonly proofKey: string;
  readonly spent?: SpentToken;
}
