import {
  AUDIT_RETENTION,
  MAX_AUDIT_ENTRIES,
  type ActorLimit,
  type AuditEntry,
  type AuditLog,
  type AuditPage,
} from '../../audit/audit-log';
import { AUDIT_PARTS, partOf, shareOf } from '../../audit/audit-shares';
import { isAfter, newestFirst, cursorOf, printCursor, readCursor } from '../../audit/cursor';
import type { Clock } from '../../protocol/time';

const byCursor = (one: AuditEntry, other: AuditEntry): number => newestFirst(cursorOf(one), cursorOf(other));

/** Drops the entries above the limit per actor and above the total limit. Expects the newest entry first. */
const withinLimits = (
  entries: readonly AuditEntry[],
  { maxPerActor, onReached }: ActorLimit,
): readonly AuditEntry[] => {
  const counts = new Map<string, number>();
  const isWithinShare = (entry: AuditEntry): boolean => {
    const share = shareOf(entry);
    const count = (counts.get(share) ?? 0) + 1;
    counts.set(share, count);
    return count <= maxPerActor;
  };
  const kept = entries.filter(isWithinShare);
  if (kept.length < entries.length) onReached();
  return kept.slice(0, MAX_AUDIT_ENTRIES);
};

/** Audit log in the memory of this process, lost when the process ends. */
export class MemoryAuditLog implements AuditLog {
  readonly #entries: Map<string, readonly AuditEntry[]>;
  readonly #clock: Clock;
  readonly #limit: ActorLimit;

  /** @param entries the entries of each organization, which other gates of this process may share */
  constructor(clock: Clock, limit: ActorLimit, entries = new Map<string, readonly AuditEntry[]>()) {
    this.#entries = entries;
    this.#clock = clock;
    this.#limit = limit;
  }

  async append(organization: string | undefined, entries: readonly AuditEntry[]): Promise<void> {
    const all = [...this.#live(organization), ...entries];
    const kept = AUDIT_PARTS.flatMap((part) =>
      withinLimits(all.filter((entry) => partOf(entry) === part).sort(byCursor), this.#limit),
    );
    this.#entries.set(organization ?? '', kept.sort(byCursor));
  }

  async list(
    organization: string | undefined,
    { before, limit }: { readonly before?: string; readonly limit: number },
  ): Promise<AuditPage> {
    const cursor = readCursor(before);
    const all = this.#live(organization);
    const rest = cursor === undefined ? all : all.filter((entry) => isAfter(cursorOf(entry), cursor));
    const entries = rest.slice(0, limit);
    const last = entries.at(-1);
    return rest.length > limit && last !== undefined ? { entries, next: printCursor(cursorOf(last)) } : { entries };
  }

  #live(organization: string | undefined): readonly AuditEntry[] {
    const oldest = this.#clock() - AUDIT_RETENTION;
    return (this.#entries.get(organization ?? '') ?? []).filter(({ at }) => at > oldest);
  }
}
