import type { Seconds } from '../protocol/time';
import type { Allowance } from './allowance';

/** The result of counting one request. */
export interface Counted {
  readonly isAdmitted: boolean;
  /** Requests that are left in the window by what this gate has read last, this one excluded. */
  readonly remaining: number;
  /** Time until the window ends, rounded up. */
  readonly resetAfter: Seconds;
  /** Time after which a refused request may be repeated, rounded up, at least 1; 0 if it was admitted. */
  readonly retryAfter: Seconds;
}

/** Counts requests against allowances, over all gates that share a store. */
export interface Quotas {
  /**
   * Counts one request. Synchronous while a lease of this key lasts; otherwise reads the store once for all concurrent
   * calls.
   * @param key of the counter, such as that of a subscription
   * @throws StoreUnavailableError, as a rejection
   */
  count(key: string, allowance: Allowance): Counted | Promise<Counted>;
  /** Returns the refusal of `count` if this gate has cached that it would refuse. Counts nothing. Synchronous. */
  peekRefusal(key: string, allowance: Allowance): Counted | undefined;
  /**
   * Like `count`, for a public resource: if the store is unavailable, the last lease of the key, or for a key without one
   * the smallest, is used again in each window. Never rejects.
   */
  countPublic(key: string, allowance: Allowance): Counted | Promise<Counted>;
  /** Reads the store; never cached. Counts nothing. */
  findFreshUsage(key: string, allowance: Allowance): Promise<Omit<Counted, 'isAdmitted'>>;
}
