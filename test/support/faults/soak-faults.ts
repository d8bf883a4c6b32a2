import { after } from '../time/waiting';
import type { Findings } from './findings';
import type { Standalone } from './standalone';
import { standaloneFaults } from './standalone-faults';
import type { FaultTimes } from './times';
import type { FaultCase } from './topology';

const FAULT_MS = 4_000;
const GREEN_WITHIN_MS = 2_000;

/** Lists the faults of a soak: those by which Redis loses nothing, on a server with an append-only file. */
export const soakFaults = (): readonly FaultCase<Standalone>[] =>
  standaloneFaults(6).filter(({ title, loses }) => loses === undefined && !title.includes('slowed'));

/** Runs one fault, and waits until a gate that keeps its promise has recovered. */
const runOne = async (faultCase: FaultCase<Standalone>, topology: Standalone, times: FaultTimes) => {
  const fault = faultCase.fault(topology);
  Object.assign(times, { beganAt: performance.now(), endedAt: Infinity, greenAt: Infinity });
  await fault.begin();
  await after(FAULT_MS);
  await fault.end();
  times.endedAt = performance.now();
  times.greenAt = times.endedAt;
  await after(2 * GREEN_WITHIN_MS);
};

/** Runs the faults in turn, one every `everyMs`, until `endsAt`. Returns how many there were and the slowest recovery. */
export const runFaultsInTurn = async (
  topology: Standalone,
  { times, findings, everyMs, endsAt }: { times: FaultTimes; findings: Findings; everyMs: number; endsAt: number },
): Promise<{ readonly count: number; readonly slowestGreenMs: number }> => {
  const cases = soakFaults();
  let [count, slowestGreenMs] = [0, 0];
  for (;;) {
    const nextAt = performance.now() + everyMs;
    if (nextAt > endsAt) break;
    const faultCase = cases[count % cases.length];
    if (faultCase === undefined) break;
    await runOne(faultCase, topology, times);
    const greenMs = findings.greenAfterMs;
    if (greenMs > GREEN_WITHIN_MS) findings.explain(`503 ${Math.round(greenMs)} ms after "${faultCase.title}"`);
    slowestGreenMs = Math.max(slowestGreenMs, greenMs);
    count += 1;
    await after(nextAt - performance.now());
  }
  await after(endsAt - performance.now());
  return { count, slowestGreenMs };
};
