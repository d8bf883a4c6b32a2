import type { Checks, Path } from './checks';

/** Description of an option for docs/options.md. */
interface Description {
  /** The type, as TypeScript spells it. */
  readonly type: string;
  /** Markdown: a value in backticks, or a phrase such as `required`. */
  readonly default: string;
  /** Limits and unit; empty if the type is enough. */
  readonly range: string;
  /** One sentence, in Markdown. */
  readonly doc: string;
}

/**
 * One option: its description, and the reader that collects its faults. `Needs` are values of other options that the
 * reader takes.
 */
export interface Row<T = unknown, Needs extends readonly unknown[] = readonly never[]> extends Description {
  /** Rows of the fields of the value, or of its entries. */
  readonly fields?: Rows;
  /** How `fields` are reached if they are not those of the value itself. */
  readonly entries?: 'list' | 'record';
  readonly read: (checks: Checks, value: unknown, path: Path, ...needs: Needs) => T;
}

export type Rows = Readonly<Record<string, Row>>;

const code = (value: string | number | boolean): string => `\`${value}\``;

/** A row whose reader and description are given in full. */
export const customRow = <T, Needs extends readonly unknown[]>(
  row: Omit<Row<T, Needs>, 'default' | 'range'> & Partial<Pick<Description, 'default' | 'range'>>,
): Row<T, Needs> => ({ default: 'none', range: '', ...row });

interface WholeNumber {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly doc: string;
  /** Description of a default that depends on the machine. */
  readonly defaultText?: string;
  /** Name of the option that lowers `max`. */
  readonly maxOption?: string;
}

/** A whole number. The reader takes a lower maximum, which also limits the default. */
export const wholeNumber = (unit: string, row: WholeNumber): Row<number, readonly [max?: number]> => ({
  type: 'number',
  default: row.defaultText ?? code(row.default),
  range: `${row.min} to ${row.maxOption === undefined ? row.max : code(row.maxOption)} ${unit}`,
  doc: row.doc,
  read: (checks, value, path, max = row.max) =>
    checks.integer(value, path, row.min, max, unit) ?? Math.min(row.default, max),
});

/** A whole number that is missing or wrong is a fault. */
export const requiredWholeNumber = (
  unit: string,
  row: Pick<WholeNumber, 'min' | 'max' | 'doc'>,
): Row<number | undefined, readonly []> => ({
  type: 'number',
  default: 'required',
  range: `${row.min} to ${row.max} ${unit}`,
  doc: row.doc,
  read: (checks, value, path) =>
    value === undefined
      ? checks.fault(path, `is missing: it must be a whole number of ${unit} from ${row.min} to ${row.max}`)
      : checks.integer(value, path, row.min, row.max, unit),
});

/**
 * A limit that `false` switches off. `false` is read as `Infinity`, so that code compares every limit with a number.
 */
export const maximum = (
  unit: string,
  row: Pick<WholeNumber, 'min' | 'max' | 'doc'> & { readonly default: number | false },
): Row<number, readonly []> => ({
  type: 'number | false',
  default: code(row.default),
  range: `${row.min} to ${row.max} ${unit}; \`false\`: no limit`,
  doc: row.doc,
  read: (checks, value, path) => {
    const given = value === undefined ? row.default : value;
    return given === false ? Infinity : (checks.integer(given, path, row.min, row.max, unit) ?? row.max);
  },
});

export const seconds = (row: WholeNumber) => wholeNumber('seconds', row);

export const milliseconds = (row: WholeNumber) => wholeNumber('milliseconds', row);

export const flag = (row: { readonly default: boolean; readonly doc: string }): Row<boolean, readonly []> => ({
  type: 'boolean',
  default: code(row.default),
  range: '',
  doc: row.doc,
  read: (checks, value, path) => checks.flag(value, path) ?? row.default,
});

/** One of a few strings. */
export const choice = <const T extends string>(row: {
  readonly values: readonly T[];
  readonly default: NoInfer<T>;
  readonly doc: string;
}): Row<T, readonly []> => ({
  type: row.values.map((value) => `'${value}'`).join(' | '),
  default: code(`'${row.default}'`),
  range: '',
  doc: row.doc,
  read: (checks, value, path) => checks.oneOf(value, path, row.values) ?? row.default,
});

interface Text {
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly rule: string;
  readonly doc: string;
}

/** A string that may be left out. */
export const text = (row: Text & { readonly defaultText?: string }): Row<string | undefined, readonly []> => ({
  type: 'string',
  default: row.defaultText ?? 'none',
  range: row.rule,
  doc: row.doc,
  read: (checks, value, path) => checks.text(value, path, row.pattern, row.rule),
});

/** A string that is missing or wrong is a fault. */
export const requiredText = (row: Text): Row<string | undefined, readonly []> => ({
  ...text({ ...row, defaultText: 'required' }),
  read: (checks, value, path) => checks.required(value, path, row.pattern, row.rule),
});

export const textWithDefault = (row: Text & { readonly default: string }): Row<string, readonly []> => ({
  ...text({ ...row, defaultText: code(`'${row.default}'`) }),
  read: (checks, value, path) => checks.text(value, path, row.pattern, row.rule) ?? row.default,
});

/** A list of names, each of which must be declared. The reader takes the declared ones. */
export const names = (row: {
  readonly range: string;
  readonly defaultText: string;
  readonly doc: string;
}): Row<readonly string[] | undefined, readonly [declared: readonly string[]]> => ({
  type: 'string[]',
  default: row.defaultText,
  range: row.range,
  doc: row.doc,
  read: (checks, value, path, declared) => checks.someOf(value, path, declared),
});
