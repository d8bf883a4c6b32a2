import {
  AUDIT_RETENTION,
  MAX_AUDIT_ENTRIES,
  type ActorLimit,
  type AuditEntry,
  type AuditLog,
  type AuditPage,
} from '../../audit/audit-log';
import { AUDIT_PARTS, partOf, shareOf, type AuditPart } from '../../audit/audit-shares';
import { isAfter, newestFirst, cursorOf, printCursor, readCursor, type Cursor } from '../../audit/cursor';
import type { Fields } from '../../protocol/checks';
import { digestOf } from '../../protocol/secrets';
import type { Clock } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { toCount } from './counts';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { addAuditEntries } from './scripts';

const ENTRIES_PER_WRITE = 200;

const isStringOrUndefined = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

/** Checks that a value is an entry of `append`: pages print every field, and the next page begins after its id. */
const isEntry = (value: unknown): value is AuditEntry => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, at, action, actor, target, clientId, network, detail, count } = value as Fields;
  if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{12}$/.test(id)) return false;
  if (typeof at !== 'number' || typeof action !== 'string') return false;
  return (
    [actor, target, clientId, network, detail].every(isStringOrUndefined) &&
    (count === undefined || Number.isSafeInteger(count))
  );
};

const parse = (text: unknown): AuditEntry | undefined => {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text.slice(text.indexOf('\t') + 1)) : undefined;
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const entriesIn = (reply: unknown): readonly AuditEntry[] =>
  membersOf(reply)
    .map(parse)
    .filter((entry) => entry !== undefined);

const actorDigestOf = (entry: AuditEntry): string => digestOf(shareOf(entry)).slice(0, 22);

/**
 * Audit log in Redis: for each organization and part, a sorted set scored by milliseconds. A member is the digest of
 * the actor, a tab and the entry as JSON.
 */
export class RedisAuditLog implements AuditLog {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #limit: ActorLimit;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock, limit: ActorLimit) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#limit = limit;
  }

  async append(organization: string | undefined, entries: readonly AuditEntry[]): Promise<void> {
    for (const part of AUDIT_PARTS) {
      const ofPart = entries.filter((entry) => partOf(entry) === part);
      for (let start = 0; start < ofPart.length; start += ENTRIES_PER_WRITE)
        await this.#write(organization, part, ofPart.slice(start, start + ENTRIES_PER_WRITE));
    }
  }

  async #write(organization: string | undefined, part: AuditPart, entries: readonly AuditEntry[]): Promise<void> {
    const keys = [this.#keys.audit(organization, part), this.#keys.auditShares(organization, part)];
    const oldest = toMilliseconds(this.#clock() - AUDIT_RETENTION);
    const limits = [oldest, MAX_AUDIT_ENTRIES, toCount(this.#limit.maxPerActor), AUDIT_RETENTION];
    const members = entries.flatMap((entry) => [toMilliseconds(entry.at), actorDigestOf(entry), JSON.stringify(entry)]);
    const dropped = await this.#redis.run(addAuditEntries, keys, [...limits, ...members]);
    if (typeof dropped === 'number' && dropped > 0) this.#limit.onReached();
  }

  async list(
    organization: string | undefined,
    { before, limit }: { readonly before?: string; readonly limit: number },
  ): Promise<AuditPage> {
    const cursor = readCursor(before);
    const parts = AUDIT_PARTS.map((part) => this.#read(this.#keys.audit(organization, part), cursor, limit + 1));
    const found = (await Promise.all(parts))
      .flat()
      .sort((one, other) => newestFirst(cursorOf(one), cursorOf(other)))
      .slice(0, limit + 1);
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    return found.length > limit && last !== undefined ? { entries, next: printCursor(cursorOf(last)) } : { entries };
  }

  /**
   * Reads the entries that follow a cursor, the newest first. Reads all entries of the cursor's instant: there may be
   * many, and Redis orders them by text instead of id.
   */
  async #read(key: string, cursor: Cursor | undefined, count: number): Promise<readonly AuditEntry[]> {
    const oldest = `(${toMilliseconds(this.#clock() - AUDIT_RETENTION)}`;
    const from = cursor === undefined ? '+inf' : `(${cursor.at}`;
    const [rest, atCursor] = await Promise.all([
      this.#readDown(key, from, oldest, count),
      cursor === undefined ? [] : this.#redis.command('zrangebyscore', key, cursor.at, cursor.at),
    ]);
    // The entries of the last instant may have been cut off: all of them are read, so that they can be ordered by id.
    const end = rest.at(-1)?.at;
    const ofLastInstant =
      end === undefined
        ? []
        : entriesIn(await this.#redis.command('zrangebyscore', key, toMilliseconds(end), toMilliseconds(end)));
    const behind = cursor === undefined ? [] : entriesIn(atCursor).filter((entry) => isAfter(cursorOf(entry), cursor));
    const all = new Map([...behind, ...rest, ...ofLastInstant].map((entry) => [entry.id, entry]));
    return [...all.values()].sort((one, other) => newestFirst(cursorOf(one), cursorOf(other))).slice(0, count);
  }

  /** Reads a page, newest first. Skips foreign values and reads on: a shorter page would be taken for the last one. */
  async #readDown(key: string, from: string, oldest: string, count: number): Promise<readonly AuditEntry[]> {
    const found: AuditEntry[] = [];
    for (let start = 0; found.length < count; start += count) {
      const reply = await this.#redis.command('zrevrangebyscore', key, from, oldest, 'LIMIT', start, count);
      const entries = entriesIn(reply);
      const read = membersOf(reply).length;
      if (entries.length < read) this.#redis.logForeignValue();
      found.push(...entries);
      if (read < count) break;
    }
    return found;
  }
}
