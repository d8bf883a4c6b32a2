import { digestOf, randomText } from '../protocol/secrets';
import type { Clock, Seconds } from '../protocol/time';
import type { Transaction, TransactionStore } from './transaction-store';

/** How long an authorization request may wait for the sign-in and the consent. */
export const TRANSACTION_LIFETIME: Seconds = 600;

const ID_SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** Generates the id of an authorization request that waits: 256 random bits. */
export const mintTransactionId = (): string => randomText(32);

/** Authorization requests that wait for a sign-in or for consent, each bound to the browser that sent it. */
export class Transactions {
  readonly #store: TransactionStore;
  readonly #clock: Clock;

  constructor(store: TransactionStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Stores an authorization request under an id of `mintTransactionId`, of which the store gets the digest. */
  async begin(id: string, query: string, browserId: string): Promise<void> {
    const startedAt = this.#clock();
    const expiresAt = startedAt + TRANSACTION_LIFETIME;
    await this.#store.save(digestOf(id), { browser: digestOf(browserId), query, startedAt, expiresAt });
  }

  /** Returns the request, if this browser has sent it. */
  async find(id: string, browserId: string): Promise<Transaction | undefined> {
    const transaction = ID_SHAPE.test(id) ? await this.#store.find(digestOf(id)) : undefined;
    return transaction?.browser === digestOf(browserId) ? transaction : undefined;
  }

  /** Ends the request, so that it gets one response. @returns false if it has already ended */
  async end(id: string): Promise<boolean> {
    return ID_SHAPE.test(id) && (await this.#store.take(digestOf(id))) !== undefined;
  }
}
