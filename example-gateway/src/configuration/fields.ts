import type { Faults, Path } from './fault';
import { unknownKey } from './spelling';

export type Fields = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the keys below one key of the file. Unknown keys are reported and dropped; one without a value is left out. */
export const readFields = (faults: Faults, value: unknown, path: Path, known: readonly string[]): Fields => {
  if (value === undefined || value === null) return {};
  if (!isMap(value)) return faults.add(path, `must be a map; known keys are ${known.join(', ')}`) ?? {};
  const entries = Object.entries(value).filter(([key, field]) => {
    if (!known.includes(key)) faults.add([...path, key], unknownKey(key, known));
    return known.includes(key) && field !== null;
  });
  return Object.fromEntries(entries);
};
