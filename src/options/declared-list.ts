import type { Checks, Fields, Path } from './checks';

/** Reads a list of objects, and reports keys that are repeated. */
export const readList = <T>(
  checks: Checks,
  value: unknown,
  name: string,
  known: readonly string[],
  read: (
    fields: Fields,
    path: Path,
  ) => { readonly key: string; readonly keyField: string; readonly item: T } | undefined,
): readonly T[] => {
  const seen = new Set<string>();
  return (checks.list(value, [name]) ?? []).flatMap((entry, index) => {
    const path: Path = [name, index];
    const fields = checks.fields(entry ?? null, path, known);
    const result = fields === undefined ? undefined : read(fields, path);
    if (result === undefined) return [];
    if (seen.has(result.key)) checks.fault([...path, result.keyField], 'is a duplicate');
    seen.add(result.key);
    return [result.item];
  });
};
