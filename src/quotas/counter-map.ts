import { LRUCache } from 'lru-cache';
import { entryLimit } from '../protocol/entry-limit';

/** The beginning of the keys of counters by address. */
export const ADDRESS_KEY = 'address ';

/**
 * Values by the key of a counter. Above a maximum, the least recently used one is evicted. Counters by address have a
 * maximum of their own: one client of a public network may send from any number of addresses, and must not evict the
 * counters of applications and users with them.
 */
export class CounterMap<T extends object> {
  readonly #ofAddresses: LRUCache<string, T>;
  readonly #others: LRUCache<string, T>;

  /** @param max number of counters by address, and of all others */
  constructor(max: number) {
    this.#ofAddresses = new LRUCache(entryLimit(max));
    this.#others = new LRUCache(entryLimit(max));
  }

  get(key: string): T | undefined {
    return this.#placeOf(key).get(key);
  }

  /** Returns what `get` does, without counting as a use. */
  peek(key: string): T | undefined {
    return this.#placeOf(key).peek(key);
  }

  set(key: string, value: T): void {
    this.#placeOf(key).set(key, value);
  }

  #placeOf(key: string): LRUCache<string, T> {
    return key.startsWith(ADDRESS_KEY) ? this.#ofAddresses : this.#others;
  }
}
