import { DirectoryError, StoreUnavailableError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import type { Collection } from './directory-store';
import type { RecordCache } from './record-cache';
import type { ReadRecord } from './stored-records';
import { isKey } from './values';

/** Records that were declared as options: in this process alone, and read-only. */
export type Declared<R> = ReadonlyMap<string, R | Promise<R>>;

/** How the names of a noun are kept apart from others that could be taken for the same. */
export interface Naming<R> {
  /** One key for all names of which only one can exist. */
  keyOf(name: string): string;
  /** The name of a record. */
  nameOf(record: R): string;
}

/** How the records of a noun are read and named. */
export interface RecordForm<R> {
  readonly read: ReadRecord<R>;
  /** Left out: every name is its own key. */
  readonly naming?: Naming<R>;
}

/** Records of one noun: the declared ones first, then those made at run time. */
export class Register<R extends object> {
  readonly #noun: string;
  readonly #declared: Declared<R>;
  readonly #made: Collection<R>;
  readonly #cache: RecordCache<R>;
  readonly #read: ReadRecord<R>;
  readonly #naming: Naming<R> | undefined;
  readonly #declaredKeys: ReadonlySet<string>;

  constructor(
    noun: string,
    declared: Declared<R>,
    made: Collection<R>,
    cache: RecordCache<R>,
    { read, naming }: RecordForm<R>,
  ) {
    this.#noun = noun;
    this.#declared = declared;
    this.#made = made;
    this.#cache = cache;
    this.#read = read;
    this.#naming = naming;
    this.#declaredKeys = new Set([...declared.keys()].map((name) => this.#keyOf(name)));
  }

  /** Reads the store; never cached. */
  async findFresh(key: string): Promise<R | undefined> {
    return (await this.#declared.get(key)) ?? (await this.findStored(key));
  }

  /** Returns the cached record, or `undefined`; a caller that relies on it re-checks. Synchronous; never reads the store. */
  peek(key: string): R | undefined {
    const declared = this.#declared.get(key);
    if (declared !== undefined) return declared instanceof Promise ? undefined : declared;
    return this.#ifNamed(key, this.#cache.peek(this.#keyOf(key)));
  }

  /** Returns the cached record, loading it if absent. */
  async find(key: string): Promise<R | undefined> {
    const declared = await this.#declared.get(key);
    if (declared !== undefined) return declared;
    if (!isKey(key)) return undefined;
    const storeKey = this.#keyOf(key);
    const cached = this.#cache.peek(storeKey);
    return this.#ifNamed(key, cached ?? (await this.#cache.load(storeKey, () => this.#findByKey(storeKey))));
  }

  /** Reads the store even for a declared key, so that the response time does not reveal whether it is declared. */
  async findStored(key: string): Promise<R | undefined> {
    return isKey(key) ? this.#ifNamed(key, await this.#findByKey(this.#keyOf(key))) : undefined;
  }

  isDeclared(key: string): boolean {
    return this.#declared.has(key);
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` */
  async get(key: string): Promise<R> {
    return (await this.findFresh(key)) ?? this.#notFound(key);
  }

  /** For what is about to be changed. @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  async getMade(key: string): Promise<R> {
    this.#refuseDeclared(key);
    return (await this.findStored(key)) ?? this.#notFound(key);
  }

  /** All that can be read. */
  async *list(): AsyncGenerator<R> {
    for await (const record of this.#all()) if (record !== undefined) yield record;
  }

  /** As `list`, for work that must miss none. @throws StoreUnavailableError after the last one if some cannot be read */
  async *listWhole(): AsyncGenerator<R> {
    let isWhole = true;
    for await (const record of this.#all()) {
      if (record === undefined) isWhole = false;
      else yield record;
    }
    if (!isWhole) throw new StoreUnavailableError('corrupt');
  }

  async isEmpty(): Promise<boolean> {
    return this.#declared.size === 0 && (await this.#made.isEmpty());
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_EXISTS` */
  async create(key: string, record: R): Promise<R> {
    const storeKey = this.#keyOf(key);
    if (this.#declaredKeys.has(storeKey) || !(await this.#made.insert(storeKey, record))) {
      const others = storeKey === key ? '' : ', or one that could be taken for it (such as ss for ß)';
      throw new DirectoryError('ERR_SCOPEGATE_EXISTS', `the ${this.#noun} ${printValue(key)} already exists${others}`);
    }
    return record;
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  async change(key: string, change: (record: R) => R): Promise<R> {
    this.#refuseDeclared(key);
    if (!isKey(key)) return this.#notFound(key);
    const storeKey = this.#keyOf(key);
    const changeNamed = (stored: R): R => {
      const record = this.#readable(storeKey, stored);
      return this.#ifNamed(key, record) === undefined ? stored : change(record);
    };
    return this.#ifNamed(key, await this.#made.change(storeKey, changeNamed)) ?? this.#notFound(key);
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  async remove(key: string): Promise<void> {
    this.#refuseDeclared(key);
    if (!isKey(key) || !(await this.#removeNamed(key))) this.#notFound(key);
  }

  /** Removes a record if there is one. @throws DirectoryError `ERR_SCOPEGATE_DECLARED` */
  async discard(key: string): Promise<void> {
    this.#refuseDeclared(key);
    await this.#removeNamed(key);
  }

  async *#all(): AsyncGenerator<R | undefined> {
    for (const record of this.#declared.values()) yield record;
    // A record that was made under a name that is now declared is hidden, in lists as in look-ups.
    for await (const [key, stored] of this.#made.list()) {
      const record = this.#read(key, stored);
      const name = record === undefined ? key : (this.#naming?.nameOf(record) ?? key);
      if (!this.#declared.has(name)) yield record;
    }
  }

  async #findByKey(storeKey: string): Promise<R | undefined> {
    const stored = await this.#made.find(storeKey);
    return stored === undefined ? undefined : this.#readable(storeKey, stored);
  }

  async #removeNamed(key: string): Promise<boolean> {
    if (this.#naming !== undefined && (await this.findStored(key)) === undefined) return false;
    return this.#made.remove(this.#keyOf(key));
  }

  #keyOf(name: string): string {
    return this.#naming === undefined ? name : this.#naming.keyOf(name);
  }

  /** A record that is stored under the key of a name may have another name. */
  #ifNamed(name: string, record: R | undefined): R | undefined {
    if (record === undefined || this.#naming === undefined) return record;
    return this.#naming.nameOf(record) === name ? record : undefined;
  }

  #readable(key: string, stored: R): R {
    const record = this.#read(key, stored);
    if (record === undefined) throw new StoreUnavailableError('corrupt');
    return record;
  }

  #refuseDeclared(key: string): void {
    if (!this.#declared.has(key)) return;
    throw new DirectoryError(
      'ERR_SCOPEGATE_DECLARED',
      `the ${this.#noun} ${printValue(key)} is declared in the options: change it there and restart`,
    );
  }

  #notFound(key: string): never {
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `there is no ${this.#noun} ${printValue(key)}`);
  }
}
