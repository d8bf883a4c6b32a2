import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';
import { admit, refuse } from './counted';
import type { Lease } from './quota-store';
import type { Counted } from './quotas';

/** The next lease is fetched when this part of a lease is left, so that no request waits for it. */
const FETCH_AT = 1 / 4;

/** A smaller lease is used before another one could be fetched. */
const MIN_TO_FETCH = 4;

/** The part of its time by which a lease ends earlier, because clocks do not run equally fast. */
const CLOCK_DRIFT = 1 / 1000;

/** A refused key asks the store again after this time at the latest: its counter may have been removed there. */
const MAX_BLOCKED: Milliseconds = 10_000;

/** The part of the rest of a window that a gate leases for later at most, so that little is lost at its end. */
const PART_OF_REST = 1 / 10;

/** The time of a call of the store, by the monotonic clock of the gate. */
export interface CallTime {
  readonly sentAt: Milliseconds;
  readonly receivedAt: Milliseconds;
}

/** The part of a window that this gate may admit, and the state of the window when the store was asked last. */
export class LocalLease {
  #left = 0;
  /** Until then the requests that are left may be used. */
  #validUntil: Milliseconds = -Infinity;
  #fetchAt = 0;
  /** Requests of the window that no gate has leased. */
  #remaining: number;
  #windowEnd: Milliseconds = -Infinity;
  /** From then on the store has requests to lease. */
  #retryAt: Milliseconds = -Infinity;
  #blockedUntil: Milliseconds = -Infinity;

  constructor({ requests }: Allowance) {
    this.#remaining = requests;
  }

  /** Uses one request, if any is left. */
  use(now: Milliseconds): boolean {
    if (this.#left === 0 || now >= this.#validUntil) return false;
    this.#left -= 1;
    return true;
  }

  /** Requests that are left, also of a lease that has ended. */
  get unused(): number {
    return this.#left;
  }

  /** Returns the number of requests that are left. Those of a lease that has ended are dropped. */
  left(now: Milliseconds): number {
    if (now >= this.#validUntil) this.#left = 0;
    return this.#left;
  }

  /** True once for each lease: when little of it is left, and the store has more. */
  needsNext(): boolean {
    if (this.#left >= this.#fetchAt) return false;
    this.#fetchAt = 0;
    return true;
  }

  /** True if the store had nothing to lease, and has nothing yet. */
  isBlocked(now: Milliseconds): boolean {
    return now < this.#blockedUntil;
  }

  /** Limits the size of a lease to a part of the rest of the window. */
  limit(size: number, now: Milliseconds): number {
    return now < this.#windowEnd ? Math.min(size, Math.max(1, Math.floor(this.#remaining * PART_OF_REST))) : size;
  }

  /** Adds what the store has granted for later. */
  add(lease: Lease, extra: number, { sentAt, receivedAt }: CallTime): void {
    // What is left of a lease that is valid now belongs to the same window as this one, which was taken before now.
    const left = this.left(receivedAt);
    this.#left = left + extra;
    if (extra > 0 || left === 0) this.#validUntil = sentAt + lease.validFor * (1 - CLOCK_DRIFT);
    this.#fetchAt = this.#left >= MIN_TO_FETCH && lease.retryAfter === 0 ? Math.ceil(this.#left * FETCH_AT) : 0;
    this.#remaining = lease.remaining;
    this.#windowEnd = sentAt + lease.resetAfter;
    this.#retryAt = sentAt + lease.retryAfter;
    this.#blockedUntil = Math.min(this.#retryAt, sentAt + MAX_BLOCKED);
  }

  admitted(now: Milliseconds): Counted {
    return admit(this.#remaining + this.#left, this.#windowEnd - now);
  }

  refused(now: Milliseconds): Counted {
    return refuse(this.#remaining, this.#windowEnd - now, this.#retryAt - now);
  }
}
