import { StoreUnavailableError } from '../../../src/protocol/errors';
import type { Allowance } from '../../../src/quotas/allowance';
import { heldTime } from '../../../src/quotas/counter';
import { LeasedQuotas } from '../../../src/quotas/leased-quotas';
import type { Lease, QuotaStore } from '../../../src/quotas/quota-store';
import type { Counted } from '../../../src/quotas/quotas';
import { MemoryQuotaStore } from '../../../src/stores/memory/quotas';
import { deferred } from '../time/deferred';
import { nextTurn } from '../time/waiting';

/** A request that was counted: it was admitted or refused at an instant in this interval. */
export interface CountedRequest {
  readonly from: number;
  readonly until: number;
  readonly outcome: 'admitted' | 'refused' | 'unavailable';
}

/** A window of the store. */
export interface Window {
  readonly start: number;
  readonly end: number;
  granted: number;
}

/** The step of a clock against the true time, for the gate with this number: at most half a thousandth. */
const driftOf = (gate: number): number => 1 + (((gate * 7) % 11) - 5) / 10_000;

/** Gates over one store. Every call and every reply waits until it is moved on, and time passes only by `wait`. */
export class QuotaWorld {
  readonly requests: CountedRequest[] = [];
  readonly windows = new Map<number, Window>();
  time = 1_000_000;
  /** The step of the store's clock against the true time. */
  storeAhead = 0;
  isAway = false;
  granted = 0;
  readonly #allowance: Allowance;
  readonly #counters = new MemoryQuotaStore(() => this.time + this.storeAhead);
  readonly #gates: readonly LeasedQuotas[];
  #waiting: (() => void)[] = [];

  constructor(allowance: Allowance, gates: number) {
    this.#allowance = allowance;
    const store: QuotaStore = {
      lease: (key, of, wanted) => this.#call(() => this.#counters.lease(key, of, wanted)),
      usage: (key, of) => this.#counters.usage(key, of),
    };
    this.#gates = Array.from(
      { length: gates },
      (_, gate) => new LeasedQuotas({ store, now: () => gate * 12_345 + this.time * driftOf(gate) }),
    );
  }

  /** Lets a request arrive at a gate. Returns true if it waits for the store. */
  arrive(gate: number, kind: 'guarded' | 'public' = 'guarded'): boolean {
    const quotas = this.#gates[gate % this.#gates.length];
    if (quotas === undefined) throw new Error('there is no gate');
    const from = this.time;
    const counted = kind === 'guarded' ? quotas.count('a', this.#allowance) : quotas.countPublic('a', this.#allowance);
    if (!(counted instanceof Promise)) {
      this.#record(from, counted);
      return false;
    }
    counted.then(
      (result) => this.#record(from, result),
      () => this.requests.push({ from, until: this.time, outcome: 'unavailable' }),
    );
    return true;
  }

  /** Moves one of the calls and replies that wait. */
  async move(index: number): Promise<void> {
    const [go] = this.#waiting.splice(index % Math.max(1, this.#waiting.length), 1);
    go?.();
    await nextTurn();
  }

  wait(milliseconds: number): void {
    this.time += milliseconds;
  }

  /** Waits for a number of thousandths of a window. */
  waitShare(share: number): void {
    this.time += share * this.#allowance.per;
  }

  /** Waits for a number of thousandths of the time for which a burst leases requests for later. */
  waitHeld(share: number): void {
    this.time += Math.floor((share * heldTime(this.#allowance)) / 1000);
  }

  /** Waits until some time before or after the end of the last window that has begun. */
  waitToEnd(milliseconds: number): void {
    this.time = Math.max(this.time, Math.max(0, ...this.windows.keys()) + milliseconds);
  }

  /** Moves everything on until nothing waits. */
  async end(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) await this.move(0);
  }

  admitted(from = -Infinity, until = Infinity): number {
    return this.requests.filter((one) => one.outcome === 'admitted' && one.from >= from && one.until < until).length;
  }

  #record(from: number, { isAdmitted }: Counted): void {
    this.requests.push({ from, until: this.time, outcome: isAdmitted ? 'admitted' : 'refused' });
  }

  async #call(lease: () => Promise<Lease>): Promise<Lease> {
    await this.#moved();
    if (this.isAway) throw new StoreUnavailableError('away');
    const leased = await lease();
    this.granted += leased.granted;
    const end = this.time + leased.resetAfter;
    const window = this.windows.get(end) ?? { start: end - this.#allowance.per * 1000, end, granted: 0 };
    window.granted += leased.granted;
    this.windows.set(end, window);
    await this.#moved();
    if (this.isAway) throw new StoreUnavailableError('away');
    return leased;
  }

  #moved(): Promise<void> {
    const { promise, resolve } = deferred();
    this.#waiting.push(resolve);
    return promise;
  }
}
