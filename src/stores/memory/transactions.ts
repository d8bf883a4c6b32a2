import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest } from '../../protocol/secrets';
import type { Clock } from '../../protocol/time';
import type { Transaction, TransactionStore } from '../../sessions/transaction-store';
import { KeysByOwner } from './keys-by-owner';

const MAX_TRANSACTIONS = 10_000;

/** Authorization requests of one browser. At this number, the oldest makes room for a new one. */
const MAX_TRANSACTIONS_OF_BROWSER = 20;

/** Authorization requests in the memory of this process. */
export class MemoryTransactionStore implements TransactionStore {
  readonly #held = new Map<Digest, Transaction>();
  readonly #ofBrowsers = new KeysByOwner<Digest>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async save(digest: Digest, transaction: Transaction): Promise<void> {
    if (transaction.expiresAt <= this.#clock()) return;
    this.#makeRoom(transaction.browser);
    this.#held.set(digest, transaction);
    this.#ofBrowsers.add(transaction.browser, digest);
  }

  async find(digest: Digest): Promise<Transaction | undefined> {
    return this.#live(digest);
  }

  async take(digest: Digest): Promise<Transaction | undefined> {
    const transaction = this.#live(digest);
    this.#delete(digest);
    return transaction;
  }

  #live(digest: Digest): Transaction | undefined {
    const transaction = this.#held.get(digest);
    return transaction !== undefined && transaction.expiresAt > this.#clock() ? transaction : undefined;
  }

  #makeRoom(browser: Digest): void {
    const oldest = this.#ofBrowsers.oldestOf(browser, MAX_TRANSACTIONS_OF_BROWSER);
    if (oldest !== undefined) this.#delete(oldest);
    if (this.#held.size >= MAX_TRANSACTIONS) this.#sweep();
    // A request that waits is never dropped for one of another browser.
    if (this.#held.size >= MAX_TRANSACTIONS) throw new StoreUnavailableError('full');
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [digest, { expiresAt }] of this.#held) if (expiresAt <= now) this.#delete(digest);
  }

  #delete(digest: Digest): void {
    const transaction = this.#held.get(digest);
    if (transaction === undefined) return;
    this.#held.delete(digest);
    this.#ofBrowsers.delete(transaction.browser, digest);
  }
}
