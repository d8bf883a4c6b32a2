import { StoreUnavailableError } from '../../protocol/errors';
import type { TickWrites } from './tick-writes';

/** Reads several keys with one command, and returns what each has, in the same order. */
type ReadAll<T> = (keys: readonly string[]) => Promise<readonly T[]>;

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

// A long command would delay the commands of all other clients.
const MAX_KEYS_PER_READ = 64;

/**
 * Reads all keys requested in one tick with one command: to the driver and Redis, a command costs four times as much as
 * a key.
 */
export class TickReads<T> {
  readonly #writes: TickWrites;
  readonly #readAll: ReadAll<T>;
  readonly #maxInFlight: number;
  #keys: string[] = [];
  #waiting: Waiting<T>[] = [];
  #inFlight = 0;

  /** @param maxInFlight maximum number of reads that wait for a reply; more are refused immediately */
  constructor(writes: TickWrites, readAll: ReadAll<T>, maxInFlight: number) {
    this.#writes = writes;
    this.#readAll = readAll;
    this.#maxInFlight = maxInFlight;
  }

  get(key: string): Promise<T> {
    // The connection counts commands, and many callers may wait for one command here.
    if (this.#inFlight >= this.#maxInFlight) return Promise.reject(new StoreUnavailableError('overloaded'));
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      if (this.#keys.length === 0) this.#writes.sendLast(() => this.#send());
      this.#keys.push(key);
      this.#waiting.push({ resolve, reject });
      if (this.#keys.length === MAX_KEYS_PER_READ) this.#send();
    });
  }

  #send(): void {
    const [keys, waiting] = [this.#keys, this.#waiting];
    if (keys.length === 0) return; // already sent, at the maximum number of keys
    this.#keys = [];
    this.#waiting = [];
    this.#readAll(keys).then(
      (values) => {
        this.#inFlight -= keys.length;
        waiting.forEach(({ resolve }, index) => resolve(values[index] as T));
      },
      (error: unknown) => {
        this.#inFlight -= keys.length;
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}
