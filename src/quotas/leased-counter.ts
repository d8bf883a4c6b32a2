import type { Milliseconds, MonotonicClock } from '../protocol/time';
import type { Allowance } from './allowance';
import { admit, refuse } from './counted';
import { maxLease, nextSize } from './lease-size';
import type { Lease, QuotaStore } from './quota-store';
import type { Counted } from './quotas';
import { WaitingCallers, type WaitingTotal } from './waiting-callers';

/** Services that the counters of a gate share. */
export interface CounterServices {
  readonly store: QuotaStore;
  readonly now: MonotonicClock;
  readonly waiting: WaitingTotal;
}

/** The next lease is fetched when this part of a lease is left, so that no request waits for it. */
const FETCH_AT = 4;

/** A smaller lease is used before another one could be fetched. */
const MIN_TO_FETCH = 4;

/** The part of a time by which a lease ends earlier, because clocks do not run equally fast. */
const CLOCK_DRIFT = 1 / 1000;

/** A refused key asks the store again after this time at the latest: its counter may have been removed there. */
const MAX_BLOCKED: Milliseconds = 10_000;

/** The part of the rest of a window that a gate leases for later at most, so that little is lost at the end. */
const PART_OF_REST = 10;

/** A call of the store. */
interface Asked {
  readonly callers: number;
  readonly size: number;
  readonly sentAt: Milliseconds;
}

/** Counts the requests of one key in this gate, against leases of the store. */
export class LeasedCounter {
  readonly allowance: Allowance;
  readonly #key: string;
  readonly #services: CounterServices;
  readonly #callers: WaitingCallers;
  /** Requests of the present lease that are not used. */
  #left = 0;
  /** Until then they may be used. */
  #validUntil: Milliseconds = -Infinity;
  /** From then on the store has requests to lease. */
  #retryAt: Milliseconds = -Infinity;
  /** Until then the store is not asked, because it had nothing to lease. */
  #blockedUntil: Milliseconds = -Infinity;
  #windowEnd: Milliseconds = -Infinity;
  /** Requests of the window that no gate has leased. */
  #remaining: number;
  #fetchAt = 0;
  #leasedAt: Milliseconds = -Infinity;
  #size = 1;
  #isLeasing = false;

  constructor(key: string, allowance: Allowance, services: CounterServices) {
    this.#key = key;
    this.allowance = allowance;
    this.#services = services;
    this.#callers = new WaitingCallers(services.waiting);
    this.#remaining = allowance.requests;
  }

  /** The size of a lease, for `SpareLease`. */
  get leaseSize(): number {
    return this.#size;
  }

  get isLeasing(): boolean {
    return this.#isLeasing;
  }

  count(now: Milliseconds): Counted | Promise<Counted> {
    if (this.#left > 0 && now < this.#validUntil) {
      this.#left -= 1;
      if (this.#left < this.#fetchAt && !this.#isLeasing) void this.fetch();
      return this.#admitted(now);
    }
    if (now < this.#blockedUntil) return this.#refused(now);
    const waiting = this.#callers.join();
    if (!this.#isLeasing) void this.fetch();
    return waiting;
  }

  /** Takes a lease for all callers that wait, and for later. Never rejects; resolves to false if the store failed. */
  async fetch(): Promise<boolean> {
    this.#isLeasing = true;
    this.#fetchAt = 0;
    try {
      await Promise.resolve(); // callers of the same tick join
      await this.#leaseForAll();
      return true;
    } catch (error) {
      this.#callers.rejectAll(error);
      return false;
    } finally {
      this.#isLeasing = false;
    }
  }

  async #leaseForAll(): Promise<void> {
    do {
      const sentAt = this.#services.now();
      const callers = this.#callers.number;
      const size = this.#sizeAt(sentAt);
      const extra = Math.max(0, this.#withinRest(size, sentAt) - callers - this.#left);
      if (callers + extra === 0) return;
      const lease = await this.#services.store.lease(this.#key, this.allowance, { callers, extra });
      this.#take(lease, { callers, size, sentAt });
    } while (this.#callers.number > 0);
  }

  /** Returns the size of the lease after the present one, which is dropped if it has ended. */
  #sizeAt(now: Milliseconds): number {
    const unused = now < this.#validUntil ? 0 : this.#left;
    this.#left -= unused;
    const size = nextSize({ size: this.#size, unused, lasted: now - this.#leasedAt });
    return Math.min(size, maxLease(this.allowance));
  }

  /** Limits a lease to a part of the rest of the window, so that little is lost at its end. */
  #withinRest(size: number, now: Milliseconds): number {
    return now < this.#windowEnd ? Math.min(size, Math.max(1, Math.floor(this.#remaining / PART_OF_REST))) : size;
  }

  #take(lease: Lease, asked: Asked): void {
    const { callers } = asked;
    const receivedAt = this.#services.now();
    this.#keep(lease, asked, receivedAt);
    this.#callers.serve(Math.min(callers, lease.granted), () => this.#admitted(receivedAt));
    const others = receivedAt < this.#validUntil ? Math.min(this.#callers.number, this.#left) : 0;
    this.#callers.serve(others, () => {
      this.#left -= 1;
      return this.#admitted(receivedAt);
    });
    if (lease.retryAfter > 0 || lease.granted < callers)
      this.#callers.serve(this.#callers.number, () => this.#refused(receivedAt));
  }

  #keep(lease: Lease, { callers, size, sentAt }: Asked, receivedAt: Milliseconds): void {
    // What is left of a lease that is valid now belongs to the same window as this one, which was taken before now.
    const left = receivedAt < this.#validUntil ? this.#left : 0;
    const extra = Math.max(0, lease.granted - callers);
    this.#left = left + extra;
    if (extra > 0 || left === 0) this.#validUntil = sentAt + lease.validFor * (1 - CLOCK_DRIFT);
    this.#fetchAt = this.#left >= MIN_TO_FETCH && lease.retryAfter === 0 ? Math.ceil(this.#left / FETCH_AT) : 0;
    this.#leasedAt = receivedAt;
    this.#size = size;
    this.#remaining = lease.remaining;
    this.#windowEnd = sentAt + lease.resetAfter;
    this.#retryAt = sentAt + lease.retryAfter;
    this.#blockedUntil = Math.min(this.#retryAt, sentAt + MAX_BLOCKED);
  }

  #admitted(now: Milliseconds): Counted {
    return admit(this.#remaining + this.#left, this.#windowEnd - now);
  }

  #refused(now: Milliseconds): Counted {
    return refuse(this.#remaining, this.#windowEnd - now, this.#retryAt - now);
  }
}
