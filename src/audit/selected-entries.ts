import { isSelected, type AuditFilter } from './audit-filter';
import type { AuditEntry, AuditLog } from './audit-log';
import { cursorOf, printCursor } from './cursor';

const ENTRIES_PER_READ = 500;

/** No id is before it in ASCII, so a cursor with it begins before all entries of its instant. */
const FIRST_ID = '------------';

export interface Selection {
  readonly organization: string | undefined;
  readonly filter: AuditFilter;
  /** Cursor of an earlier part. */
  readonly before?: string;
  readonly maxEntries: number;
  /** Maximum number of entries that are read, so that a filter that selects few does not read a whole audit. */
  readonly maxRead: number;
}

export interface SelectedEntries {
  /** Newest first. May be fewer than `maxEntries`, or none, although `next` is present. */
  readonly entries: readonly AuditEntry[];
  /** Cursor of the next part. Absent on the last one. */
  readonly next?: string;
}

const startOf = ({ filter, before }: Selection): { readonly before?: string } => {
  if (before !== undefined) return { before };
  if (filter.until === undefined) return {};
  return { before: printCursor({ at: Math.round(filter.until * 1000), id: FIRST_ID }) };
};

/** Reads the entries of an organization's audit that a filter selects. */
export const selectEntries = async (log: Pick<AuditLog, 'list'>, selection: Selection): Promise<SelectedEntries> => {
  const { organization, filter, maxEntries, maxRead } = selection;
  const { from = 0 } = filter;
  const entries: AuditEntry[] = [];
  let position = startOf(selection);
  for (let read = 0; ;) {
    const part = await log.list(organization, { ...position, limit: Math.min(ENTRIES_PER_READ, maxRead - read) });
    read += part.entries.length;
    for (const entry of part.entries) {
      if (entry.at < from) return { entries };
      if (!isSelected(entry, filter)) continue;
      // One more than fits: there is a next part.
      const last = entries.at(-1);
      if (entries.length === maxEntries && last !== undefined) return { entries, next: printCursor(cursorOf(last)) };
      entries.push(entry);
    }
    if (part.next === undefined) return { entries };
    if (read >= maxRead) return { entries, next: part.next };
    position = { before: part.next };
  }
};
