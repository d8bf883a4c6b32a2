import { randomBytes } from 'node:crypto';
import { after } from '../time/waiting';
import { checkChains } from './chains';
import { Findings } from './findings';
import { FollowedClients, type CountsListeners } from './followed-clients';
import { GateUnderLoad, openReader } from './gate-under-load';
import { Judge } from './judge';
import { KnownGrants } from './known-grants';
import { Load } from './load';
import { UnhandledCount } from './rejections';
import { Repeated } from './repeated';
import { runFaultsInTurn } from './soak-faults';
import { soakResultOf, type SoakResult } from './soak-result';
import { countHandles, countKeys, countProcess, type Sample } from './soak-sample';
import { StallLog } from './stall-log';
import { Standalone } from './standalone';
import { createFaultTimes } from './times';
import { GATES } from './topology';

const PER_SECOND = 100;
const SAMPLE_EVERY_MS = 5_000;
const FAULT_EVERY_MS = 20_000;
const WARM_UP_MS = 5_000;
/** Revocations take effect latest if a connection is silent. */
const BOUND_DURING_FAULTS_MS = 2_000;
/** Grants whose response was lost leave Redis within two minutes, so that the number of keys shows a leak. */
const LIFETIMES = { access: 60, refresh: 120 };
/** Clients drop a grant before its tokens expire. */
const MAX_GRANT_AGE_MS = 40_000;

export interface SoakOptions {
  readonly seconds: number;
  /** Called every five seconds. */
  readonly onSample: (sample: Sample) => void;
}

const forgetOld = (grants: KnownGrants): void => {
  const oldest = performance.now() - MAX_GRANT_AGE_MS;
  for (const grant of grants.live.filter(({ issuedAt }) => issuedAt < oldest)) grants.drop(grant);
};

const openSoak = async () => {
  const topology = await Standalone.open(6, 'aof');
  const clients = new FollowedClients();
  const prefix = `s${randomBytes(6).toString('hex')}:`;
  const gates: GateUnderLoad[] = [];
  for (let gate = 0; gate < GATES; gate += 1)
    gates.push(await GateUnderLoad.open(clients.follow(topology.clientOf(gate)), prefix, LIFETIMES));
  const reader = openReader(topology.directClient(), prefix);
  const stalls = await StallLog.open();
  const times = createFaultTimes(topology.revocationBoundMs, BOUND_DURING_FAULTS_MS);
  const findings = new Findings(stalls, times);
  const grants = new KnownGrants();
  const judge = new Judge(reader, findings, stalls, times);
  const load = new Load({ gates, grants, findings, judge, times }, PER_SECOND);
  const emitters = (): readonly CountsListeners[] => [process, ...clients.open()];
  const close = async (): Promise<void> => {
    await Promise.all([...gates, reader, stalls].map((opened) => opened.close()));
    await topology.close();
  };
  return { topology, prefix, gates, times, findings, grants, load, emitters, close };
};

type Opened = Awaited<ReturnType<typeof openSoak>>;

const takeSample = async ({ topology, prefix, findings, emitters }: Opened, beganAt: number): Promise<Sample> => {
  // A server that is down or refuses is counted the next time.
  const keys = await countKeys(topology.admin, prefix).catch(() => undefined);
  const at = (performance.now() - beganAt) / 1_000;
  return { at, requests: findings.sent, ...countProcess(emitters()), ...(keys ?? { keys: 0, lasting: {} }) };
};

/** Runs the load with a fault every 20 seconds, and counts what the process and Redis hold. */
export const runSoak = async ({ seconds, onSample }: SoakOptions): Promise<SoakResult> => {
  const opened = await openSoak();
  const { topology, gates, times, findings, grants, load, close } = opened;
  const unhandled = new UnhandledCount();
  const samples: Sample[] = [];
  try {
    const handlesBefore = countHandles();
    load.start();
    await after(WARM_UP_MS);
    const beganAt = performance.now();
    const sampling = new Repeated(SAMPLE_EVERY_MS, async () => {
      forgetOld(grants);
      const sample = await takeSample(opened, beganAt);
      samples.push(sample);
      onSample(sample);
    });
    sampling.begin();
    const endsAt = beganAt + seconds * 1_000;
    const faults = await runFaultsInTurn(topology, { times, findings, everyMs: FAULT_EVERY_MS, endsAt });
    await sampling.end();
    await load.stop();
    await checkChains(load.operations, findings, grants.live);
    samples.push(await takeSample(opened, beganAt));
    for (const { requests } of gates) requests.close();
    await after(1_000);
    const { count, slowestGreenMs } = faults;
    const handles = { handlesBefore, handlesAfter: countHandles() };
    return soakResultOf(samples, findings, {
      seconds,
      faults: count,
      slowestGreenMs,
      ...handles,
      unhandled: unhandled.count,
    });
  } finally {
    unhandled.close();
    await close();
  }
};
