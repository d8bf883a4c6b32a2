import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';
import { admit, refuse } from './counted';
import type { Counted } from './quotas';

/** Maximum of `retryAfter`, because the store may be back by then. */
const MAX_RETRY_AFTER: Milliseconds = 10_000;

/** Requests that a gate admits by itself, in windows of its own, while the store is unavailable. */
export class SpareLease {
  readonly #allowance: Allowance;
  #end: Milliseconds = 0;
  #left = 0;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** @param size of a lease, for a window that begins now */
  take(size: number, now: Milliseconds): Counted {
    if (now >= this.#end) {
      this.#end = now + this.#allowance.per * 1000;
      this.#left = size;
    }
    const resetAfter = this.#end - now;
    if (this.#left === 0) return refuse(0, resetAfter, Math.min(resetAfter, MAX_RETRY_AFTER));
    this.#left -= 1;
    return admit(this.#left, resetAfter);
  }
}
