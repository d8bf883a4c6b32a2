import type { ClientPointer, Collection, DirectoryStore } from '../../directory/directory-store';
import type { Application, Organization, User } from '../../directory/records';
import { StoreUnavailableError } from '../../protocol/errors';
import { membersOf, type RedisConnection } from './connection';
import type { Keys } from './keys';
import { replaceField } from './scripts';

const MOST_ATTEMPTS = 100;
const RECORDS_PER_SCAN = 100;

/** One Redis hash: a field a record, JSON inside. Only scopegate writes it. */
class RedisCollection<R> implements Collection<R> {
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(redis: RedisConnection, key: string) {
    this.#redis = redis;
    this.#key = key;
  }

  async insert(key: string, record: R): Promise<boolean> {
    return (await this.#redis.command('hsetnx', this.#key, key, JSON.stringify(record))) === 1;
  }

  async find(key: string): Promise<R | undefined> {
    const text = await this.#read(key);
    return text === undefined ? undefined : this.#parse(text);
  }

  async change(key: string, change: (record: R) => R): Promise<R | undefined> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const text = await this.#read(key);
      if (text === undefined) return undefined;
      const changed = change(this.#parse(text));
      const answer = await this.#redis.run(replaceField, [this.#key], [key, text, JSON.stringify(changed)]);
      if (answer === 1) return changed;
    }
    throw new StoreUnavailableError('contended');
  }

  async remove(key: string): Promise<boolean> {
    return (await this.#redis.command('hdel', this.#key, key)) === 1;
  }

  async *list(): AsyncGenerator<readonly [string, R]> {
    let cursor = '0';
    const seen = new Set<string>(); // a hash that is being resized may tell a field twice
    do {
      const answer = await this.#redis.command('hscan', this.#key, cursor, 'COUNT', RECORDS_PER_SCAN);
      const [next, found] = membersOf(answer);
      cursor = typeof next === 'string' ? next : '0';
      const fields = membersOf(found);
      for (let index = 0; index < fields.length; index += 2) {
        const [key, text] = [fields[index], fields[index + 1]];
        if (typeof key !== 'string' || typeof text !== 'string' || seen.has(key)) continue;
        seen.add(key);
        yield [key, this.#parse(text)];
      }
    } while (cursor !== '0');
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#redis.command('hlen', this.#key)) === 0;
  }

  async #read(key: string): Promise<string | undefined> {
    const text = await this.#redis.command('hget', this.#key, key);
    return typeof text === 'string' ? text : undefined;
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
  readonly users: Collection<User>;
  readonly applications: Collection<Application>;
  readonly clients: Collection<ClientPointer>;

  constructor(redis: RedisConnection, keys: Keys) {
    this.organizations = new RedisCollection(redis, keys.directory('organizations'));
    this.users = new RedisCollection(redis, keys.directory('users'));
    this.applications = new RedisCollection(redis, keys.directory('applications'));
    this.clients = new RedisCollection(redis, keys.directory('clients'));
  }
}
