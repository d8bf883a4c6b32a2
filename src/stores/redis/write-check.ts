import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { proveWritable } from './scripts';

const WRITE_EVERY_MS = 1_000;
const KEY_LIFETIME_MS = 10_000;

/**
 * Checks whether Redis can store new tokens. A Redis that is full, has become a replica or denies scripts still answers
 * PING, so a small write is attempted as well.
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
   * Sends a PING on each call, and writes at most once per second: calls in between share the last outcome.
   * @throws StoreUnavailableError
   */
  async check(): Promise<void> {
    await this.#redis.ping(); // first: a Redis that is away costs no write, and its return is detected immediately
    const now = performance.now();
    if (this.#write === undefined || now >= this.#writtenAt + WRITE_EVERY_MS) {
      this.#writtenAt = now;
      this.#write = this.#redis.run(proveWritable, [this.#key], [KEY_LIFETIME_MS]);
    }
    await this.#write;
    const { refusedWrite } = this.#redis;
    // A later command was refused a write, so the next write here would be refused as well.
    if (refusedWrite !== undefined && refusedWrite.at > this.#writtenAt) {
      throw new StoreUnavailableError(refusedWrite.reason);
    }
  }
}
