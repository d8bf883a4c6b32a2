import type { Deprecation } from '../protocol/deprecation';
import type { Checks, Path } from './checks';
import { checkDeprecation, dateRow } from './date';
import { openGroup } from './field-reader';
import type { PasswordGrantOptions } from './options';
import type { Row } from './row';

/** Rows of `passwordGrant`. */
export const PASSWORD_GRANT_ROWS = {
  deprecation: dateRow('From when on the grant is deprecated: the header `Deprecation` (RFC 9745).'),
  sunset: dateRow('When the grant is expected to be gone: the header `Sunset` (RFC 8594); not before `deprecation`.'),
} satisfies Record<keyof PasswordGrantOptions, Row>;

/** Reads the option `passwordGrant`. */
export const readPasswordGrant = (checks: Checks, value: unknown, path: Path): Deprecation => {
  const grant = openGroup(checks, PASSWORD_GRANT_ROWS, value, path);
  return Object.freeze(checkDeprecation(checks, path, grant.read('deprecation'), grant.read('sunset')));
};
