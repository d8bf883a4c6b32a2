import type { Milliseconds } from '../protocol/time';
import { countOf, LATENCY_BOUNDS, OUTCOMES, type Tally } from './tally';

/** Durations of responses: half of them, and 95 % of them, were at most this long. Estimated from buckets. */
export interface Latency {
  readonly p50: Milliseconds;
  readonly p95: Milliseconds;
}

/** Numbers of requests with a live token of an application. */
export interface UsageNumbers {
  /** All requests: refused, answered and cancelled ones. */
  readonly requests: number;
  /** Requests that the guard refused: with 403, with 429, and with any other status. */
  readonly refused: { readonly forbidden: number; readonly limited: number; readonly other: number };
  /** Requests that the guard let through, by the class of the status that was sent. */
  readonly responses: {
    /** 101 and 2xx. */
    readonly success: number;
    /** 3xx. */
    readonly redirect: number;
    /** 4xx. */
    readonly clientError: number;
    /** 5xx. */
    readonly serverError: number;
    /** The client disconnected before a response began. */
    readonly cancelled: number;
  };
  /** Absent if no response was measured. Refusals, WebSockets and event streams are not. */
  readonly latency?: Latency;
}

const bucketsOf = (tally: Tally): readonly number[] =>
  LATENCY_BOUNDS.map((_bound, bucket) => tally[OUTCOMES.length + bucket] ?? 0);

const measuredIn = (tally: Tally): number => tally.slice(OUTCOMES.length).reduce((total, count) => total + count, 0);

/** Estimates a quantile within its bucket, as if durations were spread evenly. The last bucket counts as its lower bound. */
const quantile = (tally: Tally, share: number): Milliseconds => {
  const wanted = measuredIn(tally) * share;
  let below = 0;
  let lower = 0;
  for (const [bucket, count] of bucketsOf(tally).entries()) {
    const upper = LATENCY_BOUNDS[bucket] ?? lower;
    if (count > 0 && below + count >= wanted) return Math.round(lower + ((upper - lower) * (wanted - below)) / count);
    below += count;
    lower = upper;
  }
  return lower;
};

/** Returns the numbers of a tally. */
export const numbersOf = (tally: Tally): UsageNumbers => {
  const count = (outcome: (typeof OUTCOMES)[number]): number => countOf(tally, outcome);
  return {
    requests: OUTCOMES.reduce((total, outcome) => total + count(outcome), 0),
    refused: { forbidden: count('forbidden'), limited: count('limited'), other: count('refused') },
    responses: {
      success: count('success'),
      redirect: count('redirect'),
      clientError: count('clientError'),
      serverError: count('serverError'),
      cancelled: count('cancelled'),
    },
    ...(measuredIn(tally) === 0 ? {} : { latency: { p50: quantile(tally, 0.5), p95: quantile(tally, 0.95) } }),
  };
};
