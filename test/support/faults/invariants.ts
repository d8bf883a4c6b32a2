import { KINDS, type Findings } from './findings';
import { DEADLINE_MS } from './gate-under-load';
import type { FaultPromises, RequestKind } from './topology';

/**
 * The deadline is that of one command: a request whose first commands were just in time and whose last one is not
 * takes twice as long. Besides, it is received, parsed and answered.
 */
const LONGEST_MS = 2 * DEADLINE_MS + 250;
const GREEN_WITHIN_MS = 2_000;
const SERVED_SHARE = 0.9;
/** Heap that may be in use after a run in addition: compiled code and buffers, but nothing for each request. */
const MAX_HEAP_GROWTH = 24 * 1024 * 1024;

/** What was measured besides the findings. */
export interface Measured {
  readonly greenAfterMs: number;
  readonly heapGrowthBytes: number;
  readonly unhandled: number;
}

/** The share of the requests during the fault that were served; `NaN` if the machine was too busy to send any. */
const servedBy = (findings: Findings, kind: RequestKind): number => {
  const { sent, unavailable } = findings.during[kind];
  return (sent - unavailable) / sent;
};

const kindViolations = (fault: FaultPromises, findings: Findings): readonly string[] => {
  const unserved = (fault.keepsServing ?? []).filter((kind) => servedBy(findings, kind) < SERVED_SHARE);
  const served = (fault.refuses ?? []).filter((kind) => servedBy(findings, kind) > 0);
  const describe = (kind: RequestKind): string =>
    `${kind} (${findings.during[kind].unavailable} of ${findings.during[kind].sent} were 503)`;
  return [
    ...KINDS.filter((kind) => findings.all[kind].sent === 0).map((kind) => `never sent: ${kind}`),
    ...unserved.map((kind) => `not served during the fault: ${describe(kind)}`),
    ...served.map((kind) => `served during the fault: ${describe(kind)}`),
  ];
};

/** Returns which gates have not reported the state that a fault promises, as sentences. */
export const stateViolations = ({ state }: FaultPromises, { states }: Findings, gates: number): readonly string[] => {
  if (state === undefined) return [];
  return Array.from({ length: gates }, (_none, gate) => gate)
    .filter((gate) => states.get(gate)?.has(state) !== true)
    .map((gate) => `gate ${gate} has not reported "${state}", but ${[...(states.get(gate) ?? [])].join(', ')}`);
};

/** Returns what contradicts the promises, as sentences. */
export const findViolations = (
  fault: FaultPromises,
  findings: Findings,
  measured: Measured,
  gates: number,
): string[] => {
  const { wrongAccepts, acceptsAfterLoss, refusedLive, lostLive, doubleChains, unexpected, unsent } = findings;
  const { greenAfterMs, heapGrowthBytes, unhandled } = measured;
  const { loses, greenWithinMs = GREEN_WITHIN_MS, longestMs = LONGEST_MS } = fault;
  const rules: readonly (readonly [boolean, string])[] = [
    [wrongAccepts > 0, `${wrongAccepts} requests with a revoked token were accepted after the bound`],
    [acceptsAfterLoss > 0 && loses?.what !== 'recent', `${acceptsAfterLoss} revocations were lost`],
    [refusedLive > 0, `${refusedLive} requests with a live token were refused`],
    [lostLive > 0 && loses === undefined, `${lostLive} live tokens were lost`],
    [doubleChains > 0, `${doubleChains} grants have two chains of refresh tokens`],
    [unexpected > 0, `${unexpected} responses were none that a client should get`],
    [unsent > 0, `${unsent} requests were not sent, because 400 waited for their responses`],
    [findings.longestMs > longestMs, `a request took ${Math.round(findings.longestMs)} ms`],
    [greenAfterMs > greenWithinMs, `a request was 503 ${Math.round(greenAfterMs)} ms after the end`],
    [heapGrowthBytes > MAX_HEAP_GROWTH, `the heap has grown by ${Math.round(heapGrowthBytes / 1024 / 1024)} MB`],
    [unhandled > 0, `${unhandled} rejections or exceptions were not handled`],
  ];
  return [
    ...rules.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence),
    ...kindViolations(fault, findings),
    ...stateViolations(fault, findings, gates),
    ...findings.examples,
  ];
};
