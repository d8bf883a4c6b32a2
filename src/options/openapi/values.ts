import { isObject, ownField } from './references';

/** Bounds of an example, so that a document that contains itself, or the same part many times, stays small. */
const MAX_VALUES = 2_000;
const MAX_DEPTH = 20;
const MAX_PRINTED = 20_000;

class ValueCopier {
  #left = MAX_VALUES;

  /** Returns a copy; `undefined` for a part that JSON cannot express. @throws RangeError beyond the bounds */
  copy(value: unknown, depth = 0): unknown {
    this.#left -= 1;
    if (this.#left < 0 || depth > MAX_DEPTH) throw new RangeError('too large');
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
    if (Array.isArray(value)) return Array.from(value, (item: unknown) => this.copy(item, depth + 1) ?? null);
    if (!isObject(value)) return undefined;
    return Object.fromEntries(Object.keys(value).map((name) => [name, this.copy(ownField(value, name), depth + 1)]));
  }
}

/** Prints a value of a document as JSON; `undefined` if it is none, or too large. @param indent spaces, 0 for one line */
export const printJson = (value: unknown, indent: 0 | 2): string | undefined => {
  try {
    const printed = JSON.stringify(new ValueCopier().copy(value), null, indent) as string | undefined;
    return printed !== undefined && printed.length <= MAX_PRINTED ? printed : undefined;
  } catch {
    return undefined; // too large, or one of its getters throws
  }
};

/** Prints a value as it is typed into a field: a text without quotes, a list of scalars with commas, all else as JSON. */
export const printTyped = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.length <= MAX_PRINTED ? value : undefined;
  if (Array.isArray(value) && value.length <= 100 && value.every((item) => typeof item !== 'object')) {
    return value.map(String).join(',');
  }
  return printJson(value, 0);
};
