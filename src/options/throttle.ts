import type { Limit, Rule } from '../throttle/failure-counters';
import type { Checks, Path } from './checks';
import { readGroup } from './field-reader';
import type { LimitOptions, ThrottleOptions } from './options';
import { customRow, seconds, wholeNumber, type Row } from './row';

/** A row of a limit on failures. */
const limit = (row: { failures: number; window: number; doc: string }): Row<Limit, readonly []> => {
  const fields = {
    failures: wholeNumber('failures', {
      min: 1,
      max: 1_000_000,
      default: row.failures,
      doc: 'Failures that are tolerated.',
    }),
    window: seconds({
      min: 1,
      max: 86_400,
      default: row.window,
      doc: 'Begins with the first failure and does not slide.',
    }),
  } satisfies Record<keyof LimitOptions, Row>;
  return customRow({
    type: `{ ${Object.keys(fields).join(', ')} }`,
    default: `${row.failures} in ${row.window} seconds`,
    range: `${fields.failures.range}, in ${fields.window.range}`,
    doc: row.doc,
    read: (checks: Checks, value: unknown, path: Path) => readGroup(checks, fields, value, path),
  });
};

/** Rows of `throttle`. */
export const THROTTLE_ROWS = {
  accountAndAddress: limit({
    failures: 10,
    window: 900,
    doc: 'Wrong passwords for one account from one address; beyond it: `invalid_grant`.',
  }),
  address: limit({
    failures: 100,
    window: 900,
    doc: 'Wrong passwords from one address; beyond it: 429 with `Retry-After`.',
  }),
  account: limit({
    failures: 200,
    window: 3_600,
    doc:
      'Wrong passwords for one account from all addresses; beyond it: `invalid_grant` for addresses from which the ' +
      'account has not signed in before.',
  }),
  clientAndAddress: limit({
    failures: 10,
    window: 900,
    doc: 'Wrong secrets of one client from one address; beyond it: 429 with `Retry-After`.',
  }),
  unknownClients: limit({
    failures: 100,
    window: 900,
    doc:
      'Unknown client ids from one address; beyond it the response to every failed authentication from there is 429 ' +
      'with `Retry-After`; right credentials are still accepted.',
  }),
  unknownTokens: limit({
    failures: 500,
    window: 60,
    doc:
      'Unsuccessful introspections by one client from one address; beyond it: 429 with `Retry-After`, except for live ' +
      'tokens that the client may see.',
  }),
} satisfies Record<keyof ThrottleOptions & Rule, Row>;

/** Reads the option `throttle`: the limits on failed sign-ins. `false` means that none are counted. */
export const readThrottle = (
  checks: Checks,
  value: unknown,
  path: Path,
): Readonly<Record<keyof typeof THROTTLE_ROWS, Limit>> =>
  readGroup(checks, THROTTLE_ROWS, value === false ? undefined : value, path);
