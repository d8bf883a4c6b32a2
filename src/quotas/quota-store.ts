import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';

/** The requests that a gate asks for. */
export interface Wanted {
  /** Requests that wait for the lease and are admitted with it: 0 or more. */
  readonly callers: number;
  /** Requests to admit later without asking the store: 0 or more. The store may grant fewer, even if some are left. */
  readonly extra: number;
}

/** A part of a window that one gate may admit without asking the store again. */
export interface Lease {
  /**
   * Number of requests that were leased, those of the callers first: 0 to `callers + extra`. If it is less than `callers`,
   * `retryAfter` is greater than 0.
   */
  readonly granted: number;
  /** Requests of the window that no gate has leased yet. */
  readonly remaining: number;
  /** Time until the window ends, by the store's clock when it executed the call. */
  readonly resetAfter: Milliseconds;
  /** Time until a request can be leased; 0 if one can be leased now. */
  readonly retryAfter: Milliseconds;
  /** Time for which the part that no caller has used is valid: at most `resetAfter`, much less with a `burst`. */
  readonly validFor: Milliseconds;
}

/** The unused part of an allowance. */
export type Usage = Pick<Lease, 'remaining' | 'resetAfter' | 'retryAfter'>;

/**
 * Counts the requests of all gates, each counter under a key of the caller's. A counter is removed with its window. Every
 * method is atomic, and rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface QuotaStore {
  /**
   * Takes requests from the current window. The clock of the store decides, never that of the caller. If the allowance
   * differs from that of the last call, the window continues with the new one. Only windows of another length are counted
   * separately, so that changing to a plan and back does not begin a new window.
   */
  lease(key: string, allowance: Allowance, wanted: Wanted): Promise<Lease>;

  /** Reads a counter without changing it. A counter that does not exist is an unused window. */
  usage(key: string, allowance: Allowance): Promise<Usage>;
}
