import {
  AUDIT_KEPT_FOR,
  MOST_AUDIT_ENTRIES,
  type AuditEntry,
  type AuditLog,
  type AuditPage,
} from '../../audit/audit-log';
import { isBehind, newestFirst, placeOf, printCursor, readCursor } from '../../audit/cursor';
import type { Clock } from '../../protocol/time';

/** The audit in this process's memory: it ends with it. */
export class MemoryAuditLog implements AuditLog {
  readonly #kept = new Map<string, readonly AuditEntry[]>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async append(organization: string | undefined, entries: readonly AuditEntry[]): Promise<void> {
    const all = [...this.#live(organization), ...entries];
    all.sort((one, other) => newestFirst(placeOf(one), placeOf(other)));
    this.#kept.set(organization ?? '', all.slice(0, MOST_AUDIT_ENTRIES));
  }

  async list(
    organization: string | undefined,
    { before, limit }: { readonly before?: string; readonly limit: number },
  ): Promise<AuditPage> {
    const cursor = readCursor(before);
    const all = this.#live(organization);
    const rest = cursor === undefined ? all : all.filter((entry) => isBehind(placeOf(entry), cursor));
    const entries = rest.slice(0, limit);
    const last = entries.at(-1);
    return rest.length > limit && last !== undefined ? { entries, next: printCursor(placeOf(last)) } : { entries };
  }

  #live(organization: string | undefined): readonly AuditEntry[] {
    const oldest = this.#clock() - AUDIT_KEPT_FOR;
    return (this.#kept.get(organization ?? '') ?? []).filter(({ at }) => at > oldest);
  }
}
