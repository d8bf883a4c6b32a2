import type { AuditFilter } from '../../audit/audit-filter';
import { isAuditAction } from '../../audit/actions';
import type { EpochSeconds } from '../../protocol/time';

const DAY = 86_400;
const MAX_LENGTH = 100;

/** The filter of the audit as a page's query has it. */
export interface AuditQuery {
  readonly filter: AuditFilter;
  /** The fields as they were entered, for the form and for links. */
  readonly fields: ReadonlyMap<string, string>;
  /** Names of the fields that are not dates. They select nothing. */
  readonly faulty: ReadonlySet<string>;
}

export const AUDIT_FIELDS = ['who', 'action', 'target', 'from', 'to'] as const;

/** Reads a date such as `2027-01-31`, the beginning of that day in UTC. */
const readDate = (text: string): EpochSeconds | undefined => {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant / 1000;
};

/** Reads the filter in a query. */
export const readAuditQuery = (query: URLSearchParams): AuditQuery => {
  const fields = new Map<string, string>();
  for (const name of AUDIT_FIELDS) {
    const value = query.get(name)?.trim().slice(0, MAX_LENGTH) ?? '';
    if (value !== '') fields.set(name, value);
  }
  const [who, action, target] = [fields.get('who'), fields.get('action'), fields.get('target')];
  const dates = { from: readDate(fields.get('from') ?? ''), to: readDate(fields.get('to') ?? '') };
  return {
    fields,
    faulty: new Set((['from', 'to'] as const).filter((name) => fields.has(name) && dates[name] === undefined)),
    filter: {
      ...(who === undefined ? {} : { who }),
      ...(isAuditAction(action) ? { action } : {}),
      ...(target === undefined ? {} : { target }),
      ...(dates.from === undefined ? {} : { from: dates.from }),
      ...(dates.to === undefined ? {} : { until: dates.to + DAY }),
    },
  };
};

/** Returns the address of a page with the same filter. @param more further parameters */
export const addressWith = (
  path: string,
  { fields }: AuditQuery,
  more: Readonly<Record<string, string>> = {},
): string => {
  const query = new URLSearchParams([...fields, ...Object.entries(more)]).toString();
  return query === '' ? path : `${path}?${query}`;
};
