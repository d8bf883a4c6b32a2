import { StoreUnavailableError } from '../../protocol/errors';
import { membersOf } from './replies';
import type { TickWrites } from './tick-writes';

type SendCommand = (name: string, ...args: readonly string[]) => Promise<unknown>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

// A long MGET would delay the commands of all other clients.
const MAX_KEYS_PER_READ = 64;

/**
 * Reads all keys requested in one tick with one command: to the driver and Redis, a command costs four times as much as
 * a key. Only for keys on one server, and only for strings: among several keys, one of another type reads as absent.
 */
export class TickReads {
  readonly #writes: TickWrites;
  readonly #command: SendCommand;
  readonly #maxInFlight: number;
  #keys: string[] = [];
  #waiting: Waiting[] = [];
  #inFlight = 0;

  /** @param maxInFlight maximum number of reads that wait for a reply; more are refused immediately */
  constructor(writes: TickWrites, command: SendCommand, maxInFlight: number) {
    this.#writes = writes;
    this.#command = command;
    this.#maxInFlight = maxInFlight;
  }

  /** Returns the value of a key; anything but a string if there is none. */
  get(key: string): Promise<unknown> {
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
    const rejectAll = (error: unknown): void => {
      this.#inFlight -= keys.length;
      for (const { reject } of waiting) reject(error);
    };
    const resolveAll = (values: readonly unknown[]): void => {
      this.#inFlight -= keys.length;
      waiting.forEach(({ resolve }, index) => resolve(values[index]));
    };
    const [only = '', ...others] = keys;
    if (others.length === 0) this.#command('get', only).then((value) => resolveAll([value]), rejectAll);
    else this.#command('mget', ...keys).then((values) => resolveAll(membersOf(values)), rejectAll);
  }
}
