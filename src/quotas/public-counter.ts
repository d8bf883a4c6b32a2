import type { Milliseconds, MonotonicClock } from '../protocol/time';
import type { LeasedCounter } from './leased-counter';
import type { Counted } from './quotas';
import { SpareLease } from './spare-lease';

/** Time between two attempts to reach a store that is unavailable. */
const RETRY_STORE_AFTER: Milliseconds = 1_000;

/** Counts the requests of one key for public resources, in this process alone while the store is unavailable. */
export class PublicCounter {
  readonly leased: LeasedCounter;
  readonly #now: MonotonicClock;
  /** Kept after the store is back, so that several outages within its window share it. */
  #spare: SpareLease | undefined;
  #isStoreAway = false;
  #retryAt: Milliseconds = 0;

  constructor(leased: LeasedCounter, now: MonotonicClock) {
    this.leased = leased;
    this.#now = now;
  }

  count(now: Milliseconds): Counted | Promise<Counted> {
    if (this.#isStoreAway) return this.#countLocally(now);
    const counted = this.leased.count(now);
    return counted instanceof Promise ? counted.catch(() => this.#startCountingLocally()) : counted;
  }

  /** Counts a request that the store has failed to count. */
  #startCountingLocally(): Counted {
    const now = this.#now();
    if (!this.#isStoreAway) this.#retryAt = now + RETRY_STORE_AFTER;
    this.#isStoreAway = true;
    return this.#takeSpare(now);
  }

  #countLocally(now: Milliseconds): Counted {
    if (now >= this.#retryAt && !this.leased.isFetching) {
      this.#retryAt = now + RETRY_STORE_AFTER;
      void this.leased.fetch().then((isBack) => {
        if (isBack) this.#isStoreAway = false;
      });
    }
    return this.#takeSpare(now);
  }

  #takeSpare(now: Milliseconds): Counted {
    this.#spare ??= new SpareLease(this.leased.allowance);
    return this.#spare.take(this.leased.leaseSize, now);
  }
}
