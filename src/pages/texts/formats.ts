/** Formats of numbers, time spans and lists in one language. */
export interface Formats {
  /** `1,000` or `1.000`. */
  readonly number: (value: number) => string;
  /** `1 hour`, `90 seconds`: the largest unit that divides the time span. @param seconds a whole number */
  readonly duration: (seconds: number) => string;
  /** `1 token`, `1,000 tokens`. */
  readonly counted: (count: number, one: string, other: string) => string;
  /** `read, update and delete`. */
  readonly list: (items: Iterable<string>) => string;
  /** `read, update or delete`. */
  readonly alternatives: (items: Iterable<string>) => string;
}

/** Units of time spans, the largest first, with their length in seconds. */
export const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** Creates the formats of a language. @param locale a BCP 47 tag such as `de` */
export const createFormats = (locale: string): Formats => {
  const numbers = new Intl.NumberFormat(locale);
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const alternatives = new Intl.ListFormat(locale, { type: 'disjunction' });
  const units = new Map(
    UNITS.map(
      ([, unit]) => [unit, new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })] as const,
    ),
  );
  return {
    number: (value) => numbers.format(value),
    duration: (seconds) => {
      const [size, unit] = UNITS.find(([least]) => seconds >= least && seconds % least === 0) ?? UNITS[3];
      return units.get(unit)?.format(seconds / size) ?? '';
    },
    counted: (count, one, other) => `${numbers.format(count)} ${count === 1 ? one : other}`,
    list: (items) => lists.format(items),
    alternatives: (items) => alternatives.format(items),
  };
};
