import type { Faults, Path } from './fault';
import { readFields } from './fields';
import type { Timeouts } from '../limits';

/** The time limits of an API that the file sets. */
export type DeclaredTimeouts = Readonly<Partial<Timeouts>>;

const KEYS = ['connect', 'response', 'idle'] as const satisfies readonly (keyof Timeouts)[];

const MAX_MS = 3_600_000;

const RULE = `must be a whole number of milliseconds from 1 to ${MAX_MS}`;

/** Reads `timeouts` of an API. Keys that are left out have the defaults of the gateway. */
export const readTimeouts = (faults: Faults, value: unknown, path: Path): DeclaredTimeouts => {
  const fields = readFields(faults, value, path, KEYS);
  const entries = Object.entries(fields).filter(([key, time]) => {
    const isTime = typeof time === 'number' && Number.isInteger(time) && time >= 1 && time <= MAX_MS;
    if (!isTime) faults.add([...path, key], RULE);
    return isTime;
  });
  return Object.fromEntries(entries);
};
