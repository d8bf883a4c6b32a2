import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest } from '../../protocol/secrets';
import type { Clock } from '../../protocol/time';
import type { Transaction, TransactionStore } from '../../sessions/transaction-store';

const MAX_TRANSACTIONS = 10_000;

/** Authorization requests in the memory of this process. */
export class MemoryTransactionStore implements TransactionStore {
  readonly #held = new Map<Digest, Transaction>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async save(digest: Digest, transaction: Transaction): Promise<void> {
    if (this.#held.size >= MAX_TRANSACTIONS) this.#sweep();
    if (this.#held.size >= MAX_TRANSACTIONS) throw new StoreUnavailableError('full');
    this.#held.set(digest, transaction);
  }

  async find(digest: Digest): Promise<Transaction | undefined> {
    const transaction = this.#held.get(digest);
    return transaction !== undefined && transaction.expiresAt > this.#clock() ? transaction : undefined;
  }

  async take(digest: Digest): Promise<Transaction | undefined> {
    const transaction = await this.find(digest);
    this.#held.delete(digest);
    return transaction;
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [digest, { expiresAt }] of this.#held) if (expiresAt <= now) this.#held.delete(digest);
  }
}
