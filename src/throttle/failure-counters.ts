import type { Milliseconds, Seconds } from '../protocol/time';

/** Number of failures that are tolerated within a window. */
export interface Limit {
  readonly failures: number;
  readonly window: Seconds;
}

/**
 * Rules under which failures are counted; sign-ups, links and authorization requests are counted whether or not they fail. Each has its
 * own limit and counters, so that a flood under one rule does not evict the counters of another.
 */
export const RULES = [
  'accountAndAddress',
  'address',
  'account',
  'clientAndAddress',
  'unknownClients',
  'unknownTokens',
  'signUpsPerNetwork',
  'passwordLinksPerAdministrator',
  'authorizationsPerNetwork',
] as const;

export type Rule = (typeof RULES)[number];

export type Limits = Readonly<Record<Rule, Limit>>;

/** State of a counter after a failure was added. */
export interface Count {
  readonly failures: number;
  /** Time until the window ends and the counter restarts. The window begins with the first failure; it never slides. */
  readonly endsIn: Milliseconds;
}

/**
 * Counts failures in windows, shared by all gates that use the same store. Keys are digests. Every method is atomic and
 * rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface FailureCounters {
  /** Counts one failure. */
  add(rule: Rule, key: string): Promise<Count>;

  /** Returns the state of a counter without counting; `undefined` if its window has ended or never began. */
  find(rule: Rule, key: string): Promise<Count | undefined>;

  /** Takes one failure back, to undo an `add`. Without failures, the window ends: the next `add` begins a new one. */
  takeBack(rule: Rule, key: string): Promise<void>;

  /** Deletes the failures under this key. */
  clear(rule: Rule, key: string): Promise<void>;

  /**
   * Records under this key that a sign-in to an account succeeded, for `SIGN_INS_RECORDED_FOR`. Only the newest
   * `MAX_NETWORKS_PER_ACCOUNT` keys of an account are kept.
   */
  recordSignIn(account: string, key: string): Promise<void>;

  /** Checks whether `recordSignIn` was called with this key within that time. */
  hasSignedIn(account: string, key: string): Promise<boolean>;

  /** Records, for the length of a window, that this key of `accountAndAddress` counts failures of an account. */
  link(account: string, key: string): Promise<void>;

  /**
   * Returns the keys linked to an account, the newest first: all whose window has not ended, possibly others too. Only the newest
   * `MAX_LINKS_PER_ACCOUNT` are kept.
   */
  linkedTo(account: string): Promise<readonly string[]>;
}

/** Maximum number of linked keys per account. By default 200 attempts an hour may fail, from 200 networks at most. */
export const MAX_LINKS_PER_ACCOUNT = 1_000;

/** Maximum number of networks recorded per account: more than a user signs in from in a month. */
export const MAX_NETWORKS_PER_ACCOUNT = 200;

/** Time for which a successful sign-in is recorded. */
export const SIGN_INS_RECORDED_FOR: Seconds = 30 * 86_400;
