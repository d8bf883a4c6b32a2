import { StoreUnavailableError } from '../../protocol/errors';
import type { TickWrites } from './tick-writes';

/** A read of one key, for all that requested it in one tick. */
export interface SharedRead<T> {
  readonly result: Promise<T>;
  readonly send: () => void;
  callers: number;
  hasEnded: boolean;
}

/**
 * Reads each key once per tick, however often it is requested. Every key has a command of its own, because no command
 * of a Cluster can read keys of several slots. So a node that fails or hangs delays only the reads of its own keys.
 */
export class SharedReads<T> {
  readonly #writes: TickWrites;
  readonly #read: (key: string) => Promise<T>;
  readonly #maxInFlight: number;
  #requested = new Map<string, SharedRead<T>>();
  #inFlight = 0;

  /** @param maxInFlight maximum number of calls that wait for a reply; more are refused immediately */
  constructor(writes: TickWrites, read: (key: string) => Promise<T>, maxInFlight: number) {
    this.#writes = writes;
    this.#read = read;
    this.#maxInFlight = maxInFlight;
  }

  get(key: string): Promise<T> {
    return this.#isFull ? this.#refuse() : this.wait(this.begin(key));
  }

  /** Begins a read whose value may not be needed. */
  begin(key: string): SharedRead<T> {
    return this.#requested.get(key) ?? this.#request(key);
  }

  wait(read: SharedRead<T>): Promise<T> {
    if (read.hasEnded) return read.result;
    if (this.#isFull) return this.#refuse();
    this.#inFlight += 1;
    read.callers += 1;
    return read.result;
  }

  /** The connection counts commands, and many callers may wait for one command here. */
  get #isFull(): boolean {
    return this.#inFlight >= this.#maxInFlight;
  }

  #refuse(): Promise<never> {
    return Promise.reject(new StoreUnavailableError('overloaded'));
  }

  #request(key: string): SharedRead<T> {
    // A read is sent at the end of its tick, so that its value is not older than the call of any caller.
    if (this.#requested.size === 0) this.#writes.sendLast(() => this.#send());
    let send = (): void => undefined;
    const result = new Promise<T>((resolve, reject) => {
      send = () =>
        void this.#read(key)
          .then(resolve, reject)
          .then(() => this.#end(shared));
    });
    result.catch(() => undefined); // perhaps no caller needs it
    const shared: SharedRead<T> = { result, send, callers: 0, hasEnded: false };
    this.#requested.set(key, shared);
    return shared;
  }

  #send(): void {
    const requested = this.#requested;
    this.#requested = new Map();
    for (const { send } of requested.values()) send();
  }

  #end(read: SharedRead<T>): void {
    this.#inFlight -= read.callers;
    read.hasEnded = true;
  }
}
