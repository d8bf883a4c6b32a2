import type { Allowance } from '../../../src/quotas/allowance';
import type { Lease, QuotaStore, Usage, Wanted } from '../../../src/quotas/quota-store';
import { StoreUnavailableError } from '../../../src/protocol/errors';
import { nextTurn } from '../time/waiting';
import { deferred } from '../time/deferred';

/** A store of which each call waits until the test lets it pass. */
export class HeldStore implements QuotaStore {
  /** The calls of `lease` so far. */
  readonly calls: Wanted[] = [];
  isAway = false;
  readonly #store: QuotaStore;
  #waiting: (() => void)[] = [];

  constructor(store: QuotaStore) {
    this.#store = store;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async lease(key: string, allowance: Allowance, wanted: Wanted): Promise<Lease> {
    this.calls.push(wanted);
    const { promise, resolve } = deferred();
    this.#waiting.push(resolve);
    await promise;
    if (this.isAway) throw new StoreUnavailableError('away');
    return this.#store.lease(key, allowance, wanted);
  }

  usage(key: string, allowance: Allowance): Promise<Usage> {
    return this.#store.usage(key, allowance);
  }

  /** Lets the calls pass that wait now, and returns when their callers have their results. */
  async pass(): Promise<void> {
    await nextTurn();
    for (const go of this.#waiting.splice(0)) go();
    await nextTurn();
  }

  /** Lets all calls pass, and those that follow from them. */
  async passAll(): Promise<void> {
    do await this.pass();
    while (this.waiting > 0);
  }
}
