import type { MonotonicClock } from '../../protocol/time';
import type { Allowance } from '../../quotas/allowance';
import { takeRequests, type Counter } from '../../quotas/counter';
import { CounterMap } from '../../quotas/counter-map';
import type { Lease, QuotaStore, Usage, Wanted } from '../../quotas/quota-store';

const MAX_COUNTERS = 100_000;
const NONE: Wanted = { callers: 0, extra: 0 };

const nameOf = (key: string, { per }: Allowance): string => `${key} ${per}`;

/** Counters of requests in the memory of this process: at most 100,000 by address, and as many others. */
export class MemoryQuotaStore implements QuotaStore {
  readonly #now: MonotonicClock;
  readonly #counters = new CounterMap<Counter>(MAX_COUNTERS);

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
