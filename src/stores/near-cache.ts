import { LRUCache } from 'lru-cache';
import type { Milliseconds, Seconds } from '../protocol/time';

/** The size of the cache, and the maximum age of its entries. */
export interface CacheSettings {
  readonly maxEntries: number;
  readonly maxAge: Seconds;
}

export interface NearCacheOptions<V> {
  readonly maxEntries: number;
  /** Maximum age of an entry, after which an external change takes effect at the latest. */
  readonly maxAge: Seconds;
  /** Returns the group of a key: a change of the group evicts its entries. */
  readonly groupOf: (key: string) => string;
  /** Returns the names of what a value belongs to besides its group: a change of one evicts all its entries together. */
  readonly tagsOf: (value: V) => readonly string[];
  /** Returns whether every change so far was received. Called at each lookup, to detect a stalled process. */
  readonly isCoherent: () => boolean;
  /** Checks whether an entry itself is still valid, for example not expired. */
  readonly isValid: (value: V) => boolean;
  /** Estimates the size of an entry in bytes. */
  readonly sizeOf: (value: V) => number;
}

/** Counters of a cache since it was opened. */
export interface CacheCounts {
  /** Lookups that were served from the cache. */
  readonly hits: number;
  /** Lookups that read the store. Those that joined a read in flight are not counted. */
  readonly misses: number;
  /** Lookups that read the store because the cache was not coherent. */
  readonly bypassed: number;
  /** Number of times that all entries were evicted together. */
  readonly flushes: number;
  readonly entries: number;
}

/** Something that entries of different groups belong to, such as the client of many tokens. */
interface Tag {
  readonly name: string;
  /** Number of entries that refer to this object. */
  entries: number;
  /** Set by `evictTag`. Its entries are invalid from then on, and later ones refer to another object. */
  hasChanged: boolean;
}

interface Entry<V> {
  readonly key: string;
  readonly value: V;
  readonly tags: readonly Tag[];
  /** By the monotonic clock, so that setting the system clock back does not extend it. */
  readonly freshUntil: Milliseconds;
}

/** A read of the store that is in flight. */
interface Flight<V> {
  readonly key: string;
  readonly result: Promise<V | undefined>;
  /** Number of changes of tags when the read began: the tags of its result are not known before it ends. */
  readonly tagChanges: number;
  /** Set when the group changes during the read: the result may be older than the change. */
  isStale: boolean;
}

const MAX_BYTES = 256 * 1024 * 1024;

/** Checks at every lookup that no tag of an entry has changed. A loop, because it is faster than `every`. */
const isCurrent = (tags: readonly Tag[]): boolean => {
  for (const tag of tags) if (tag.hasChanged) return false;
  return true;
};

/**
 * A bounded cache in this process, used only while it is coherent. Absent values are not cached. Keys belong to groups
 * that change as a whole, such as the tokens of a grant. Each group has one entry, for the last key requested, so that
 * a change can evict it directly. A tag has any number of entries, and evicting them takes one step: each entry refers to
 * its tags, and is deleted when it is next read.
 */
export class NearCache<V extends object> {
  readonly #entries: LRUCache<string, Entry<V>>;
  readonly #flights = new Map<string, Flight<V>>();
  readonly #tags = new Map<string, Tag>();
  #tagChanges = 0;
  readonly #options: NearCacheOptions<V>;
  #hits = 0;
  #misses = 0;
  #bypassed = 0;
  #flushes = 0;

  constructor(options: NearCacheOptions<V>) {
    this.#options = options;
    // No `max`: the cache would allocate memory for all entries in advance.
    this.#entries = new LRUCache({
      maxSize: MAX_BYTES,
      sizeCalculation: ({ value }) => options.sizeOf(value),
      dispose: ({ tags }) => this.#release(tags),
    });
  }

  /** Returns the cached value, or `undefined`. Synchronous, because a promise costs more than the whole lookup. */
  peek(key: string): V | undefined {
    const group = this.#options.groupOf(key);
    const entry = this.#entries.get(group);
    if (entry === undefined || entry.key !== key || !this.#options.isCoherent()) return undefined;
    if (entry.freshUntil <= performance.now() || !isCurrent(entry.tags) || !this.#options.isValid(entry.value)) {
      this.#entries.delete(group);
      return undefined;
    }
    this.#hits += 1;
    return entry.value;
  }

  /** Loads the value. Concurrent calls share one `load`; the result is cached unless its group changed meanwhile. */
  load(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    if (!this.#options.isCoherent()) {
      this.#bypassed += 1;
      return load();
    }
    const group = this.#options.groupOf(key);
    const inFlight = this.#flights.get(group);
    if (inFlight !== undefined) {
      // A call after a change must not return a value from before it.
      if (inFlight.key === key && !this.#isStale(inFlight)) return inFlight.result;
      inFlight.isStale = true; // `evict` and `flush` no longer reach it
    }
    this.#misses += 1;
    const freshUntil = performance.now() + this.#options.maxAge * 1000; // age counts from the request
    const result = load().then(
      (value) => {
        this.#endFlight(group, flight);
        if (value !== undefined && !this.#isStale(flight) && this.#options.isCoherent()) {
          this.#entries.set(group, { key, value, tags: this.#tagsOf(value), freshUntil });
          if (this.#entries.size > this.#options.maxEntries) this.#entries.pop();
        }
        return value;
      },
      (error: unknown) => {
        this.#endFlight(group, flight);
        throw error;
      },
    );
    const flight: Flight<V> = { key, result, tagChanges: this.#tagChanges, isStale: false };
    this.#flights.set(group, flight);
    return result;
  }

  /** Invalidates the entries of a group that has changed. */
  evict(group: string): void {
    const inFlight = this.#flights.get(group);
    if (inFlight !== undefined) inFlight.isStale = true;
    this.#entries.delete(group);
  }

  /** Invalidates all entries with a tag, in a time that does not depend on their number. */
  evictTag(name: string): void {
    this.#tagChanges += 1;
    const tag = this.#tags.get(name);
    if (tag === undefined) return;
    tag.hasChanged = true;
    this.#tags.delete(name);
  }

  /** Evicts all entries, because changes may have been missed. */
  flush(): void {
    if (this.#entries.size > 0) this.#flushes += 1;
    for (const flight of this.#flights.values()) flight.isStale = true;
    this.#entries.clear();
  }

  #isStale({ isStale, tagChanges }: Flight<V>): boolean {
    return isStale || tagChanges !== this.#tagChanges;
  }

  #tagsOf(value: V): readonly Tag[] {
    return this.#options.tagsOf(value).map((name) => {
      const tag = this.#tags.get(name) ?? { name, entries: 0, hasChanged: false };
      this.#tags.set(name, tag);
      tag.entries += 1;
      return tag;
    });
  }

  #release(tags: readonly Tag[]): void {
    for (const tag of tags) {
      tag.entries -= 1;
      if (tag.entries === 0 && !tag.hasChanged) this.#tags.delete(tag.name);
    }
  }

  #endFlight(group: string, flight: Flight<V>): void {
    if (this.#flights.get(group) === flight) this.#flights.delete(group);
  }

  get counts(): CacheCounts {
    const [hits, misses, bypassed, flushes] = [this.#hits, this.#misses, this.#bypassed, this.#flushes];
    return { hits, misses, bypassed, flushes, entries: this.#entries.size };
  }
}
