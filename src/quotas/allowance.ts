import type { Seconds } from '../protocol/time';

/**
 * A number of requests per window. A window begins with its first request and does not slide: the next one begins with
 * the first request after its end.
 */
export interface Allowance {
  /** Requests in a window: 1 to 1,000,000,000. */
  readonly requests: number;
  /** Length of a window: 1 to 2,678,400 (31 days). */
  readonly per: Seconds;
  /**
   * Requests that may arrive together: 1 to `requests`. After them, one more is admitted every `per / requests` seconds,
   * so unused time adds up to `burst` requests again. Absent: the whole window may be used in one instant.
   */
  readonly burst?: number;
}

/** A named allowance of a subscription. */
export interface Plan extends Allowance {
  readonly name: string;
}

/** The requests that share one allowance of a resource: those of an application, of a user, or of a client address. */
export type LimitedBy = 'application' | 'user' | 'address';

/** The allowance of one resource. */
export interface ResourceLimit extends Allowance {
  readonly by: LimitedBy;
}
