import type { Scope } from '../protocol/scope';
import type { EpochSeconds } from '../protocol/time';

/** A user's decision about what an application may do. Plain data, never changed. */
export interface Consent {
  /** The same for all decisions of a user about the same application and resources. */
  readonly id: string;
  readonly applicationId: string;
  /** Identifiers of the resources (RFC 8707), sorted; empty if the application requested none. */
  readonly resources: readonly string[];
  /** The scopes that the user has decided about. */
  readonly asked: Scope;
  /** Those of them that the user has allowed. */
  readonly granted: Scope;
  readonly grantedAt: EpochSeconds;
}

/** `limited`: the user has the maximum number of consents, and this is none of them; nothing was changed. */
export type ConsentPut = 'stored' | 'limited';

/**
 * Stores the consents of users for a year after the last change. Every method is atomic, and rejects with
 * `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface ConsentStore {
  /** Returns the consents of a user. */
  list(subject: string): Promise<readonly Consent[]>;

  /** Stores a consent in place of the one with its id, if there is one. */
  put(subject: string, consent: Consent, maxOfUser: number): Promise<ConsentPut>;

  /** @returns true if there was one */
  remove(subject: string, id: string): Promise<boolean>;

  /** Removes the consents of a user, so that a later user of the name inherits none. Idempotent. */
  removeAllOf(subject: string): Promise<void>;
}
