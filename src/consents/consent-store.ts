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
export type ConsentChanged = Consent | 'limited';

/**
 * Stores the consents of users, those of one user until a year after the last change of any of them. Every method is
 * atomic, and rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface ConsentStore {
  /** Returns the consents of a user. Skips those that cannot be read. */
  list(subject: string): Promise<readonly Consent[]>;

  /** Returns a consent, or `undefined`, also if it cannot be read. */
  find(subject: string, id: string): Promise<Consent | undefined>;

  /**
   * Stores the result of `change` under its id. A concurrent change or removal is not overwritten: `change` is called
   * again then, so it must have no side effects.
   * @param change receives the consent with this id, if there is one
   */
  change(
    subject: string,
    id: string,
    change: (before: Consent | undefined) => Consent,
    maxOfUser: number,
  ): Promise<ConsentChanged>;

  /** @returns true if there was one */
  remove(subject: string, id: string): Promise<boolean>;

  /** Removes the consents of a user, so that a later user of the name inherits none. Idempotent. */
  removeAllOf(subject: string): Promise<void>;
}
