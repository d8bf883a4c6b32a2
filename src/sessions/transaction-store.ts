import type { Digest } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** An authorization request that waits for a sign-in or for consent. Plain data, never changed. */
export interface Transaction {
  /** Digest of the id in the cookie of the browser that sent the request. No other browser can continue it. */
  readonly browser: Digest;
  /** The query of the request, byte for byte. */
  readonly query: string;
  readonly startedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/**
 * Stores authorization requests, each under the digest of its id. Every method is atomic, and rejects with
 * `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface TransactionStore {
  save(digest: Digest, transaction: Transaction): Promise<void>;

  /** Returns the transaction, or `undefined`; never an expired one. */
  find(digest: Digest): Promise<Transaction | undefined>;

  /** Removes the transaction and returns it as `find` does. Only one of several concurrent calls gets it. */
  take(digest: Digest): Promise<Transaction | undefined>;
}
