import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { proveWritable } from './scripts';

const BETWEEN_WRITES_MS = 1_000;
const KEY_LIFETIME_MS = 10_000;

/**
 * Says whether Redis can take new tokens. A Redis that is full, has become a replica or denies scripts answers PING all
 * the same, so a small write is tried as well.
 */
export class WriteCheck {
  readonly #redis: RedisConnection;
  readonly #key: string;
  #write: Promise<unknown> | undefined;
  #writtenAt: Milliseconds = -Infinity;

  constructor(redis: RedisConnection, key: string) {
    this.#redis = redis;
    this.#key = key;
  }

  /**
   * Asks whether Redis answers each time, and writes once a second at the most: callers in between share the last outcome.
   * @throws StoreUnavailableError
   */
  async check(): Promise<void> {
    await this.#redis.ping(); // first, so that a Redis that is away costs no write, and is found to be back immediately
    const now = performance.now();
    if (this.#write === undefined || now >= this.#writtenAt + BETWEEN_WRITES_MS) {
      this.#writtenAt = now;
      this.#write = this.#redis.run(proveWritable, [this.#key], [KEY_LIFETIME_MS]);
    }
    await this.#write;
    const { refusedWrite } = this.#redis;
    // A request has found out since what the next write will.
    if (refusedWrite !== undefined && refusedWrite.at > this.#writtenAt) {
      throw new StoreUnavailableError(refusedWrite.reason);
    }
  }
}
