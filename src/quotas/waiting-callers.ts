import { StoreUnavailableError } from '../protocol/errors';
import type { Counted } from './quotas';

/** Callers that wait for leases: of one key, and of all keys of a gate. */
const MAX_OF_KEY = 10_000;
const MAX_OF_GATE = 100_000;

interface Caller {
  readonly resolve: (counted: Counted) => void;
  readonly reject: (error: unknown) => void;
}

/** The number of callers that wait in a gate, whatever their key. */
export class WaitingTotal {
  number = 0;
}

/** The callers of one key that wait for a lease, in the order in which they came. */
export class WaitingCallers {
  readonly #total: WaitingTotal;
  #callers: Caller[] = [];

  constructor(total: WaitingTotal) {
    this.#total = total;
  }

  get number(): number {
    return this.#callers.length;
  }

  /** Waits. Rejects immediately if too many callers wait already. */
  join(): Promise<Counted> {
    if (this.#callers.length >= MAX_OF_KEY || this.#total.number >= MAX_OF_GATE) {
      return Promise.reject(new StoreUnavailableError('overloaded'));
    }
    this.#total.number += 1;
    return new Promise((resolve, reject) => {
      this.#callers.push({ resolve, reject });
    });
  }

  /** Gives each of the first callers its result. */
  serve(number: number, result: () => Counted): void {
    for (const { resolve } of this.#leave(number)) resolve(result());
  }

  rejectAll(error: unknown): void {
    for (const { reject } of this.#leave(this.#callers.length)) reject(error);
  }

  #leave(number: number): readonly Caller[] {
    const first = this.#callers.slice(0, number);
    this.#callers = this.#callers.slice(number);
    this.#total.number -= first.length;
    return first;
  }
}
