import type {
  ApplicationCollection,
  ClientPointer,
  Collection,
  DirectoryStore,
  UserCollection,
} from '../../directory/directory-store';
import type { Application, Organization } from '../../directory/records';
import type { Registration } from '../../directory/registration';
import { StoreUnavailableError } from '../../protocol/errors';
import type { DirectoryNoun } from '../change-feed';
import { announcementOf, type Announcing } from './announcement';
import { RedisApplications } from './applications';
import type { RedisConnection } from './connection';
import type { Keys } from './keys';
import { entryChange, type RecordIndex } from './record-index';
import { membersOf } from './replies';
import { RequestIndex } from './request-index';
import { removeField, removeUnchangedField, replaceField } from './scripts';
import type { TickReads } from './tick-reads';

const MAX_ATTEMPTS = 100;
const RECORDS_PER_SCAN = 100;

interface CollectionServices {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly announcing: Announcing;
}

/** One Redis hash, with each record as JSON in a field. Only scopegate writes it. */
class RedisCollection<R> implements Collection<R> {
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #noun: DirectoryNoun;
  readonly #channel: string;
  readonly #announcing: Announcing;
  readonly #reads: TickReads<unknown>;

  readonly #index: RecordIndex | undefined;

  constructor({ redis, keys, announcing }: CollectionServices, noun: DirectoryNoun, index?: RecordIndex) {
    this.#index = index;
    this.#redis = redis;
    this.#key = keys.directory(noun);
    this.#noun = noun;
    this.#channel = keys.changes;
    this.#announcing = announcing;
    this.#reads = redis.tickReads((fields) => this.#readAll(fields));
  }

  async insert(key: string, record: R): Promise<boolean> {
    return (await this.#redis.command('hsetnx', this.#key, key, JSON.stringify(record))) === 1;
  }

  async find(key: string): Promise<R | undefined> {
    const text = await this.#read(key);
    return text === undefined ? undefined : this.#parse(text);
  }

  async change(key: string, change: (record: R) => R): Promise<R | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const text = await this.#read(key);
      if (text === undefined) return undefined;
      const before = this.#parse(text);
      const changed = change(before);
      const entries = entryChange(this.#index, key, { before, after: changed });
      const announced = [this.#channel, announcementOf(this.#noun, key)];
      const args = [key, text, JSON.stringify(changed), ...announced, ...entries.args];
      if (this.#isDone(await this.#redis.run(replaceField, [this.#key, ...entries.keys], args))) return changed;
    }
    throw new StoreUnavailableError('contended');
  }

  async remove(key: string): Promise<boolean> {
    const args = [key, this.#channel, announcementOf(this.#noun, key)];
    return this.#isDone(await this.#redis.run(removeField, [this.#key], args));
  }

  async removeIf(key: string, condition: (record: R) => boolean): Promise<boolean> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const text = await this.#read(key);
      if (text === undefined || !condition(this.#parse(text))) return false;
      const args = [key, text, this.#channel, announcementOf(this.#noun, key)];
      if (this.#isDone(await this.#redis.run(removeUnchangedField, [this.#key], args))) return true;
    }
    throw new StoreUnavailableError('contended');
  }

  async *list(): AsyncGenerator<readonly [string, R | undefined]> {
    let cursor = '0';
    const yielded = new Set<string>(); // HSCAN may return a field twice while the hash is resized
    do {
      const reply = await this.#redis.command('hscan', this.#key, cursor, 'COUNT', RECORDS_PER_SCAN);
      const [next, found] = membersOf(reply);
      cursor = typeof next === 'string' ? next : '0';
      const fields = membersOf(found);
      for (let index = 0; index < fields.length; index += 2) {
        const [key, text] = [fields[index], fields[index + 1]];
        if (typeof key !== 'string' || typeof text !== 'string' || yielded.has(key)) continue;
        yielded.add(key);
        yield [key, this.#parseListed(text)];
      }
    } while (cursor !== '0');
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#redis.command('hlen', this.#key)) === 0;
  }

  /** Throws if the change could not be announced: another gate might still use the old record from its cache. */
  #isDone(reply: unknown): boolean {
    if (reply !== 'unannounced') return reply === 1;
    if (this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
    return true;
  }

  async #read(key: string): Promise<string | undefined> {
    const text = await this.#reads.get(key);
    return typeof text === 'string' ? text : undefined;
  }

  /** Reads the records that are requested in one tick, mostly by concurrent requests, with one command. */
  async #readAll(fields: readonly string[]): Promise<readonly unknown[]> {
    const [only] = fields;
    if (fields.length === 1 && only !== undefined) return [await this.#redis.command('hget', this.#key, only)];
    return membersOf(await this.#redis.command('hmget', this.#key, ...fields));
  }

  /** Reads one value of a list. One that is foreign is skipped: it must not hide all others. */
  #parseListed(text: string): R | undefined {
    try {
      return this.#parse(text);
    } catch {
      this.#redis.logForeignValue();
      return undefined;
    }
  }

  #parse(text: string): R {
    try {
      return JSON.parse(text) as R;
    } catch {
      throw new StoreUnavailableError('corrupt');
    }
  }
}

export class RedisDirectoryStore implements DirectoryStore {
  readonly organizations: Collection<Organization>;
  readonly users: UserCollection;
  readonly applications: ApplicationCollection;
  readonly clients: Collection<ClientPointer>;
  readonly declarations: Collection<Registration>;
  readonly isShared = true;

  constructor(redis: RedisConnection, keys: Keys, announcing: Announcing = 'required') {
    const services = { redis, keys, announcing };
    this.organizations = new RedisCollection(services, 'organizations');
    this.users = new RedisCollection(services, 'users');
    const requests = new RequestIndex({ redis, keys, list: () => this.applications.list() });
    const records = new RedisCollection<Application>(services, 'applications', requests);
    this.applications = new RedisApplications({ ...services, records, requests });
    this.clients = new RedisCollection(services, 'clients');
    this.declarations = new RedisCollection(services, 'declarations');
  }
}
