import type { Fields } from '../../protocol/checks';
import { isDigest, type Digest } from '../../protocol/secrets';
import { millisecondsUntil, type Clock } from '../../protocol/time';
import type { Transaction, TransactionStore } from '../../sessions/transaction-store';
import type { RedisConnection } from './connection';
import { parseJson } from './json';
import type { Keys } from './keys';
import { takeString } from './scripts';

/** Reads a transaction that `save` has written; `undefined` for any other value. */
const transactionOf = (value: unknown): Transaction | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { browser, query, startedAt, expiresAt } = value as Fields;
  if (typeof browser !== 'string' || !isDigest(browser) || typeof query !== 'string') return undefined;
  if (typeof startedAt !== 'number' || typeof expiresAt !== 'number') return undefined;
  return { browser, query, startedAt, expiresAt };
};

/** Authorization requests in Redis, each a string that expires with the request. */
export class RedisTransactionStore implements TransactionStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  async save(digest: Digest, transaction: Transaction): Promise<void> {
    const ttl = millisecondsUntil(transaction.expiresAt, this.#clock());
    if (ttl <= 0) return;
    await this.#redis.command('set', this.#keys.transaction(digest), JSON.stringify(transaction), 'PX', ttl);
  }

  async find(digest: Digest): Promise<Transaction | undefined> {
    return this.#read(await this.#redis.command('get', this.#keys.transaction(digest)));
  }

  async take(digest: Digest): Promise<Transaction | undefined> {
    return this.#read(await this.#redis.run(takeString, [this.#keys.transaction(digest)], []));
  }

  #read(text: unknown): Transaction | undefined {
    if (typeof text !== 'string') return undefined;
    const transaction = transactionOf(parseJson(text));
    if (transaction === undefined) this.#redis.logForeignValue();
    return transaction !== undefined && transaction.expiresAt > this.#clock() ? transaction : undefined;
  }
}
