import type { Scope } from '../protocol/scope';
import type { Digest, GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { Grant } from './records';

/** An authorization code (RFC 6749 §4.1.2) as stored, with everything that it is bound to. Plain data, never changed. */
export interface CodeRecord extends Grant {
  readonly subject: string;
  readonly digest: Digest;
  /** As sent to the authorization endpoint: the token request must repeat it byte for byte. */
  readonly redirectUri: string;
  /** The code challenge, made by S256 (RFC 7636 §4.2). */
  readonly challenge: string;
  /** The scopes to which the user has consented. */
  readonly scopes: Scope;
  /** Identifiers of the requested resources (RFC 8707); empty if none was requested. */
  readonly resources: readonly string[];
  /** The user's roles at the sign-in, used if no source returns current ones. */
  readonly roles: readonly string[];
  readonly expiresAt: EpochSeconds;
}

/** A stored code. `reused`: it was sent again after it had been spent. */
export interface HeldCode {
  readonly code: CodeRecord;
  readonly state: 'pending' | 'spent' | 'reused';
}

/**
 * - `spent`: done, by this call or by an earlier attempt to send it.
 * - `reused`: another call has spent the code; it is marked as reused.
 * - `unknown`: the code does not exist, or no longer exists; nothing was changed.
 */
export type SpendOutcome = 'spent' | 'reused' | 'unknown';

/** `limited`: the user was issued too many codes of this client in the lifetime of a code; nothing was stored. */
export type CodeSaved = 'stored' | 'limited';

/** How a code is stored. */
export interface CodeTerms {
  /** Until when it is still known that the code was spent; not before it expires. */
  readonly keptUntil: EpochSeconds;
  /** Maximum number of codes of the same user and client that have not expired, spent or not. */
  readonly maxOfUserAndClient: number;
}

/**
 * Stores authorization codes, each under the id of the grant that it will become. A code is stored with the epochs of
 * its principals, as a refresh token is, and is absent for every read once one of them was replaced for `grants`, or lost.
 *
 * Every method is atomic, and rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface CodeStore {
  /** Stores a new code. */
  save(code: CodeRecord, terms: CodeTerms): Promise<CodeSaved>;

  /** Returns a code, or `undefined`: never one that has expired unspent. */
  find(grantId: GrantId): Promise<HeldCode | undefined>;

  /**
   * Spends a code once, however many calls run concurrently.
   * @param attempt identifies this call, so that it may be sent twice
   */
  spend(grantId: GrantId, attempt: string): Promise<SpendOutcome>;

  /** Counts a wrong verifier for a code that is not spent, and deletes the code at the maximum. */
  countWrongVerifier(grantId: GrantId, max: number): Promise<void>;
}
