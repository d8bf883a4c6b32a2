import type { Milliseconds, MonotonicClock } from '../protocol/time';
import type { LeasedCounter } from './leased-counter';
import type { Counted } from './quotas';
import { SpareLease } from './spare-lease';

/** Time between two attempts to reach a store that is unavailable. */
const RETRY_STORE_AFTER: Milliseconds = 1_000;

/** Counts the requests of one key for public resources: goes on by itself while the store is unavailable. */
export class PublicCounter {
  readonly guarded: LeasedCounter;
  readonly #now: MonotonicClock;
  #spare: SpareLease | undefined;
  #retryAt: Milliseconds = 0;

  constructor(guarded: LeasedCounter, now: MonotonicClock) {
    this.guarded = guarded;
    this.#now = now;
  }

  count(now: Milliseconds): Counted | Promise<Counted> {
    if (this.#spare !== undefined) return this.#countByItself(this.#spare, now);
    const counted = this.guarded.count(now);
    return counted instanceof Promise ? counted.catch(() => this.#beginSpare()) : counted;
  }

  #beginSpare(): Counted {
    const now = this.#now();
    if (this.#spare === undefined) this.#retryAt = now + RETRY_STORE_AFTER;
    this.#spare ??= new SpareLease(this.guarded.allowance, this.guarded.leaseSize);
    return this.#spare.take(now);
  }

  #countByItself(spare: SpareLease, now: Milliseconds): Counted {
    if (now >= this.#retryAt && !this.guarded.isFetching) {
      this.#retryAt = now + RETRY_STORE_AFTER;
      void this.guarded.fetch().then((isBack) => {
        if (isBack) this.#spare = undefined;
      });
    }
    return spare.take(now);
  }
}
