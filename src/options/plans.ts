import type { Allowance, Plan } from '../quotas/allowance';
import type { Checks, Path } from './checks';
import { openEntry, type FieldReader } from './field-reader';
import type { AllowanceDeclaration } from './options';
import { customRow, requiredWholeNumber, type Row } from './row';

const MAX_REQUESTS = 1_000_000_000;
const MAX_PERIOD = 2_678_400;

const readBurst = (checks: Checks, value: unknown, path: Path, requests: number | undefined): number | undefined =>
  checks.integer(value, path, 1, requests ?? MAX_REQUESTS, 'requests');

/** Rows of a number of requests per window. */
export const ALLOWANCE_ROWS = {
  requests: requiredWholeNumber('requests', { min: 1, max: MAX_REQUESTS, doc: 'Requests in a window.' }),
  per: requiredWholeNumber('seconds', {
    min: 1,
    max: MAX_PERIOD,
    doc: 'Length of a window, which begins with its first request.',
  }),
  burst: customRow({
    type: 'number',
    default: 'the whole window',
    range: '1 to `requests` requests',
    doc: 'Requests that may arrive together; after them, one more every `per / requests` seconds.',
    read: readBurst,
  }),
} satisfies Record<keyof AllowanceDeclaration, Row>;

/** Reads the fields of an allowance; `undefined` if one of them is wrong. */
export const readAllowance = (fields: Pick<FieldReader<typeof ALLOWANCE_ROWS>, 'read'>): Allowance | undefined => {
  const requests = fields.read('requests');
  const per = fields.read('per');
  const burst = fields.read('burst', requests);
  if (requests === undefined || per === undefined) return undefined;
  return { requests, per, ...(burst === undefined ? {} : { burst }) };
};

const PLAN_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** The name of the limit of a resource in the header fields `RateLimit` and `RateLimit-Policy`. */
const RESERVED = 'resource';

const checkName = (checks: Checks, name: string, path: Path): void => {
  if (name === RESERVED) checks.fault(path, 'is reserved: header fields use it for the limit of a resource');
  else if (!PLAN_NAME.test(name)) {
    checks.fault(path, 'is not the name of a plan: 1 to 64 letters, digits, dots, hyphens or underscores');
  }
};

/** Reads the option `plans`. */
export const readPlans = (checks: Checks, value: unknown, path: Path): ReadonlyMap<string, Plan> => {
  const plans = new Map<string, Plan>();
  for (const [name, declared] of checks.record(value, path, '{ free: { requests: 1000, per: 60 } }')) {
    const place: Path = [...path, name];
    checkName(checks, name, place);
    const fields = openEntry(checks, ALLOWANCE_ROWS, declared ?? null, place);
    const allowance = fields && readAllowance(fields);
    // A plan with a fault has been reported, and references to it are not further faults.
    plans.set(name, Object.freeze({ name, ...(allowance ?? { requests: 1, per: 1 }) }));
  }
  return plans;
};

/** Reads the plans of an API, the default one first. */
export const readApiPlans = (
  checks: Checks,
  value: unknown,
  path: Path,
  declared: ReadonlyMap<string, Plan>,
): readonly Plan[] => {
  const names = checks.someOf(value, path, [...declared.keys()]);
  if (Array.isArray(value) && value.length === 0) {
    checks.fault(path, 'is empty; leave it out if the subscriptions of this API are not limited');
  }
  return (names ?? []).flatMap((name) => declared.get(name) ?? []);
};
