import { isMap, type Fields } from './fields';

/** The key of YAML 1.1 that adds the entries of other maps, written `<<: *defaults`. */
export const MERGE_KEY = '<<';

/**
 * Returns the value with all merge keys applied: a map's own entries win, then the first source that has the key. A map
 * with several aliases is merged once.
 */
export const mergeKeys = (value: unknown, merged = new Map<unknown, unknown>()): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const known = merged.get(value);
  if (known !== undefined) return known;
  const result = Array.isArray(value)
    ? value.map((item) => mergeKeys(item, merged))
    : mergeMap(value as Fields, merged);
  merged.set(value, result);
  return result;
};

const mergeMap = (map: Fields, merged: Map<unknown, unknown>): Fields => {
  const entries = Object.entries(map).map(([key, value]): [string, unknown] => [key, mergeKeys(value, merged)]);
  const fields = Object.fromEntries(entries);
  const { [MERGE_KEY]: source, ...own } = fields;
  const sources: readonly unknown[] = Array.isArray(source) ? source : [source];
  if (source === undefined || !sources.every(isMap)) return fields;
  return Object.fromEntries([...sources].reverse().concat(own).flatMap(Object.entries));
};
