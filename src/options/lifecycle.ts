import { API_STATUSES, PUBLISHED, type ApiStatus, type Lifecycle } from '../access/lifecycle';
import type { Checks, Path } from './checks';
import { checkDeprecation, dateRow } from './date';
import { openGroup } from './field-reader';
import type { LifecycleDeclaration } from './options';
import { choice, type Row } from './row';

/** Rows of the lifecycle of an API. */
export const LIFECYCLE_ROWS = {
  status: choice({
    values: API_STATUSES,
    default: 'published',
    doc: '`deprecated`: subscriptions work, and the portal accepts no new ones. `retired`: guards answer every request with 410.',
  }),
  deprecation: dateRow('From when on the API is deprecated: the header `Deprecation` (RFC 9745) of its responses.'),
  sunset: dateRow(
    'When the API is expected to be gone: the header `Sunset` (RFC 8594) of its responses; not before `deprecation`. The status does not change by itself.',
  ),
} satisfies Record<keyof LifecycleDeclaration, Row>;

const isStatus = (value: unknown): value is ApiStatus => API_STATUSES.some((status) => status === value);

/** Reads the lifecycle of an API: a status alone, or one with dates. */
export const readLifecycle = (checks: Checks, value: unknown, path: Path): Lifecycle => {
  if (value === undefined) return PUBLISHED;
  if (isStatus(value)) return Object.freeze({ status: value });
  if (typeof value === 'string') {
    checks.oneOf<string>(value, path, API_STATUSES);
    return PUBLISHED;
  }
  const lifecycle = openGroup(checks, LIFECYCLE_ROWS, value, path);
  const dates = checkDeprecation(checks, path, lifecycle.read('deprecation'), lifecycle.read('sunset'));
  return Object.freeze({ status: lifecycle.read('status'), ...dates });
};
