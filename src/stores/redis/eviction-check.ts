import type { Logger } from '../../events/logger';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { readEviction, worstOf, type Eviction } from './eviction-policy';
import { primariesOf } from './own-connection';

const READ_EVERY_MS: Milliseconds = 60_000;

/** Number of readings after which an error that is still there is logged again. */
const READINGS_BETWEEN_LINES = 10;

export interface EvictionSettings {
  /** True if the operator accepts that Redis evicts live keys. */
  readonly redisMayEvict: boolean;
  readonly logger: Logger;
}

/**
 * Checks whether Redis may evict live keys. Reads the policy of every primary when a connection becomes ready, which a
 * failover or restart of Redis causes as well, and once a minute, because it can be changed at run time.
 */
export class EvictionCheck {
  readonly #redis: RedisConnection;
  readonly #isAccepted: boolean;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #reading: Promise<void> | undefined;
  /** The last result. Kept while Redis cannot be read: it is away then, or will be read again in a minute. */
  #eviction: Eviction | undefined;
  #readingsSinceLine = 0;

  constructor(redis: RedisConnection, { redisMayEvict, logger }: EvictionSettings) {
    this.#redis = redis;
    this.#isAccepted = redisMayEvict;
    this.#logger = logger;
    redis.client.on('ready', () => this.#begin());
    this.#timer = setInterval(() => this.#begin(), READ_EVERY_MS).unref();
  }

  /** True if a primary may evict keys; `undefined` if that is not known. */
  get mayEvict(): boolean | undefined {
    if (this.#eviction === undefined || this.#eviction.state === 'hidden') return undefined;
    return this.#eviction.state === 'evicting';
  }

  /**
   * Waits for the first reading, and sends no command.
   * @throws StoreUnavailableError `evicting`, unless the operator accepts that. A policy that is not known is accepted.
   */
  async check(): Promise<void> {
    if (this.#eviction === undefined) await this.#reading;
    if (this.mayEvict === true && !this.#isAccepted) throw new StoreUnavailableError('evicting');
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Starts a reading, unless one is in progress. Called by a timer and a listener, so it never throws. */
  #begin(): void {
    this.#reading ??= this.#read()
      .catch(() => undefined) // a client that was passed in may throw anything
      .finally(() => {
        this.#reading = undefined;
      });
  }

  async #read(): Promise<void> {
    const readings = primariesOf(this.#redis.client).map((server) =>
      this.#redis.withDeadline(() => readEviction(server)).catch(() => undefined),
    );
    const found = worstOf(await Promise.all(readings));
    if (found === undefined) return;
    const before = this.#eviction;
    this.#eviction = found;
    if (!this.#isAccepted) this.#report(found, before);
  }

  /** Logs a result that is new, and an error again at intervals. */
  #report(found: Eviction, before: Eviction | undefined): void {
    const isNew = found.state !== before?.state;
    this.#readingsSinceLine = isNew ? 0 : this.#readingsSinceLine + 1;
    if (found.state === 'evicting' && this.#readingsSinceLine % READINGS_BETWEEN_LINES === 0) {
      this.#logger.error(
        { store: 'redis', policy: found.policy },
        'Redis may evict live keys, so the gate is not ready: set maxmemory-policy to noeviction, or accept the losses with the option redisMayEvict',
      );
    }
    if (!isNew) return;
    if (before?.state === 'evicting') this.#logger.info({ store: 'redis' }, 'Redis no longer evicts live keys');
    if (found.state === 'unlimited') {
      this.#logger.warn(
        { store: 'redis', policy: found.policy },
        'Redis will evict live keys as soon as it has a maxmemory limit: set maxmemory-policy to noeviction',
      );
    }
    if (found.state === 'hidden') {
      this.#logger.warn(
        { store: 'redis', reason: found.reason },
        'Redis does not show its maxmemory-policy: make sure that it is noeviction, and permit INFO to have it checked',
      );
    }
  }
}
