import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';

/** A part of a window that one gate may admit without asking the store again. */
export interface Lease {
  /** Number of requests that were leased: 0 to the number asked for. */
  readonly granted: number;
  /** Requests of the window that no gate has leased yet. */
  readonly remaining: number;
  /** Time until the window ends, by the store's clock when it executed the call. An unused part of the lease ends with it. */
  readonly resetAfter: Milliseconds;
  /** Time until a request can be leased; 0 if one can be leased now. */
  readonly retryAfter: Milliseconds;
}

/** The unused part of an allowance. */
export type Usage = Omit<Lease, 'granted'>;

/**
 * Counts the requests of all gates, each counter under a key of the caller's. A counter is removed with its window. Every
 * method is atomic, and rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface QuotaStore {
  /**
   * Takes up to `count` requests (1 or more) from the current window. The clock of the store decides, never that of the
   * caller.
   */
  lease(key: string, allowance: Allowance, count: number): Promise<Lease>;

  /** Reads a counter without changing it. A counter that does not exist is an unused window. */
  usage(key: string, allowance: Allowance): Promise<Usage>;
}
