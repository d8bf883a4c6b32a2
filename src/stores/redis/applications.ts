import { groupKeyOf, groupsOf, type ApplicationGroup } from '../../directory/application-groups';
import type {
  ApplicationCollection,
  Collection,
  GroupPage,
  OwnedInsert,
  RequestEntry,
} from '../../directory/directory-store';
import type { Application } from '../../directory/records';
import { StoreUnavailableError } from '../../protocol/errors';
import { digestOf } from '../../protocol/secrets';
import { announcementOf, type Announcing } from './announcement';
import type { RedisConnection } from './connection';
import { toCount } from './counts';
import { parseJson } from './json';
import type { Keys } from './keys';
import { membersOf } from './replies';
import type { RequestIndex } from './request-index';
import { addMissingEntries, countSurplus, insertIndexed, listIndexed, removeIndexed } from './scripts';

const ENTRIES_PER_COMMAND = 100;

const isString = (value: unknown): value is string => typeof value === 'string';

const prefixOf = (group: ApplicationGroup): string => digestOf(groupKeyOf(group)).slice(0, 22);

/** Returns the members of the index for a record: the digest of each group, a colon and the id. */
const entriesOf = (id: string, stored: unknown): readonly string[] =>
  groupsOf(stored).map((group) => `${prefixOf(group)}:${id}`);

/** The bounds of a group in the lexicographical order of the index. */
const boundsOf = (group: ApplicationGroup, after?: string): readonly [from: string, to: string] => {
  const prefix = prefixOf(group);
  return [after === undefined ? `[${prefix}:` : `(${prefix}:${after}`, `(${prefix};`];
};

const idOf = (entry: string): string => entry.slice(entry.indexOf(':') + 1);

const parse = (text: unknown): unknown => (isString(text) ? parseJson(text) : undefined);

export interface ApplicationServices {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly announcing: Announcing;
  /** The records, without the index of groups. */
  readonly records: Collection<Application>;
  readonly requests: RequestIndex;
}

/**
 * Applications in Redis: a hash, and a sorted set in the same slot that indexes them by owner and organization. One
 * script changes both. An earlier version writes only the hash: then the numbers of records and entries differ, and the
 * index is repaired by a scan of the hash before it is used.
 */
export class RedisApplications implements ApplicationCollection {
  readonly #services: ApplicationServices;
  /** The hash and its index, as scripts receive them. */
  readonly #both: readonly [hash: string, index: string];
  #repairing: Promise<void> | undefined;

  constructor(services: ApplicationServices) {
    this.#services = services;
    this.#both = [services.keys.directory('applications'), services.keys.applicationGroups];
  }

  async insert(id: string, record: Application): Promise<boolean> {
    return (await this.#insert(id, record, Infinity)) === 'inserted';
  }

  async insertOwned(id: string, record: Application, maxOfOwner: number): Promise<OwnedInsert> {
    // A limit is only as right as the index.
    await this.#repairIfOutdated();
    return this.#insert(id, record, maxOfOwner);
  }

  find(id: string): Promise<Application | undefined> {
    return this.#services.records.find(id);
  }

  change(id: string, change: (record: Application) => Application): Promise<Application | undefined> {
    return this.#services.records.change(id, change);
  }

  async remove(id: string): Promise<boolean> {
    const { redis, keys, announcing, requests } = this.#services;
    const stored = parse(await redis.command('hget', this.#both[0], id));
    const entries = [...entriesOf(id, stored), ...requests.entriesOf(id, stored)];
    const args = [id, keys.changes, announcementOf('applications', id), ...entries];
    const reply = await redis.run(removeIndexed, [...this.#both, requests.key], args);
    if (reply === 'unannounced' && announcing === 'required') throw new StoreUnavailableError('unannounced');
    return reply === 1 || reply === 'unannounced';
  }

  list(): AsyncIterable<readonly [string, Application | undefined]> {
    return this.#services.records.list();
  }

  isEmpty(): Promise<boolean> {
    return this.#services.records.isEmpty();
  }

  async listGroup(
    group: ApplicationGroup,
    { after, limit }: GroupPage,
  ): Promise<readonly (readonly [id: string, record: Application | undefined])[]> {
    const read = () => this.#services.redis.run(listIndexed, this.#both, [...boundsOf(group, after), limit]);
    const [surplus, found] = await Promise.all([this.#surplus(), read()]);
    if (surplus === 0) return this.#entriesIn(found);
    await this.#repair();
    return this.#entriesIn(await read());
  }

  listRequests(organization: string | undefined, page: GroupPage): Promise<readonly RequestEntry[]> {
    return this.#services.requests.list(organization, page);
  }

  async #insert(id: string, record: Application, maxOfOwner: number): Promise<OwnedInsert> {
    const [ofOwner] = groupsOf(record);
    const args = [id, JSON.stringify(record), toCount(maxOfOwner), ...boundsOf(ofOwner), ...entriesOf(id, record)];
    const outcome = await this.#services.redis.run(insertIndexed, this.#both, args);
    if (outcome === 'inserted' || outcome === 'taken' || outcome === 'limited') return outcome;
    throw new StoreUnavailableError('unexpected');
  }

  #entriesIn(reply: unknown): readonly (readonly [id: string, record: Application | undefined])[] {
    const fields = membersOf(reply);
    const found: (readonly [string, Application | undefined])[] = [];
    for (let position = 0; position < fields.length; position += 2) {
      const [id, text] = [fields[position], fields[position + 1]];
      if (!isString(id)) continue;
      const record = parse(text) as Application | undefined;
      if (record === undefined && isString(text)) this.#services.redis.logForeignValue();
      found.push([id, record]);
    }
    return found;
  }

  /** Returns how many more entries the index has than the records need: negative if entries are missing. */
  async #surplus(): Promise<number> {
    return Number(await this.#services.redis.run(countSurplus, this.#both, []));
  }

  async #repairIfOutdated(): Promise<void> {
    if ((await this.#surplus()) !== 0) await this.#repair();
  }

  /** Repairs the index; concurrent calls share one repair. */
  #repair(): Promise<void> {
    this.#repairing ??= this.#addMissing()
      .then(async () => {
        if ((await this.#surplus()) !== 0) await this.#dropStale();
      })
      .finally(() => {
        this.#repairing = undefined;
      });
    return this.#repairing;
  }

  async #addMissing(): Promise<void> {
    let batch: string[] = [];
    const add = async () => {
      if (batch.length > 0) await this.#services.redis.run(addMissingEntries, this.#both, batch);
      batch = [];
    };
    for await (const [id, record] of this.list()) {
      batch.push(id, ...entriesOf(id, record));
      if (batch.length >= ENTRIES_PER_COMMAND * 3) await add();
    }
    await add();
  }

  /** Removes the entries without a record, and those of another group than the record's. */
  async #dropStale(): Promise<void> {
    const { redis } = this.#services;
    const [hash, index] = this.#both;
    let cursor = '0';
    do {
      const [next, found] = membersOf(await redis.command('zscan', index, cursor, 'COUNT', ENTRIES_PER_COMMAND));
      cursor = isString(next) ? next : '0';
      const entries = membersOf(found)
        .filter((_, position) => position % 2 === 0) // the others are scores
        .filter(isString);
      if (entries.length === 0) continue;
      const texts = membersOf(await redis.command('hmget', hash, ...entries.map(idOf)));
      const stale = entries.filter((entry, position) => {
        const text = texts[position];
        return !isString(text) || !entriesOf(idOf(entry), parse(text)).includes(entry);
      });
      if (stale.length > 0) await redis.command('zrem', index, ...stale);
    } while (cursor !== '0');
  }
}
