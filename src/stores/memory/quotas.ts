import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../protocol/entry-limit';
import type { MonotonicClock } from '../../protocol/time';
import type { Allowance } from '../../quotas/allowance';
import { takeRequests, type Counter } from '../../quotas/counter';
import type { Lease, QuotaStore, Usage, Wanted } from '../../quotas/quota-store';

const MAX_COUNTERS = 100_000;
const NONE: Wanted = { callers: 0, extra: 0 };

const nameOf = (key: string, { per }: Allowance): string => `${per} ${key}`;

/** Counters of requests in the memory of this process. Above 100,000, the least recently used one is evicted. */
export class MemoryQuotaStore implements QuotaStore {
  readonly #now: MonotonicClock;
  readonly #counters = new LRUCache<string, Counter>(entryLimit(MAX_COUNTERS));

  constructor(now: MonotonicClock) {
    this.#now = now;
  }

  async lease(key: string, allowance: Allowance, wanted: Wanted): Promise<Lease> {
    const name = nameOf(key, allowance);
    const { counter, lease } = takeRequests(this.#counters.get(name), allowance, wanted, Math.floor(this.#now()));
    this.#counters.set(name, counter);
    return lease;
  }

  async usage(key: string, allowance: Allowance): Promise<Usage> {
    return takeRequests(this.#counters.peek(nameOf(key, allowance)), allowance, NONE, Math.floor(this.#now())).lease;
  }
}
