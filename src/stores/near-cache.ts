import { LRUCache } from 'lru-cache';
import type { Milliseconds, Seconds } from '../protocol/time';

export interface NearCacheOptions<V> {
  readonly maxEntries: number;
  /** The longest that an entry is believed: what a change by other hands can cost. */
  readonly maxAge: Seconds;
  /** Whether every change until now has been heard of. Asked at each look-up, so that a stalled process notices. */
  readonly isCoherent: () => boolean;
  /** Whether an entry is still good by itself. */
  readonly isGood: (value: V) => boolean;
  /** What an entry costs in bytes, about. */
  readonly sizeOf: (value: V) => number;
}

/** What a cache has done so far. */
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
  readonly value: V;
  /** What has to change for it to be forgotten. */
  readonly group: string;
  /** By the monotonic clock: one that is set back must not lengthen it. */
  readonly freshUntil: Milliseconds;
}

/** A question to the store that is under way. */
interface Flight<V> {
  readonly answer: Promise<V | undefined>;
  /** Set when its group changed meanwhile: the answer may be from before that. */
  isStale: boolean;
}

const MOST_BYTES = 256 * 1024 * 1024;

/**
 * A bounded cache in this process. It answers while it is coherent, and is silent otherwise. What is not there is not kept.
 * Entries belong to groups that change as a whole: the tokens of a grant do.
 */
export class NearCache<V extends object> {
  readonly #entries: LRUCache<string, Entry<V>>;
  readonly #keysOf = new Map<string, Set<string>>();
  readonly #flights = new Map<string, Map<string, Flight<V>>>();
  readonly #options: NearCacheOptions<V>;
  #hits = 0;
  #misses = 0;
  #bypassed = 0;
  #flushes = 0;

  constructor(options: NearCacheOptions<V>) {
    this.#options = options;
    this.#entries = new LRUCache({
      max: options.maxEntries,
      maxSize: MOST_BYTES,
      sizeCalculation: ({ value }) => options.sizeOf(value),
      dispose: ({ group }, key) => this.#unlink(group, key),
    });
  }

  /** Synchronous, because a promise costs more than the whole look-up. */
  peek(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#options.isCoherent()) return undefined;
    if (entry.freshUntil <= performance.now() || !this.#options.isGood(entry.value)) {
      this.#entries.delete(key);
      return undefined;
    }
    this.#hits += 1;
    return entry.value;
  }

  /** Asks `load` once for all who ask at the same time, and keeps the answer unless its group changed meanwhile. */
  fetch(key: string, group: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    if (!this.#options.isCoherent()) {
      this.#bypassed += 1;
      return load();
    }
    const flights = this.#flights.get(group) ?? new Map<string, Flight<V>>();
    const underway = flights.get(key);
    // Whoever asks after a change must not be given an answer from before it.
    if (underway !== undefined && !underway.isStale) return underway.answer;
    this.#misses += 1;
    const flight: Flight<V> = { answer: load(), isStale: false };
    flights.set(key, flight);
    this.#flights.set(group, flights);
    const freshUntil = performance.now() + this.#options.maxAge * 1000; // as old as the question
    const land = (value: V | undefined): void => {
      if (flights.get(key) === flight) flights.delete(key);
      if (flights.size === 0 && this.#flights.get(group) === flights) this.#flights.delete(group);
      if (value !== undefined && !flight.isStale && this.#options.isCoherent()) {
        this.#keep(key, { value, group, freshUntil });
      }
    };
    flight.answer.then(land, () => land(undefined));
    return flight.answer;
  }

  /** What belongs to this group has changed. */
  forget(group: string): void {
    for (const flight of this.#flights.get(group)?.values() ?? []) flight.isStale = true;
    for (const key of this.#keysOf.get(group) ?? []) this.#entries.delete(key);
  }

  /** It cannot be told any more what has changed. */
  flush(): void {
    if (this.#entries.size > 0) this.#flushes += 1;
    for (const flights of this.#flights.values()) for (const flight of flights.values()) flight.isStale = true;
    this.#entries.clear();
  }

  get counts(): CacheCounts {
    const [hits, misses, bypassed, flushes] = [this.#hits, this.#misses, this.#bypassed, this.#flushes];
    return { hits, misses, bypassed, flushes, entries: this.#entries.size };
  }

  #keep(key: string, entry: Entry<V>): void {
    this.#entries.set(key, entry);
    if (!this.#entries.has(key)) return; // too large to be kept
    const keys = this.#keysOf.get(entry.group) ?? new Set<string>();
    keys.add(key);
    this.#keysOf.set(entry.group, keys);
  }

  #unlink(group: string, key: string): void {
    const keys = this.#keysOf.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOf.delete(group);
  }
}
