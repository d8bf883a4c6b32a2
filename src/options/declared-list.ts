import type { Checks, Path } from './checks';
import { openEntry, type FieldReader } from './field-reader';
import type { Rows } from './row';

/** A record read from a list, and the field that identifies it. */
interface Keyed<T> {
  readonly key: string;
  readonly keyField: string;
  readonly item: T;
}

/** Reads a list of objects, and reports keys that are repeated. */
export const readList = <T, R extends Rows>(
  checks: Checks,
  rows: R,
  value: unknown,
  path: Path,
  read: (fields: FieldReader<R>, path: Path) => Keyed<T> | undefined,
): readonly T[] => {
  const seen = new Set<string>();
  return (checks.list(value, path) ?? []).flatMap((entry, index) => {
    const entryPath: Path = [...path, index];
    const fields = openEntry(checks, rows, entry ?? null, entryPath);
    const result = fields === undefined ? undefined : read(fields, entryPath);
    if (result === undefined) return [];
    if (seen.has(result.key)) checks.fault([...entryPath, result.keyField], 'is a duplicate');
    seen.add(result.key);
    return [result.item];
  });
};
