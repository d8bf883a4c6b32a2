import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';
import { HELD_DIVISOR, heldTime } from './counter';

/** One gate leases at most this part of an allowance for later: a tenth, at least one request. */
const LEASED_DIVISOR = 10;

/** Time for which a lease should last: a busy key then costs about one call of the store in this time. */
const TARGET: Milliseconds = 1_000;

/** Weight of the previous mean when one more request enters the mean time between requests. */
const PREVIOUS_WEIGHT = 0.5;

/** Returns the maximum number of requests that one gate leases for later. */
export const maxLease = ({ requests, burst = Infinity }: Allowance): number =>
  Math.max(1, Math.min(Math.floor(requests / LEASED_DIVISOR), Math.floor(burst / HELD_DIVISOR)));

/**
 * Determines how many requests of a key a gate leases for later: one at first, then at most twice as many each time, and
 * not more than are expected in a second. With a burst, it is half the time for which they may be valid, so that few are
 * lost.
 */
export class LeaseSize {
  readonly #max: number;
  readonly #target: Milliseconds;
  /** Mean time between two requests. */
  #interval: Milliseconds = TARGET;
  #leasedAt: Milliseconds = -Infinity;
  #size = 1;

  constructor(allowance: Allowance) {
    this.#max = maxLease(allowance);
    this.#target = allowance.burst === undefined ? TARGET : Math.min(TARGET, heldTime(allowance) / 2);
  }

  /** The size of the last lease. */
  get present(): number {
    return this.#size;
  }

  /** Returns the size of the next lease. @param used requests since the last one */
  next(used: number, now: Milliseconds): number {
    const weight = PREVIOUS_WEIGHT ** used;
    const interval = (Math.min(now - this.#leasedAt, TARGET) / Math.max(1, used)) * (1 - weight);
    this.#interval = this.#interval * weight + interval;
    const expected = Math.floor(this.#target / Math.max(this.#interval, Number.EPSILON));
    return Math.max(1, Math.min(this.#size * 2, expected, this.#max));
  }

  /** Records that a lease of this size was taken. */
  taken(size: number, now: Milliseconds): void {
    this.#size = size;
    this.#leasedAt = now;
  }
}
