import type { AuditEntry } from './audit-log';

/** Position of an entry, after which a page of the audit begins. Entries of the same instant are ordered by id. */
export interface Cursor {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly id: string;
}

export const cursorOf = ({ at, id }: Pick<AuditEntry, 'at' | 'id'>): Cursor => ({ at: Math.round(at * 1000), id });

export const printCursor = ({ at, id }: Cursor): string => `${at.toString(36)}.${id}`;

/** Parses a cursor. Returns `undefined` for a malformed text, because the text is taken from a URL. */
export const readCursor = (text: string | undefined): Cursor | undefined => {
  const [, at, id] = /^([0-9a-z]{1,9})\.([A-Za-z0-9_-]{12})$/.exec(text ?? '') ?? [];
  return at === undefined || id === undefined ? undefined : { at: Number.parseInt(at, 36), id };
};

/** Checks whether an entry is older than `cursor`, and so belongs on a later page. */
export const isAfter = (entry: Cursor, cursor: Cursor): boolean =>
  entry.at < cursor.at || (entry.at === cursor.at && entry.id < cursor.id);

/** Compares two cursors for sorting, newest first. */
export const newestFirst = (one: Cursor, other: Cursor): number => (isAfter(one, other) ? 1 : -1);
