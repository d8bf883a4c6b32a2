import { randomBytes } from 'node:crypto';
import { after, until } from '../time/waiting';
import { checkChains } from './chains';
import { Findings } from './findings';
import type { Form } from './form';
import { DEADLINE_MS, GateUnderLoad, openReader } from './gate-under-load';
import { usedHeap } from './heap';
import { findViolations, stateViolations } from './invariants';
import { Judge } from './judge';
import { KnownGrants } from './known-grants';
import { Load } from './load';
import { UnhandledCount } from './rejections';
import type { Row } from './row';
import { StallLog } from './stall-log';
import { createFaultTimes, type FaultTimes } from './times';
import { GATES, type Fault, type FaultCase, type Topology } from './topology';

/** Grants that must be live before the fault, so that each kind of request finds one. */
const GRANTS_AT_FIRST = 5;
/** Limits waits for what takes moments on a machine that is not busy. */
const PATIENCE_MS = 60_000;
const STATE_PATIENCE_MS = 15_000;

const CHECKED_AT_ONCE = 10;

const openGates = (topology: Topology, prefix: string): Promise<GateUnderLoad[]> =>
  Promise.all(Array.from({ length: GATES }, (_none, gate) => GateUnderLoad.open(topology.clientOf(gate), prefix)));

interface Phases {
  readonly fault: Fault;
  readonly lastsMs: number;
  /** True if every gate has reported the state that the fault promises. */
  readonly isReported: () => boolean;
  readonly times: FaultTimes;
  readonly load: Load;
  readonly grants: KnownGrants;
  readonly form: Form;
}

/** Sends the load before, during and after the fault. */
const runPhases = async ({ fault, lastsMs, isReported, times, load, grants, form }: Phases): Promise<void> => {
  load.start();
  await until(() => grants.live.length >= GRANTS_AT_FIRST, PATIENCE_MS);
  await after(form.beforeMs);
  times.beganAt = performance.now();
  await fault.begin();
  await after(Math.max(form.faultMs, lastsMs));
  await until(isReported, STATE_PATIENCE_MS).catch(() => undefined); // what is missing is a violation
  await fault.end();
  times.endedAt = performance.now();
  times.greenAt = times.endedAt;
  await after(form.afterMs);
  await load.stop();
};

/** Tries every revoked token and every chain of refresh tokens once more. */
const runLastChecks = async (load: Load, grants: KnownGrants, findings: Findings): Promise<void> => {
  const revoked = [...grants.revoked];
  while (revoked.length > 0)
    await Promise.all(revoked.splice(-CHECKED_AT_ONCE).map((grant) => load.revocations.check(grant)));
  await checkChains(load.operations, findings, grants.live);
};

/** Runs one fault under load. */
export const runFault = async <T extends Topology>(faultCase: FaultCase<T>, form: Form): Promise<Row> => {
  const topology = await faultCase.open();
  const { title, lastsMs = 0, revocationBoundMs, loses } = faultCase;
  const prefix = `f${randomBytes(6).toString('hex')}:`;
  const gates = await openGates(topology, prefix);
  const reader = openReader(topology.directClient(), prefix);
  const stalls = await StallLog.open();
  const unhandled = new UnhandledCount();
  const times = createFaultTimes(topology.revocationBoundMs, revocationBoundMs);
  const findings = new Findings(stalls, times);
  const grants = new KnownGrants();
  const judge = new Judge(reader, findings, stalls, times, loses);
  const load = new Load({ gates, grants, findings, judge, times }, form.perSecond);
  const heapBefore = usedHeap();
  try {
    const isReported = (): boolean => stateViolations(faultCase, findings, GATES).length === 0;
    await runPhases({ fault: faultCase.fault(topology), lastsMs, isReported, times, load, grants, form });
    await runLastChecks(load, grants, findings);
    const measured = {
      greenAfterMs: findings.greenAfterMs,
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
      finishedAt: Date.now(),
      violations: findViolations(faultCase, findings, measured, GATES),
    };
  } finally {
    await load.stop();
    unhandled.close();
    await Promise.all([...gates, reader, stalls].map((opened) => opened.close()));
    await topology.close();
  }
};
