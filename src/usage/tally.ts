import type { Milliseconds } from '../protocol/time';

/**
 * Outcomes of requests of known clients, in the order of a tally: refused by the guard with 403, with 429, or with another
 * status; or let through, by the class of the status that was sent. `cancelled`: the client disconnected before a
 * response began.
 */
export const OUTCOMES = [
  'forbidden',
  'limited',
  'refused',
  'success',
  'redirect',
  'clientError',
  'serverError',
  'cancelled',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Upper bounds of the buckets of durations, ascending. A last bucket without a bound follows. */
export const LATENCY_BOUNDS: readonly Milliseconds[] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** Number of counts in a tally. */
export const TALLY_LENGTH = OUTCOMES.length + LATENCY_BOUNDS.length + 1;

/** Counts of requests: one for each of `OUTCOMES`, then one for each bucket of durations. */
export type Tally = readonly number[];

export const emptyTally = (): number[] => Array.from({ length: TALLY_LENGTH }, () => 0);

/** Adds the counts of a tally to another one. */
export const addTo = (sum: number[], tally: Tally): void => {
  for (let position = 0; position < TALLY_LENGTH; position += 1) {
    sum[position] = (sum[position] ?? 0) + (tally[position] ?? 0);
  }
};

export const sumOf = (tallies: Iterable<Tally>): Tally => {
  const sum = emptyTally();
  for (const tally of tallies) addTo(sum, tally);
  return sum;
};

const POSITIONS = Object.fromEntries(OUTCOMES.map((outcome, position) => [outcome, position])) as {
  readonly [O in Outcome]: number;
};

export const countOf = (tally: Tally, outcome: Outcome): number => tally[POSITIONS[outcome]] ?? 0;

/** Counts one request. @param duration absent if it says nothing about the speed of the API */
export const countOne = (tally: number[], outcome: Outcome, duration?: Milliseconds): void => {
  const position = POSITIONS[outcome];
  tally[position] = (tally[position] ?? 0) + 1;
  if (duration === undefined) return;
  let bucket = 0;
  while (duration > (LATENCY_BOUNDS[bucket] ?? Infinity)) bucket += 1;
  tally[OUTCOMES.length + bucket] = (tally[OUTCOMES.length + bucket] ?? 0) + 1;
};

/** Returns the outcome of a refusal by the guard. */
export const outcomeOfRefusal = (status: number): Outcome => {
  if (status === 403) return 'forbidden';
  return status === 429 ? 'limited' : 'refused';
};

/** Returns the outcome of a request that was let through. */
export const outcomeOfStatus = (status: number): Outcome => {
  if (status < 300) return 'success';
  if (status < 400) return 'redirect';
  return status < 500 ? 'clientError' : 'serverError';
};
