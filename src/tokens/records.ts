import type { GrantFacts } from '../events/gate-events';
import type { Scope } from '../protocol/scope';
import type { Digest, GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** The key pair of an application that a token was issued to. */
export type Environment = 'production' | 'sandbox';

/**
 * Fields that all tokens of a grant share. Plain data, never changed. Code that creates one sets every field, so that
 * all objects have the same shape: objects of many shapes are slow to copy.
 */
export interface Grant {
  readonly grantId: GrantId;
  readonly clientId: string;
  /** The user on whose behalf the tokens are issued; `undefined` if the client acts on its own behalf. */
  readonly subject?: string | undefined;
  readonly organization?: string | undefined;
  /** Id of the user's consent, for a grant that was made under one. */
  readonly consent?: string | undefined;
  readonly environment: Environment;
}

/**
 * Checks whether a grant is of a client. A client id may have been the key of another organization's application before.
 */
export const isOfClient = (grant: Grant, client: Pick<Grant, 'clientId' | 'organization'>): boolean =>
  grant.clientId === client.clientId && grant.organization === client.organization;

/** Returns the grant fields of an event, from any record that has them. */
export const factsOf = ({ grantId, clientId, subject, organization, environment }: Grant): GrantFacts => ({
  grantId,
  clientId,
  ...(subject === undefined ? {} : { subject }),
  ...(organization === undefined ? {} : { organization }),
  environment,
});

/** Returns the resources of a grant once an access token for one of them is issued: that one comes first. */
export const resourcesFrom = (
  { resources }: Pick<RefreshTokenRecord, 'resources'>,
  audience: string | undefined,
): readonly string[] | undefined =>
  resources === undefined || audience === undefined
    ? resources
    : [audience, ...resources.filter((resource) => resource !== audience)];

/** A live access token as stored: a snapshot of what was granted at issue. */
export interface AccessTokenRecord extends Grant {
  readonly digest: Digest;
  readonly scopes: Scope;
  /** APIs that the application was subscribed to when the token was issued; empty if no APIs are declared. */
  readonly subscriptions: readonly string[];
  /** Identifier of the only resource that accepts the token (RFC 8707 §2); absent if each one may. */
  readonly audience?: string | undefined;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** The refresh token that the live one replaced, and the instant until which a repeat of its use gets the same pair. */
export interface SpentToken {
  readonly digest: Digest;
  /** The token pair of the response, sealed under a key derived from the spent token. */
  readonly sealedPair: string;
  readonly until: EpochSeconds;
}

/** The refresh state of a grant: its only live refresh token. */
export interface RefreshTokenRecord extends Grant {
  readonly digest: Digest;
  /** All granted scopes. An access token may carry fewer; the grant keeps them (RFC 6749 §6). */
  readonly scopes: Scope;
  /**
   * Identifiers of the resources that its access tokens may be for, the one of the last access token first; absent if
   * any (RFC 8707 §2.2).
   */
  readonly resources?: readonly string[] | undefined;
  readonly expiresAt: EpochSeconds;
  /** Rotation never extends a token beyond this instant. */
  readonly grantExpiresAt: EpochSeconds;
  /** Distinguishes a refresh token that was really issued from a forged one. It cannot be used to make tokens. */
  readonly proofKey: string;
  readonly spent?: SpentToken;
}
