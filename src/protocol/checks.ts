import { ConfigurationError, type OptionFault } from './errors';
import { kindOfValue, printField } from './printed-value';
import { suggestion } from './suggestion';

export type Path = OptionFault['path'];

/** Fields of an object that an integrator or a stored record passed in, before they are checked. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_LIST = 1_000_000;

/** Classes of objects without fields to read. A promise means that the caller omitted an `await`. */
const FIELDLESS = [Promise, Date, Map, Set, RegExp] as const;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !FIELDLESS.some((kind) => value instanceof kind);

/**
 * Checks the options and arguments that integrators pass in. Collects the faults, so that all are reported together. A
 * failed check returns `undefined`.
 */
export class Checks {
  readonly #faults: OptionFault[] = [];

  fault(path: Path, problem: string): undefined {
    this.#faults.push({ path, problem });
    return undefined;
  }

  /** @throws ConfigurationError with all faults, or the error that `errorOf` returns for them, if there are any. */
  finish(errorOf: (faults: readonly OptionFault[]) => Error = (faults) => new ConfigurationError(faults)): void {
    if (this.#faults.length > 0) throw errorOf(this.#faults);
  }

  /** Returns the known fields of an object, each read once. An unknown field is a fault. */
  fields(value: unknown, path: Path, known: readonly string[]): Fields | undefined {
    if (value === undefined) return {};
    if (!isObject(value)) return this.fault(path, `must be an object; got ${kindOfValue(value)}`);
    return this.#read(path, () => {
      for (const name of Object.keys(value)) {
        if (!known.includes(name)) this.fault([...path, name], `is unknown${suggestion(name, known)}`);
      }
      return Object.fromEntries(known.map((name) => [name, value[name]]));
    });
  }

  /** Returns the entries of an object; none if it is absent. @param example an object of this kind, for the message */
  record(value: unknown, path: Path, example?: string): readonly (readonly [string, unknown])[] {
    if (value === undefined) return [];
    if (isObject(value)) return this.#read(path, () => Object.entries(value)) ?? [];
    const rule = example === undefined ? ' with a name for each entry' : `, such as ${example}`;
    this.fault(path, `must be an object${rule}; got ${kindOfValue(value)}`);
    return [];
  }

  /** Copies a list. @param max maximum number of entries */
  list(value: unknown, path: Path, max = MAX_LIST): readonly unknown[] | undefined {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.fault(path, `must be a list; got ${printField(path, value)}`);
    return this.#read(path, () => {
      if (value.length > max) return this.fault(path, `must have at most ${max} entries; got ${value.length}`);
      return Array.from(value as readonly unknown[]);
    });
  }

  text(value: unknown, path: Path, pattern: RegExp, rule: string): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    return this.fault(path, `must be ${rule}; got ${printField(path, value)}`);
  }

  required(value: unknown, path: Path, pattern: RegExp, rule: string): string | undefined {
    return value === undefined
      ? this.fault(path, `is missing: it must be ${rule}`)
      : this.text(value, path, pattern, rule);
  }

  integer(value: unknown, path: Path, min: number, max: number, unit: string): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.fault(path, `must be a whole number of ${unit} from ${min} to ${max}; got ${printField(path, value)}`);
  }

  flag(value: unknown, path: Path): boolean | undefined {
    if (value === undefined || typeof value === 'boolean') return value;
    return this.fault(path, `must be true or false; got ${printField(path, value)}`);
  }

  oneOf<T extends string>(value: unknown, path: Path, allowed: readonly T[]): T | undefined {
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    return this.fault(path, `is ${printField(path, value)}${suggestion(value, allowed)}`);
  }

  /** Returns the items of a list without duplicates. Each must be one of `allowed`. */
  someOf<T extends string>(value: unknown, path: Path, allowed: readonly T[]): readonly T[] | undefined {
    const items = this.list(value, path)?.map((item, index) =>
      item === undefined ? this.fault([...path, index], 'is undefined') : this.oneOf(item, [...path, index], allowed),
    );
    return items === undefined ? undefined : [...new Set(items.filter((item) => item !== undefined))];
  }

  /** Reads an object that an integrator passed in, whose getters may throw. */
  #read<T>(path: Path, read: () => T): T | undefined {
    try {
      return read();
    } catch {
      return this.fault(path, 'cannot be read: one of its getters throws');
    }
  }
}
