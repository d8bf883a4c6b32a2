import type { Checks, Fields, Path } from './checks';
import type { Row, Rows } from './row';

type Value<R> = R extends Row<infer T, infer _Needs> ? T : never;
type Needs<R> = R extends Row<infer _T, infer N> ? N : never;
type Values<R extends Rows> = { readonly [K in keyof R]: Value<R[K]> };
type Reader = (checks: Checks, value: unknown, path: Path, ...needs: readonly unknown[]) => unknown;

/** Reads the fields of one object, each by its row. */
export class FieldReader<R extends Rows> {
  readonly #checks: Checks;
  readonly #rows: R;
  readonly #fields: Fields;
  readonly #path: Path;

  constructor(checks: Checks, rows: R, fields: Fields, path: Path) {
    this.#checks = checks;
    this.#rows = rows;
    this.#fields = fields;
    this.#path = path;
  }

  /** Returns a field as it was passed in. */
  given(name: keyof R & string): unknown {
    return this.#fields[name];
  }

  /** Reads a field, and reports its faults. @param needs values of other options that its reader takes */
  read<K extends keyof R & string>(name: K, ...needs: Needs<R[K]>): Value<R[K]> {
    const read = this.#rows[name]?.read as Reader;
    return read(this.#checks, this.#fields[name], [...this.#path, name], ...needs) as Value<R[K]>;
  }
}

/** Returns a reader of the fields of an object; `undefined` if it is not an object, which is a fault. */
export const openEntry = <R extends Rows>(
  checks: Checks,
  rows: R,
  value: unknown,
  path: Path,
): FieldReader<R> | undefined => {
  const fields = checks.fields(value, path, Object.keys(rows));
  return fields === undefined ? undefined : new FieldReader(checks, rows, fields, path);
};

/** Returns a reader of the fields of an object. If it is absent or not an object, they have their defaults. */
export const openGroup = <R extends Rows>(checks: Checks, rows: R, value: unknown, path: Path): FieldReader<R> =>
  openEntry(checks, rows, value, path) ?? new FieldReader(checks, rows, {}, path);

/** Reads all fields of an object, in the order of the rows. */
export const readGroup = <R extends Rows>(checks: Checks, rows: R, value: unknown, path: Path): Values<R> => {
  const group = openGroup(checks, rows, value, path);
  const entries = Object.keys(rows).map((name) => [name, group.read(name, ...([] as never))] as const);
  return Object.freeze(Object.fromEntries(entries)) as Values<R>;
};
