import type { EpochSeconds } from '../protocol/time';

/** The name of a user whose sign-up waits for approval, until it expires. */
export interface WaitingName {
  readonly username: string;
  readonly expiresAt: EpochSeconds;
}

/** The outcome of `add`. `limited`: as many sign-ups as allowed wait in the organization; nothing was stored. */
export type SignUpAdded = 'stored' | 'limited';

/**
 * An index of the users whose sign-up waits for approval, by organization, so that they are found without reading all
 * users. Every method is atomic, and rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface SignUpStore {
  /**
   * Adds a name. A name that is there keeps its expiry, unless it has expired.
   * @param max number of names of the organization that have not expired, this one included
   */
  add(organization: string, name: WaitingName, max: number): Promise<SignUpAdded>;

  /** Removes a name, if it is there. */
  remove(organization: string, username: string): Promise<void>;

  /** Returns names in the order in which they expire, expired ones included. */
  list(organization: string): Promise<readonly WaitingName[]>;
}
