import type { Milliseconds, Seconds } from '../protocol/time';

/** How many failures are borne in how long. */
export interface Limit {
  readonly failures: number;
  readonly window: Seconds;
}

/** The rules that failures are counted under. Each has a limit and counters of its own: a flood under one rule evicts no counter of another. */
export const RULES = [
  'accountAndAddress',
  'address',
  'account',
  'clientAndAddress',
  'unknownClients',
  'unknownTokens',
] as const;

export type Rule = (typeof RULES)[number];

export type Limits = Readonly<Record<Rule, Limit>>;

/** A counter as it stands after it was asked. */
export interface Count {
  readonly failures: number;
  /** Until the window ends and the counter starts anew. The window begins with the first failure and does not slide. */
  readonly endsIn: Milliseconds;
}

/**
 * Failures, counted in windows and shared by all who use the same store. Keys are digests. Every verb is atomic and
 * rejects with `StoreUnavailableError` when the store cannot be asked.
 */
export interface FailureCounters {
  /** Counts one failure. */
  add(rule: Rule, key: string): Promise<Count>;

  /** Takes one failure back. */
  takeBack(rule: Rule, key: string): Promise<void>;

  /** Forgets the failures under this key. */
  clear(rule: Rule, key: string): Promise<void>;

  /**
   * Remembers under this key that a sign-in to an account was right, for `REMEMBERED_FOR`. Above `MAX_REMEMBERED_PER_ACCOUNT`
   * only the newest are kept.
   */
  remember(account: string, key: string): Promise<void>;

  isRemembered(account: string, key: string): Promise<boolean>;

  /** Notes that failures are counted for an account under this key of `accountAndAddress`, as long as its window lasts. */
  link(account: string, key: string): Promise<void>;

  /**
   * The keys that were linked to an account, at least those of windows that have not ended. Above `MAX_LINKS_PER_ACCOUNT`
   * only the newest are kept.
   */
  linkedTo(account: string): Promise<readonly string[]>;
}

/** How many keys are kept per account: the default ceiling lets 200 attempts fail in an hour, from 200 networks at most. */
export const MAX_LINKS_PER_ACCOUNT = 1_000;

/** How many networks of an account are remembered: more than anyone signs in from in a month. */
export const MAX_REMEMBERED_PER_ACCOUNT = 200;

/** How long a right sign-in is remembered. */
export const REMEMBERED_FOR: Seconds = 30 * 86_400;
