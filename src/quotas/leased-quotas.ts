import { monotonicClock, type MonotonicClock } from '../protocol/time';
import type { Allowance } from './allowance';
import { toSeconds } from './counted';
import { CounterMap } from './counter-map';
import { LeasedCounter, type CounterServices } from './leased-counter';
import type { QuotaStore } from './quota-store';
import type { Counted, Quotas } from './quotas';
import { PublicCounter } from './public-counter';
import { WaitingTotal } from './waiting-callers';

/** Addresses whose leases a gate has, and other keys. Above it, the lease of the least recently used one is lost. */
const MAX_KEYS = 50_000;

export interface QuotaServices {
  readonly store: QuotaStore;
  /** @default that of the process */
  readonly now?: MonotonicClock;
}

const isSame = (one: Allowance, other: Allowance): boolean =>
  one === other || (one.requests === other.requests && one.per === other.per && one.burst === other.burst);

/** Counts requests of one gate with leases of a store that all gates share. */
export class LeasedQuotas implements Quotas {
  readonly #services: CounterServices;
  readonly #counters = new CounterMap<PublicCounter>(MAX_KEYS);

  constructor({ store, now = monotonicClock }: QuotaServices) {
    this.#services = { store, now, waiting: new WaitingTotal() };
  }

  count(key: string, allowance: Allowance): Counted | Promise<Counted> {
    return this.#counterOf(key, allowance).leased.count(this.#services.now());
  }

  peekRefusal(key: string, allowance: Allowance): Counted | undefined {
    const known = this.#counters.get(key)?.leased;
    return known && isSame(known.allowance, allowance) ? known.peekRefusal(this.#services.now()) : undefined;
  }

  countPublic(key: string, allowance: Allowance): Counted | Promise<Counted> {
    return this.#counterOf(key, allowance).count(this.#services.now());
  }

  async findFreshUsage(key: string, allowance: Allowance): Promise<Omit<Counted, 'isAdmitted'>> {
    const { remaining, resetAfter, retryAfter } = await this.#services.store.usage(key, allowance);
    // The store counts a request when it is leased; this gate has not used all that it has leased.
    const own = this.#peekLeased(key, allowance);
    return {
      remaining: Math.min(allowance.requests, remaining + own),
      resetAfter: toSeconds(resetAfter),
      retryAfter: own > 0 ? 0 : toSeconds(retryAfter),
    };
  }

  /** Returns the number of requests that this gate has leased and not used. */
  #peekLeased(key: string, allowance: Allowance): number {
    const known = this.#counters.peek(key)?.leased;
    return known && isSame(known.allowance, allowance) ? known.leased(this.#services.now()) : 0;
  }

  #counterOf(key: string, allowance: Allowance): PublicCounter {
    const known = this.#counters.get(key);
    if (known !== undefined && isSame(known.leased.allowance, allowance)) return known;
    // A changed allowance gets a new lease: the rest of the previous one is lost.
    const created = new PublicCounter(new LeasedCounter(key, allowance, this.#services), this.#services.now);
    this.#counters.set(key, created);
    return created;
  }
}
