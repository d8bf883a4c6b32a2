import type { Faults } from './fault';
import { readFields } from './fields';

/** The times of a stop, in milliseconds. */
export interface Shutdown {
  /** From the signal until no more connections are accepted: health checks of load balancers must fail in this time. */
  readonly delay: number;
  /** For the requests that are in flight after that; left out: the default. */
  readonly deadline: number | undefined;
}

const MAX_MS = 3_600_000;

/** Reads `shutdown`. */
export const readShutdown = (faults: Faults, value: unknown): Shutdown => {
  const fields = readFields(faults, value, ['shutdown'], ['delay', 'deadline']);
  const read = (key: string): number | undefined => {
    const time = fields[key];
    if (time === undefined) return undefined;
    if (typeof time === 'number' && Number.isInteger(time) && time >= 0 && time <= MAX_MS) return time;
    return faults.add(['shutdown', key], `must be a whole number of milliseconds from 0 to ${MAX_MS}`);
  };
  return { delay: read('delay') ?? 0, deadline: read('deadline') };
};
