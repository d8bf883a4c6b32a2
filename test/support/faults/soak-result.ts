import type { Findings } from './findings';
import { slopeOf, type Slope } from './slope';
import type { Sample } from './soak-sample';

const MEGABYTE = 1024 * 1024;
/** A leak of 60 bytes for each request grows by more. */
const MAX_HEAP_SLOPE = 20;
/** Timers and sockets come and go: up to this many more than at the beginning are no leak. */
const MAX_MORE = 10;
const GREEN_WITHIN_MS = 2_000;
/** Keys that never expire: the hashes of the directory, one for each kind of record. */
const LASTING = /^\{directory\}:/;

/** What a soak has found. */
export interface SoakResult {
  readonly seconds: number;
  readonly faults: number;
  readonly slowestGreenMs: number;
  readonly requests: number;
  readonly unavailable: number;
  readonly wrongAccepts: number;
  readonly refusedLive: number;
  readonly doubleChains: number;
  readonly unhandled: number;
  /** Megabytes per hour, over the last two thirds. */
  readonly heapSlope: Slope;
  readonly first: Sample;
  readonly last: Sample;
  /** Open handles before the load and after it. */
  readonly handlesBefore: Readonly<Record<string, number>>;
  readonly handlesAfter: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

export type SoakFacts = Omit<
  SoakResult,
  | 'violations'
  | 'heapSlope'
  | 'first'
  | 'last'
  | 'requests'
  | 'unavailable'
  | 'wrongAccepts'
  | 'refusedLive'
  | 'doubleChains'
>;

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Samples of the last two thirds: before, code is compiled and caches fill. */
const settled = (samples: readonly Sample[]): readonly Sample[] => samples.slice(Math.floor(samples.length / 3));

const growthViolations = (samples: readonly Sample[], facts: SoakFacts, heapSlope: Slope): readonly string[] => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return ['nothing was counted'];
  const leftOpen = Object.entries(facts.handlesAfter).filter(
    ([kind, count]) => count > (facts.handlesBefore[kind] ?? 0) + MAX_MORE,
  );
  const lasting = Object.keys(last.lasting).filter((pattern) => !LASTING.test(pattern));
  return [
    ...(heapSlope.perHour - 2 * heapSlope.error > MAX_HEAP_SLOPE
      ? [`the heap grows by ${heapSlope.perHour.toFixed(1)} MB per hour`]
      : []),
    ...(last.listeners > first.listeners + MAX_MORE ? [`listeners: ${first.listeners}, later ${last.listeners}`] : []),
    ...leftOpen.map(([kind, count]) => `${kind}: ${facts.handlesBefore[kind] ?? 0} open before, ${count} after`),
    ...lasting.map((pattern) => `${last.lasting[pattern]} keys like ${pattern} have no TTL`),
    ...(sumOf(last.lasting) > sumOf(first.lasting) ? ['keys without a TTL have been added'] : []),
  ];
};

/** Puts together what a soak has found, with everything that contradicts a promise. */
export const soakResultOf = (samples: readonly Sample[], findings: Findings, facts: SoakFacts): SoakResult => {
  const heapSlope = slopeOf(settled(samples).map(({ at, heap }) => ({ at, value: heap / MEGABYTE })));
  const { sent, unavailable, wrongAccepts, refusedLive, doubleChains, unexpected, unsent } = findings;
  const counts = { wrongAccepts, refusedLive, doubleChains, unexpected, unsent, unhandled: facts.unhandled };
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a soak must last longer than its first sample');
  return {
    ...facts,
    requests: sent,
    unavailable,
    wrongAccepts,
    refusedLive,
    doubleChains,
    heapSlope,
    first,
    last,
    violations: [
      ...Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${name}: ${count}`),
      ...(facts.slowestGreenMs > GREEN_WITHIN_MS ? [`503 ${Math.round(facts.slowestGreenMs)} ms after a fault`] : []),
      ...growthViolations(samples, facts, heapSlope),
      ...findings.examples,
    ],
  };
};
