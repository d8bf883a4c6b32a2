import { printField } from '../protocol/printed-value';
import type { Deprecation } from '../protocol/deprecation';
import { YEAR_3000, type EpochSeconds } from '../protocol/time';
import type { Checks, Path } from './checks';
import { customRow, type Row } from './row';

const RULE = 'a date such as 2027-01-01 or 2027-01-01T12:00:00Z, from 1970 to 2999';
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/;

/** Returns the instant of a date; `undefined` for a day that does not exist, such as February 30. */
const instantOf = (value: unknown): EpochSeconds | undefined => {
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value !== 'string' || !DATE.test(value)) return undefined;
  const date = new Date(value);
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value.slice(0, 10));
  return isDay ? date.getTime() / 1000 : undefined;
};

export const dateRow = (doc: string): Row<EpochSeconds | undefined, readonly []> =>
  customRow({
    type: 'string | Date',
    range: 'a date such as `2027-01-01`, or with a time in UTC: `2027-01-01T12:00:00Z`',
    doc,
    read: (checks: Checks, value: unknown, path: Path) => {
      if (value === undefined) return undefined;
      const instant = instantOf(value);
      if (instant !== undefined && instant >= 0 && instant < YEAR_3000) return instant;
      return checks.fault(path, `must be ${RULE}; got ${printField(path, value)}`);
    },
  });

/** Checks the order of two dates, and leaves out those that are not given. */
export const checkDeprecation = (
  checks: Checks,
  path: Path,
  deprecation: EpochSeconds | undefined,
  sunset: EpochSeconds | undefined,
): Deprecation => {
  if (deprecation !== undefined && sunset !== undefined && sunset < deprecation) {
    checks.fault([...path, 'sunset'], 'must not be earlier than `deprecation` (RFC 9745 §4)');
  }
  return {
    ...(deprecation === undefined ? {} : { deprecation }),
    ...(sunset === undefined ? {} : { sunset }),
  };
};
