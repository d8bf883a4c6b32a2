// One core for the measured server and another for everything else: a load that moves between cores makes figures of
// a few microseconds worthless. Without `taskset`, or with a single core, the system schedules them.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

const taskset = (...args) => spawnSync('taskset', args, { stdio: 'ignore' }).status === 0;

/** Evaluated once, before anything is pinned. */
export const canPin = availableParallelism() > 1 && taskset('-c', `${SERVER_CORE},${LOAD_CORE}`, 'true');

/** Returns the command prefix that pins a command to a core; to both cores for `undefined`. */
export const pinnedTo = (core) => (canPin ? ['taskset', '-c', String(core ?? `${SERVER_CORE},${LOAD_CORE}`)] : []);

/** Pins this process, its threads and all processes that it starts from now on to the load's core. */
export const pinLoad = () => {
  if (canPin) taskset('-a', '-c', '-p', String(LOAD_CORE), String(process.pid));
};

/** Lets this process run on both cores again. */
export const unpinLoad = () => {
  if (canPin) taskset('-a', '-c', '-p', `${SERVER_CORE},${LOAD_CORE}`, String(process.pid));
};
