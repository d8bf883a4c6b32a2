import type { ServerResponse } from 'node:http';
import type { Edit } from './response-headers';

/** The fields in which the gate announces the end of an API (RFC 9745, RFC 8594). Their folded names are the same. */
const FIELDS = ['deprecation', 'sunset'] as const;

const isDate = (folded: string): boolean => FIELDS.some((field) => field === folded);

/** Leaves out the dates of an upstream if the gate has announced its own: two values of one field would be invalid. */
export const withoutDates = (edit: Edit, response: ServerResponse): Edit => {
  if (!FIELDS.some((field) => response.hasHeader(field))) return edit;
  return (folded, value) => (isDate(folded) ? undefined : edit(folded, value));
};

/** Returns the fields that the gate has set. */
export const datesOf = (response: ServerResponse): Readonly<Record<string, string>> =>
  Object.fromEntries(
    FIELDS.flatMap((name) => (response.hasHeader(name) ? [[name, String(response.getHeader(name))]] : [])),
  );
