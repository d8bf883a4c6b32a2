import { DirectoryError, StoreUnavailableError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { blockerOf, type Blockable, type Blocker } from './blocking';
import type { Collection } from './directory-store';
import type { RecordCache } from './record-cache';
import { noneElsewhere, type DeclaredElsewhere } from './declared-elsewhere';
import { DeclaredRecords } from './declared-records';
import type { Naming, RecordKind } from './record-kind';
import type { ReadRecord } from './stored-records';
import { notRegistered } from './registered';
import { neverTaken } from './taken-names';
import { isKey } from './values';

/** Records of one kind: the declared ones first, then those created at run time. */
export class Repository<R extends object> {
  readonly declared: DeclaredRecords<R>;
  /** Records that only other gates declare. No other method finds or lists them. */
  readonly elsewhere: DeclaredElsewhere<R>;
  readonly #noun: string;
  readonly #stored: Collection<R>;
  readonly #cache: RecordCache<R>;
  readonly #read: ReadRecord<R>;
  readonly #naming: Naming<R> | undefined;
  readonly #declaredKeys: ReadonlySet<string>;

  constructor(kind: RecordKind<R>) {
    const { noun, declared, stored, cache, read, naming } = kind;
    const { taken = neverTaken, registered = notRegistered, elsewhere = noneElsewhere } = kind;
    this.declared = new DeclaredRecords(declared, taken, registered);
    this.elsewhere = elsewhere;
    this.#noun = noun;
    this.#stored = stored;
    this.#cache = cache;
    this.#read = read;
    this.#naming = naming;
    this.#declaredKeys = new Set([...declared.keys()].map((name) => this.#keyOf(name)));
  }

  /** Reads the store; never cached. */
  async findFresh(key: string): Promise<R | undefined> {
    return this.declared.has(key) ? this.declared.findFresh(key) : this.findStored(key);
  }

  /** Returns the cached record, or `undefined`. Synchronous; a caller that relies on it re-checks. */
  peek(key: string): R | undefined {
    if (this.declared.has(key)) return this.declared.peek(key);
    return this.#ifNamed(key, this.#cache.peek(this.#keyOf(key)));
  }

  /** Returns the cached record; loads it when absent. */
  async find(key: string): Promise<R | undefined> {
    if (this.declared.has(key)) return this.declared.find(key);
    if (!isKey(key)) return undefined;
    const storeKey = this.#keyOf(key);
    const cached = this.#cache.peek(storeKey);
    return this.#ifNamed(key, cached ?? (await this.#cache.load(storeKey, () => this.#findByKey(storeKey))));
  }

  /** Reads the store even for a declared key; never cached. The time does not reveal whether the key is declared. */
  async findStored(key: string): Promise<R | undefined> {
    return isKey(key) ? this.#ifNamed(key, await this.#findByKey(this.#keyOf(key))) : undefined;
  }

  /** Returns the record that was created at run time under the store key of a declared name, whatever its own name. */
  async findTaking(key: string): Promise<R | undefined> {
    return this.#findByKey(this.#keyOf(key));
  }

  isDeclared(key: string): boolean {
    return this.declared.has(key);
  }

  /** Checks whether any record is declared. */
  hasDeclared(): boolean {
    return this.declared.size > 0;
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` */
  async get(key: string): Promise<R> {
    return (await this.findFresh(key)) ?? this.#notFound(key);
  }

  /** Like `get`, also for a record that only other gates declare. @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` */
  async getAnywhere(key: string): Promise<R> {
    return (await this.findFresh(key)) ?? (await this.elsewhere.findFresh(key)) ?? this.#notFound(key);
  }

  /**
   * Reads a record that is about to be changed; never cached.
   * @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND`
   */
  async getStored(key: string): Promise<R> {
    this.#refuseDeclared(key);
    return (await this.findStored(key)) ?? this.#notFound(key);
  }

  /** Yields all records that can be read. */
  async *list(): AsyncGenerator<R> {
    for await (const record of this.#all()) if (record !== undefined) yield record;
  }

  /**
   * Like `list`, for callers that must not miss any record.
   * @throws StoreUnavailableError after the last one if some cannot be read
   */
  async *listComplete(): AsyncGenerator<R> {
    let isComplete = true;
    for await (const record of this.#all()) {
      if (record === undefined) isComplete = false;
      else yield record;
    }
    if (!isComplete) throw new StoreUnavailableError('corrupt');
  }

  async isEmpty(): Promise<boolean> {
    return this.declared.size === 0 && (await this.#stored.isEmpty());
  }

  /** Like `isEmpty`, records that only other gates declare included. */
  async isEmptyAnywhere(): Promise<boolean> {
    if (!(await this.isEmpty())) return false;
    const { done } = await this.elsewhere.list()[Symbol.asyncIterator]().next();
    return done === true;
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_EXISTS` */
  async create(key: string, record: R): Promise<R> {
    const storeKey = this.#keyOf(key);
    if (this.#declaredKeys.has(storeKey) || !(await this.#stored.insert(storeKey, record))) {
      const others = storeKey === key ? '' : ', or one that could be taken for it (such as ss for ß)';
      throw new DirectoryError('ERR_SCOPEGATE_EXISTS', `the ${this.#noun} ${printValue(key)} already exists${others}`);
    }
    // A gate that declares the name registers it before it reads whether the name is taken, so one of both is refused.
    await this.refuseRegistered(key).catch(async (error: unknown) => {
      await this.#stored.remove(storeKey);
      throw error;
    });
    return record;
  }

  /** Refuses a name that another gate declares. @throws DirectoryError `ERR_SCOPEGATE_EXISTS` */
  async refuseRegistered(key: string): Promise<void> {
    if (!(await this.declared.isRegistered(key))) return;
    const problem = `the ${this.#noun} ${printValue(key)} is declared in the options of another gate; if none declares it any more, remove it here first`;
    throw new DirectoryError('ERR_SCOPEGATE_EXISTS', problem);
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
    return this.#ifNamed(key, await this.#stored.change(storeKey, changeNamed)) ?? this.#notFound(key);
  }

  /**
   * Enables or disables a record, also a declared one, here or elsewhere: the store keeps which role disabled it.
   * @param block returns the record enabled or disabled
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND`
   */
  async setBlocking<B extends R & Blockable>(this: Repository<B>, key: string, block: (record: B) => B): Promise<B> {
    const decide = (present: B): Blocker | undefined => blockerOf(block(present));
    if (this.declared.has(key)) {
      if (await this.declared.isTaken(key)) this.#refuseDeclared(key);
      return (await this.declared.setBlocker(key, decide)) ?? this.#notFound(key);
    }
    if ((await this.findStored(key)) !== undefined) return this.change(key, block);
    return (await this.elsewhere.setBlocker(key, decide)) ?? this.#notFound(key);
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  async remove(key: string): Promise<void> {
    this.#refuseDeclared(key);
    if (!isKey(key) || !(await this.#removeNamed(key))) this.#notFound(key);
  }

  /**
   * Ends a record that other gates have declared and none declares any more. For a gate that declares records of this
   * kind that is done at its start.
   * @returns `false` if there is none
   */
  async removeRegistered(key: string): Promise<boolean> {
    return isKey(key) && (await this.findStored(key)) === undefined && this.declared.removeRegistered(key);
  }

  /** Removes a record if there is one. @throws DirectoryError `ERR_SCOPEGATE_DECLARED` */
  async discard(key: string): Promise<void> {
    this.#refuseDeclared(key);
    await this.#removeNamed(key);
  }

  async *#all(): AsyncGenerator<R | undefined> {
    yield* this.declared.list();
    // A stored record whose name is now declared is hidden, in lists as in lookups.
    for await (const [key, stored] of this.#stored.list()) {
      const record = this.#read(key, stored);
      const name = record === undefined ? key : (this.#naming?.nameOf(record) ?? key);
      if (!this.declared.has(name)) yield record;
    }
  }

  async #findByKey(storeKey: string): Promise<R | undefined> {
    const stored = await this.#stored.find(storeKey);
    return stored === undefined ? undefined : this.#readable(storeKey, stored);
  }

  async #removeNamed(key: string): Promise<boolean> {
    if (this.#naming !== undefined && (await this.findStored(key)) === undefined) return false;
    return this.#stored.remove(this.#keyOf(key));
  }

  #keyOf(name: string): string {
    return this.#naming === undefined ? name : this.#naming.keyOf(name);
  }

  /** Returns the record if it has this name: a record stored under the key of a name may have another one. */
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
    if (!this.declared.has(key)) return;
    throw new DirectoryError(
      'ERR_SCOPEGATE_DECLARED',
      `the ${this.#noun} ${printValue(key)} is declared in the options: change it there and restart`,
    );
  }

  #notFound(key: string): never {
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `there is no ${this.#noun} ${printValue(key)}`);
  }
}
