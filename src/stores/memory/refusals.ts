import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../protocol/entry-limit';
import type { Clock } from '../../protocol/time';
import { refusalKey } from '../../usage/refusal-key';
import {
  MAX_RECENT_REFUSALS,
  REFUSALS_KEPT_FOR,
  type RecentRefusal,
  type RefusalStore,
} from '../../usage/refusal-store';

const MAX_APPLICATIONS = 10_000;

const newestFirst = (one: RecentRefusal, other: RecentRefusal): number => other.at - one.at;

const join = (one: RecentRefusal | undefined, other: RecentRefusal): RecentRefusal =>
  one === undefined ? other : { ...other, count: one.count + other.count, at: Math.max(one.at, other.at) };

/** Refusals in the memory of this process. Above 10,000 applications, those of the least recently used are evicted. */
export class MemoryRefusalStore implements RefusalStore {
  readonly #clock: Clock;
  readonly #applications = new LRUCache<string, readonly RecentRefusal[]>(entryLimit(MAX_APPLICATIONS));

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async note(application: string, refusals: readonly RecentRefusal[]): Promise<void> {
    const known = new Map(this.#listOf(application).map((refusal) => [refusalKey(refusal), refusal]));
    for (const refusal of refusals) {
      const key = refusalKey(refusal);
      known.set(key, join(known.get(key), refusal));
    }
    const newest = [...known.values()].sort(newestFirst).slice(0, MAX_RECENT_REFUSALS);
    this.#applications.set(application, newest);
  }

  async list(application: string): Promise<readonly RecentRefusal[]> {
    return this.#listOf(application);
  }

  #listOf(application: string): readonly RecentRefusal[] {
    const refusals = this.#applications.get(application) ?? [];
    const [newest] = refusals;
    return newest === undefined || newest.at <= this.#clock() - REFUSALS_KEPT_FOR ? [] : refusals;
  }
}
