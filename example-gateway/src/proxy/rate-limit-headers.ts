import type { ServerResponse } from 'node:http';
import type { Edit } from './response-headers';

/** The fields in which the gate describes a plan or a limit, and their folded names. */
const FIELDS = ['RateLimit', 'RateLimit-Policy'] as const;
const FOLDED: ReadonlySet<string> = new Set(['ratelimit', 'ratelimitpolicy']);

/** Checks whether the gate has counted the request against a plan or a limit. */
export const isCounted = (response: ServerResponse): boolean => response.hasHeader(FIELDS[0]);

/** Leaves out what an upstream writes about its own limits: clients would take it for those of the gateway. */
export const withoutRateLimits =
  (edit: Edit): Edit =>
  (folded, value) =>
    FOLDED.has(folded) ? undefined : edit(folded, value);

/** Returns the fields that the gate has set. */
export const rateLimitHeadersOf = (response: ServerResponse): Readonly<Record<string, string>> =>
  Object.fromEntries(
    FIELDS.flatMap((name) => (response.hasHeader(name) ? [[name, String(response.getHeader(name))]] : [])),
  );
