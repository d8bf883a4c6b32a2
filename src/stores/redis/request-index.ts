import { groupKeyOf } from '../../directory/application-groups';
import type { GroupPage, RequestEntry } from '../../directory/directory-store';
import type { Application } from '../../directory/records';
import { pendingPositions } from '../../directory/subscription-requests';
import { digestOf } from '../../protocol/secrets';
import type { RedisConnection } from './connection';
import { parseJson } from './json';
import type { Keys } from './keys';
import { membersOf } from './replies';
import type { RecordIndex } from './record-index';
import { listRequested } from './scripts';

const ENTRIES_PER_COMMAND = 100;

/** Member of a complete index. It is before the entries of all organizations: a digest contains no `!`. */
const COMPLETE = '!complete';

const isString = (value: unknown): value is string => typeof value === 'string';

const prefixOf = (organization: string | undefined): string => digestOf(groupKeyOf({ organization })).slice(0, 22);

const organizationOf = (stored: unknown): string | undefined => {
  const { organization } = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<Application>;
  return isString(organization) ? organization : undefined;
};

/** Returns the entries of a record: the digest of the organization, the position of a pending request, and the id. */
const entriesOf = (id: string, stored: unknown): readonly string[] => {
  const positions = pendingPositions(stored);
  if (positions.length === 0) return [];
  const prefix = prefixOf(organizationOf(stored));
  return positions.map((position) => `${prefix}:${position}:${id}`);
};

const readEntry = (entry: string): Pick<RequestEntry, 'position' | 'applicationId'> => {
  const [, position = '', applicationId = ''] = /^[^:]*:([^:]*):([^]*)$/.exec(entry) ?? [];
  return { position, applicationId };
};

export interface RequestIndexServices {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly list: () => AsyncIterable<readonly [id: string, record: Application | undefined]>;
}

/**
 * The pending requests of applications by organization: a sorted set in the slot of the records, changed by the same
 * script as a record. If it is missing, such as after an eviction, it is built by one scan of the records; an entry whose
 * request does not exist, such as one of an application that an earlier version removed, is dropped when it is read.
 */
export class RequestIndex implements RecordIndex {
  readonly key: string;
  readonly #services: RequestIndexServices;
  #building: Promise<void> | undefined;

  constructor(services: RequestIndexServices) {
    this.#services = services;
    this.key = services.keys.applicationRequests;
  }

  entriesOf(id: string, stored: unknown): readonly string[] {
    return entriesOf(id, stored);
  }

  async list(organization: string | undefined, page: GroupPage): Promise<readonly RequestEntry[]> {
    const read = await this.#read(organization, page);
    if (read !== undefined) return read;
    await this.#build();
    return (await this.#read(organization, page)) ?? [];
  }

  /** @returns `undefined` if the index is not complete */
  async #read(
    organization: string | undefined,
    { after, limit }: GroupPage,
  ): Promise<readonly RequestEntry[] | undefined> {
    const { redis, keys } = this.#services;
    const prefix = prefixOf(organization);
    const from = after === undefined ? `[${prefix}:` : `(${prefix}:${after};`;
    const args = [from, `(${prefix};`, limit, COMPLETE];
    const [isComplete, ...fields] = membersOf(
      await redis.run(listRequested, [keys.directory('applications'), this.key], args),
    );
    if (isComplete !== 1) return undefined;
    const found: RequestEntry[] = [];
    const stale: string[] = [];
    for (let position = 0; position < fields.length; position += 2) {
      const [entry, text] = [fields[position], fields[position + 1]];
      if (!isString(entry)) continue;
      const record = isString(text) ? (parseJson(text) as Application | undefined) : undefined;
      const { applicationId, ...read } = readEntry(entry);
      const isListed = entriesOf(applicationId, record).includes(entry);
      if (!isListed && (record !== undefined || !isString(text))) stale.push(entry);
      found.push({ ...read, applicationId, record: isListed ? record : undefined });
    }
    // The id of a request is never used again, so an entry that is stale once is stale for ever.
    if (stale.length > 0) await redis.command('zrem', this.key, ...stale);
    return found;
  }

  /** Builds the index; concurrent calls share one scan. */
  #build(): Promise<void> {
    this.#building ??= this.#addAll().finally(() => {
      this.#building = undefined;
    });
    return this.#building;
  }

  async #addAll(): Promise<void> {
    const { redis, list } = this.#services;
    let batch: string[] = [];
    const add = async (entries: readonly string[]) => {
      await redis.command('zadd', this.key, ...entries.flatMap((entry) => [0, entry]));
      batch = [];
    };
    for await (const [id, record] of list()) {
      batch.push(...entriesOf(id, record));
      if (batch.length >= ENTRIES_PER_COMMAND) await add(batch);
    }
    await add([...batch, COMPLETE]);
  }
}
