import { LRUCache } from 'lru-cache';
import type { Milliseconds, Seconds } from '../protocol/time';

export interface NearCacheOptions<V> {
  readonly maxEntries: number;
  /** The maximum age of an entry: an external change takes effect after it at the latest. */
  readonly maxAge: Seconds;
  /** Returns the group of a key: a change of the group evicts its entries. */
  readonly groupOf: (key: string) => string;
  /** Returns whether every change so far has been received. Called at each look-up, so that a stalled process notices. */
  readonly isCoherent: () => boolean;
  /** Checks whether an entry is still good by itself. */
  readonly isValid: (value: V) => boolean;
  /** Estimates the size of an entry in bytes. */
  readonly sizeOf: (value: V) => number;
}

/** Counters of a cache since it was opened. */
export interface CacheCounts {
  /** Look-ups that were answered at once. */
  readonly hits: number;
  /** Look-ups that asked the store. Those that joined one under way are not counted. */
  readonly misses: number;
  /** Look-ups that asked the store because the cache could not be relied on. */
  readonly bypassed: number;
  /** How often what was there was forgotten as a whole. */
  readonly flushes: number;
  readonly entries: number;
}

interface Entry<V> {
  readonly key: string;
  readonly value: V;
  /** By the monotonic clock: one that is set back must not lengthen it. */
  readonly freshUntil: Milliseconds;
}

/** A question to the store that is under way. */
interface Flight<V> {
  readonly key: string;
  readonly answer: Promise<V | undefined>;
  /** Set when its group changed meanwhile: the answer may be from before that. */
  isStale: boolean;
}

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * A bounded cache in this process. It answers while it is coherent, and is silent otherwise. What is not there is not kept.
 * Keys belong to groups that change as a whole, as the tokens of a grant do, and of each group the last key asked for is kept:
 * so what has to be forgotten is found at once.
 */
export class NearCache<V extends object> {
  readonly #entries: LRUCache<string, Entry<V>>;
  readonly #flights = new Map<string, Flight<V>>();
  readonly #options: NearCacheOptions<V>;
  #hits = 0;
  #misses = 0;
  #bypassed = 0;
  #flushes = 0;

  constructor(options: NearCacheOptions<V>) {
    this.#options = options;
    // No `max`: the cache would allocate the room for all its entries in advance.
    this.#entries = new LRUCache({
      maxSize: MAX_BYTES,
      sizeCalculation: ({ value }) => options.sizeOf(value),
    });
  }

  /** Synchronous, because a promise costs more than the whole look-up. */
  peek(key: string): V | undefined {
    const group = this.#options.groupOf(key);
    const entry = this.#entries.get(group);
    if (entry === undefined || entry.key !== key || !this.#options.isCoherent()) return undefined;
    if (entry.freshUntil <= performance.now() || !this.#options.isValid(entry.value)) {
      this.#entries.delete(group);
      return undefined;
    }
    this.#hits += 1;
    return entry.value;
  }

  /** Asks `load` once for all who ask at the same time, and keeps the answer unless its group changed meanwhile. */
  load(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    if (!this.#options.isCoherent()) {
      this.#bypassed += 1;
      return load();
    }
    const group = this.#options.groupOf(key);
    const underway = this.#flights.get(group);
    if (underway !== undefined) {
      // A caller that asks after a change must not get an answer from before it.
      if (underway.key === key && !underway.isStale) return underway.answer;
      underway.isStale = true; // it receives no changes any more
    }
    this.#misses += 1;
    const freshUntil = performance.now() + this.#options.maxAge * 1000; // as old as the question
    const answer = load().then(
      (value) => {
        this.#land(group, flight);
        if (value !== undefined && !flight.isStale && this.#options.isCoherent()) {
          this.#entries.set(group, { key, value, freshUntil });
          if (this.#entries.size > this.#options.maxEntries) this.#entries.pop();
        }
        return value;
      },
      (error: unknown) => {
        this.#land(group, flight);
        throw error;
      },
    );
    const flight: Flight<V> = { key, answer, isStale: false };
    this.#flights.set(group, flight);
    return answer;
  }

  /** Invalidates the entries of a group that has changed. */
  evict(group: string): void {
    const underway = this.#flights.get(group);
    if (underway !== undefined) underway.isStale = true;
    this.#entries.delete(group);
  }

  /** It cannot be told any more what has changed. */
  flush(): void {
    if (this.#entries.size > 0) this.#flushes += 1;
    for (const flight of this.#flights.values()) flight.isStale = true;
    this.#entries.clear();
  }

  #land(group: string, flight: Flight<V>): void {
    if (this.#flights.get(group) === flight) this.#flights.delete(group);
  }

  get counts(): CacheCounts {
    const [hits, misses, bypassed, flushes] = [this.#hits, this.#misses, this.#bypassed, this.#flushes];
    return { hits, misses, bypassed, flushes, entries: this.#entries.size };
  }
}
