import { StoreUnavailableError } from '../../protocol/errors';
import { membersOf, MAX_IN_FLIGHT, type RedisConnection } from './connection';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

// A long MGET would hold up everybody else's commands.
const MAX_KEYS_PER_READ = 64;

/**
 * Reads all keys that are asked for in a tick by one command: what the driver and Redis do for a command costs four times
 * what they do for a key. Only where all keys are on one server, and for strings alone: among several keys, one that holds
 * something else reads as absent.
 */
export class TickReads {
  readonly #redis: RedisConnection;
  #keys: string[] = [];
  #waiting: Waiting[] = [];
  #inFlight = 0;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** The value of a key, anything but a text where there is none. */
  get(key: string): Promise<unknown> {
    // The connection counts commands, and one of these has many who wait for it.
    if (this.#inFlight >= MAX_IN_FLIGHT) return Promise.reject(new StoreUnavailableError('overloaded'));
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      if (this.#keys.length === 0) this.#redis.atLast(() => this.#send());
      this.#keys.push(key);
      this.#waiting.push({ resolve, reject });
      if (this.#keys.length === MAX_KEYS_PER_READ) this.#send();
    });
  }

  #send(): void {
    const [keys, waiting] = [this.#keys, this.#waiting];
    if (keys.length === 0) return; // they were enough to go before the tick was over
    this.#keys = [];
    this.#waiting = [];
    const refuse = (error: unknown): void => {
      this.#inFlight -= keys.length;
      for (const { reject } of waiting) reject(error);
    };
    const answer = (values: readonly unknown[]): void => {
      this.#inFlight -= keys.length;
      waiting.forEach(({ resolve }, index) => resolve(values[index]));
    };
    const [only = '', ...others] = keys;
    if (others.length === 0) this.#redis.command('get', only).then((value) => answer([value]), refuse);
    else this.#redis.command('mget', ...keys).then((values) => answer(membersOf(values)), refuse);
  }
}
