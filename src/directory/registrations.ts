import type { Collection } from './directory-store';
import type { RecordCache } from './record-cache';
import { readRegistration, type Registration } from './registration';

/** The registrations of all gates, in the store. */
export class Registrations {
  readonly #stored: Collection<Registration>;
  readonly #cache: RecordCache<Registration>;

  constructor(stored: Collection<Registration>, cache: RecordCache<Registration>) {
    this.#stored = stored;
    this.#cache = cache;
  }

  /** Returns the cached registration, or `undefined`. Synchronous. */
  peek(key: string): Registration | undefined {
    return this.#cache.peek(key);
  }

  /** Returns the cached registration; loads it when absent. */
  async find(key: string): Promise<Registration | undefined> {
    return this.#cache.peek(key) ?? this.#cache.load(key, () => this.findFresh(key));
  }

  /** Reads the store; never cached. */
  async findFresh(key: string): Promise<Registration | undefined> {
    return readRegistration(await this.#stored.find(key));
  }

  /** Yields all registrations that can be read. */
  async *list(): AsyncGenerator<readonly [key: string, registration: Registration]> {
    for await (const [key, stored] of this.#stored.list()) {
      const registration = readRegistration(stored);
      if (registration !== undefined) yield [key, registration];
    }
  }

  /** @returns `false` if there is one, or another value; nothing is changed then */
  insert(key: string, registration: Registration): Promise<boolean> {
    return this.#stored.insert(key, registration);
  }

  /** Replaces a registration unless it was changed since it was read. @returns `false` if it was changed */
  async replace(key: string, before: Registration, after: Registration): Promise<boolean> {
    const isPresent = ({ version, ends }: Registration) => version === before.version && ends === before.ends;
    return (await this.#stored.change(key, (present) => (isPresent(present) ? after : present))) === after;
  }

  /** Replaces a value that is not a registration. @returns `false` if it is a registration now */
  async replaceForeign(key: string, after: Registration): Promise<boolean> {
    const isForeign = (stored: unknown): boolean => readRegistration(stored) === undefined;
    return (await this.#stored.change(key, (present) => (isForeign(present) ? after : present))) === after;
  }
}
