// One core for the server that is measured, another for everything else: a load that moves between cores makes figures
// of several microseconds worthless. Without `taskset`, or with a single core, the system places them.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

const taskset = (...args) => spawnSync('taskset', args, { stdio: 'ignore' }).status === 0;

/** Decided once, before anything is pinned. */
export const canPin = availableParallelism() > 1 && taskset('-c', `${SERVER_CORE},${LOAD_CORE}`, 'true');

/** What has to stand before a command so that it runs on this core; on every core for `undefined`. */
export const pinnedTo = (core) => (canPin ? ['taskset', '-c', String(core ?? `${SERVER_CORE},${LOAD_CORE}`)] : []);

/** Puts this process, its threads and whatever it starts from now on beside the server's core. */
export const pinLoad = () => {
  if (canPin) taskset('-a', '-c', '-p', String(LOAD_CORE), String(process.pid));
};

/** Gives this process all cores again. */
export const unpinLoad = () => {
  if (canPin) taskset('-a', '-c', '-p', `${SERVER_CORE},${LOAD_CORE}`, String(process.pid));
};
