import type { Milliseconds, MonotonicClock } from '../protocol/time';
import type { Allowance } from './allowance';
import { LeaseSize } from './lease-size';
import { LocalLease } from './local-lease';
import type { QuotaStore } from './quota-store';
import type { Counted } from './quotas';
import { WaitingCallers, type WaitingTotal } from './waiting-callers';

/** Services that the counters of a gate share. */
export interface CounterServices {
  readonly store: QuotaStore;
  readonly now: MonotonicClock;
  readonly waiting: WaitingTotal;
}

/** Counts the requests of one key in this gate, against leases of the store. */
export class LeasedCounter {
  readonly allowance: Allowance;
  readonly #key: string;
  readonly #services: CounterServices;
  readonly #callers: WaitingCallers;
  readonly #lease: LocalLease;
  readonly #size: LeaseSize;
  /** Requests that could be admitted when the store was asked last. */
  #available = 0;
  #isFetching = false;

  constructor(key: string, allowance: Allowance, services: CounterServices) {
    this.#key = key;
    this.allowance = allowance;
    this.#services = services;
    this.#callers = new WaitingCallers(services.waiting);
    this.#lease = new LocalLease(allowance);
    this.#size = new LeaseSize(allowance);
  }

  /** The size of the last lease. */
  get leaseSize(): number {
    return this.#size.present;
  }

  get isFetching(): boolean {
    return this.#isFetching;
  }

  count(now: Milliseconds): Counted | Promise<Counted> {
    if (this.#lease.use(now)) {
      if (!this.#isFetching && this.#lease.needsNext()) void this.fetch();
      return this.#lease.admitted(now);
    }
    if (this.#lease.isBlocked(now)) return this.#lease.refused(now);
    const waiting = this.#callers.join();
    if (!this.#isFetching) void this.fetch();
    return waiting;
  }

  /** Returns the number of requests that are leased and not used. */
  leased(now: Milliseconds): number {
    return this.#lease.left(now);
  }

  /** Returns the refusal of `count` if the store need not be asked for it. */
  peekRefusal(now: Milliseconds): Counted | undefined {
    return this.#lease.left(now) === 0 && this.#lease.isBlocked(now) ? this.#lease.refused(now) : undefined;
  }

  /** Takes leases for all callers that wait, and for later. Never rejects; resolves to false if the store failed. */
  async fetch(): Promise<boolean> {
    this.#isFetching = true;
    try {
      await Promise.resolve(); // callers of the same tick join
      do await this.#fetchOne();
      while (this.#callers.number > 0);
      return true;
    } catch (error) {
      this.#callers.rejectAll(error);
      return false;
    } finally {
      this.#isFetching = false; // in the same tick as the check for callers: one that comes later fetches again
    }
  }

  async #fetchOne(): Promise<void> {
    const { store, now } = this.#services;
    const sentAt = now();
    const callers = this.#callers.number;
    const size = this.#size.next(this.#available - this.#lease.unused, sentAt);
    const extra = Math.max(0, this.#lease.limit(size, sentAt) - callers - this.#lease.left(sentAt));
    if (callers + extra === 0) return;
    const lease = await store.lease(this.#key, this.allowance, { callers, extra });
    const receivedAt = now();
    this.#available = this.#lease.left(receivedAt) + lease.granted;
    this.#size.taken(size, receivedAt);
    this.#lease.add(lease, Math.max(0, lease.granted - callers), { sentAt, receivedAt });
    this.#serve(callers, Math.min(callers, lease.granted), receivedAt);
  }

  /** Serves the callers that wait: those for which the store was asked, and then those that have come since. */
  #serve(asked: number, granted: number, now: Milliseconds): void {
    this.#callers.serve(granted, () => this.#lease.admitted(now));
    this.#callers.serve(asked - granted, () => this.#lease.refused(now));
    this.#callers.serve(this.#lease.left(now), () => {
      this.#lease.use(now);
      return this.#lease.admitted(now);
    });
    if (this.#lease.isBlocked(now)) this.#callers.serve(this.#callers.number, () => this.#lease.refused(now));
  }
}
