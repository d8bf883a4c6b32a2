import { DirectoryError } from '../protocol/errors';
import type { Collection } from './directory-store';
import type { RecordCache } from './record-cache';

/** Records that were declared as options: in this process alone, and read-only. */
export type Declared<R> = ReadonlyMap<string, R | Promise<R>>;

/** Records of one noun: the declared ones first, then those made at run time. */
export class Register<R extends object> {
  readonly #noun: string;
  readonly #declared: Declared<R>;
  readonly #made: Collection<R>;
  readonly #cache: RecordCache<R>;

  constructor(noun: string, declared: Declared<R>, made: Collection<R>, cache: RecordCache<R>) {
    this.#noun = noun;
    this.#declared = declared;
    this.#made = made;
    this.#cache = cache;
  }

  /** As it is by now. */
  async find(key: string): Promise<R | undefined> {
    return (await this.#declared.get(key)) ?? (await this.#made.find(key));
  }

  /** As it was a moment ago, without asking the store; whoever relies on it looks again. `undefined`: ask `look`. */
  recall(key: string): R | undefined {
    const declared = this.#declared.get(key);
    if (declared !== undefined) return declared instanceof Promise ? undefined : declared;
    return this.#cache.peek(key);
  }

  /** As `find`, and remembered for `recall`. */
  async look(key: string): Promise<R | undefined> {
    return (await this.#declared.get(key)) ?? (await this.#cache.fetch(key, () => this.#made.find(key)));
  }

  /** Asks the store even for a declared key: where an answer's time must not tell which of the two it was. */
  async findInStore(key: string): Promise<R | undefined> {
    return this.#made.find(key);
  }

  isDeclared(key: string): boolean {
    return this.#declared.has(key);
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` */
  async get(key: string): Promise<R> {
    return (await this.find(key)) ?? this.#notFound(key);
  }

  /** For what is about to be changed. @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  async getMade(key: string): Promise<R> {
    this.#refuseDeclared(key);
    return (await this.#made.find(key)) ?? this.#notFound(key);
  }

  async *list(): AsyncGenerator<R> {
    for (const record of this.#declared.values()) yield record;
    // What was made under a name that is declared by now is hidden, in a list as in a look-up.
    for await (const [key, record] of this.#made.list()) if (!this.#declared.has(key)) yield record;
  }

  async isEmpty(): Promise<boolean> {
    return this.#declared.size === 0 && (await this.#made.isEmpty());
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_EXISTS` */
  async create(key: string, record: R): Promise<R> {
    if (this.#declared.has(key) || !(await this.#made.insert(key, record))) {
      throw new DirectoryError('ERR_SCOPEGATE_EXISTS', `there is a ${this.#noun} "${key}" already`);
    }
    return record;
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  async change(key: string, change: (record: R) => R): Promise<R> {
    this.#refuseDeclared(key);
    return (await this.#made.change(key, change)) ?? this.#notFound(key);
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  async remove(key: string): Promise<void> {
    this.#refuseDeclared(key);
    if (!(await this.#made.remove(key))) this.#notFound(key);
  }

  /** Removes a record if there is one. @throws DirectoryError `ERR_SCOPEGATE_DECLARED` */
  async forget(key: string): Promise<void> {
    this.#refuseDeclared(key);
    await this.#made.remove(key);
  }

  #refuseDeclared(key: string): void {
    if (!this.#declared.has(key)) return;
    throw new DirectoryError(
      'ERR_SCOPEGATE_DECLARED',
      `the ${this.#noun} "${key}" is declared in the options: change it there and start again`,
    );
  }

  #notFound(key: string): never {
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `there is no ${this.#noun} "${key}"`);
  }
}
