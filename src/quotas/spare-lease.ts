import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';
import { admit, refuse } from './counted';
import type { Counted } from './quotas';

/** Requests that a gate admits by itself, in windows of its own, while the store is unavailable. */
export class SpareLease {
  readonly #allowance: Allowance;
  readonly #size: number;
  #end: Milliseconds = 0;
  #left = 0;

  constructor(allowance: Allowance, size: number) {
    this.#allowance = allowance;
    this.#size = size;
  }

  take(now: Milliseconds): Counted {
    if (now >= this.#end) {
      this.#end = now + this.#allowance.per * 1000;
      this.#left = this.#size;
    }
    if (this.#left === 0) return refuse(0, this.#end - now, this.#end - now);
    this.#left -= 1;
    return admit(this.#left, this.#end - now);
  }
}
