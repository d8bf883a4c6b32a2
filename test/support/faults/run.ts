import { randomBytes } from 'node:crypto';
import { after, until } from '../time/waiting';
import { checkChains } from './chains';
import { Findings } from './findings';
import type { Form } from './form';
import { DEADLINE_MS, GateUnderLoad, openReader } from './gate-under-load';
import { usedHeap } from './heap';
import { findViolations } from './invariants';
import { Judge } from './judge';
import { KnownGrants } from './known-grants';
import { Load } from './load';
import { UnhandledCount } from './rejections';
import type { Row } from './row';
import { StallLog } from './stall-log';
import { createFaultTimes, type FaultTimes } from './times';
import { GATES, type Fault, type FaultCase, type Topology } from './topology';

/** Grants that must be live before the fault, so that each kind of request finds one. */
const GRANTS_AT_FIRST = 15;

const openGates = (topology: Topology, prefix: string): Promise<GateUnderLoad[]> =>
  Promise.all(Array.from({ length: GATES }, (_none, gate) => GateUnderLoad.open(topology.clientOf(gate), prefix)));

interface Phases {
  readonly fault: Fault;
  readonly lastsMs: number;
  readonly times: FaultTimes;
  readonly load: Load;
  readonly grants: KnownGrants;
  readonly form: Form;
}

/** Sends the load before, during and after the fault. */
const runPhases = async ({ fault, lastsMs, times, load, grants, form }: Phases): Promise<void> => {
  load.start();
  await until(() => grants.live.length >= GRANTS_AT_FIRST);
  await after(form.beforeMs);
  times.beganAt = performance.now();
  await fault.begin();
  await after(Math.max(form.faultMs, lastsMs));
  await fault.end();
  times.endedAt = performance.now();
  times.greenAt = times.endedAt;
  await after(form.afterMs);
  await load.stop();
};

/** Tries every revoked token and every chain of refresh tokens once more. */
const runLastChecks = async (load: Load, grants: KnownGrants, findings: Findings): Promise<void> => {
  for (const grant of grants.revoked) await load.operations.check(grant);
  await checkChains(load.operations, findings, grants.live);
};

/** Runs one fault under load. */
export const runFault = async <T extends Topology>(faultCase: FaultCase<T>, form: Form): Promise<Row> => {
  const topology = await faultCase.open();
  const { title, lastsMs = 0, revocationBoundMs, loses } = faultCase;
  const prefix = `f${randomBytes(6).toString('hex')}:`;
  const gates = await openGates(topology, prefix);
  const reader = openReader(topology.directClient(), prefix);
  const [stalls, unhandled] = [new StallLog(), new UnhandledCount()];
  const times = createFaultTimes(topology.revocationBoundMs, revocationBoundMs);
  const findings = new Findings(stalls, times);
  const grants = new KnownGrants();
  const judge = new Judge(reader, findings, stalls, times, loses);
  const load = new Load({ gates, grants, findings, judge, times }, form.perSecond);
  const heapBefore = usedHeap();
  try {
    await runPhases({ fault: faultCase.fault(topology), lastsMs, times, load, grants, form });
    await runLastChecks(load, grants, findings);
    const measured = {
      greenAfterMs: times.greenAt - times.endedAt,
      heapGrowthBytes: usedHeap() - heapBefore,
      unhandled: unhandled.count,
    };
    const { sent, unavailable, wrongAccepts, acceptsAfterLoss, refusedLive, lostLive, doubleChains } = findings;
    return {
      topology: topology.name,
      fault: title,
      requests: sent,
      unavailable,
      wrongAccepts,
      acceptsAfterLoss,
      refusedLive,
      lostLive,
      ...(loses && { loss: loses.why }),
      doubleChains,
      longestMs: findings.longestMs,
      deadlineMs: DEADLINE_MS,
      ...measured,
      violations: findViolations(faultCase, findings, measured, GATES),
    };
  } finally {
    unhandled.close();
    stalls.close();
    await Promise.all([...gates, reader].map((gate) => gate.close()));
    await topology.close();
  }
};
