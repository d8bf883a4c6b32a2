import type { LimitedBy, ResourceLimit } from '../quotas/allowance';
import type { Checks, Path } from './checks';
import { openEntry } from './field-reader';
import type { ResourceLimitDeclaration } from './options';
import { ALLOWANCE_ROWS, readAllowance } from './plans';
import { customRow, type Row } from './row';

/** The two kinds of resources: `guarded` ones require a token. */
type Openness = 'public' | 'guarded';

const LIMITED_BY: readonly LimitedBy[] = ['application', 'user', 'address'];

const readLimitedBy = (checks: Checks, value: unknown, path: Path, openness: Openness): LimitedBy => {
  const by = checks.oneOf(value, path, LIMITED_BY);
  if (openness === 'guarded') return by ?? 'application';
  if (by !== undefined && by !== 'address') {
    checks.fault(path, `must be address, because the resource is public: its requests have no ${by}`);
  }
  return 'address';
};

/** Rows of the limit of a resource. */
export const RESOURCE_LIMIT_ROWS = {
  ...ALLOWANCE_ROWS,
  by: customRow({
    type: "'application' | 'user' | 'address'",
    default: "`'application'`; `'address'` for a public resource",
    doc:
      'The requests that share the allowance: those of an application in one environment, of a user (of the application ' +
      'if it acts on its own behalf), or of an address (IPv6 by /64), which follows `trust proxy`.',
    read: readLimitedBy,
  }),
} satisfies Record<keyof ResourceLimitDeclaration, Row>;

/** Reads the limit of a resource. */
export const readResourceLimit = (
  checks: Checks,
  value: unknown,
  path: Path,
  openness: Openness,
): ResourceLimit | undefined => {
  if (value === undefined) return undefined;
  const fields = openEntry(checks, RESOURCE_LIMIT_ROWS, value, path);
  if (fields === undefined) return undefined;
  const allowance = readAllowance(fields);
  const by = fields.read('by', openness);
  return allowance && Object.freeze({ ...allowance, by });
};
