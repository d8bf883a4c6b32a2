import { StoreUnavailableError } from '../../protocol/errors';
import type { TickWrites } from './tick-writes';

/** A read of one key, for all that requested it in one tick. */
interface SharedRead<T> {
  readonly result: Promise<T>;
  readonly send: () => void;
  callers: number;
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
    // The connection counts commands, and many callers may wait for one command here.
    if (this.#inFlight >= this.#maxInFlight) return Promise.reject(new StoreUnavailableError('overloaded'));
    this.#inFlight += 1;
    const shared = this.#requested.get(key) ?? this.#request(key);
    shared.callers += 1;
    return shared.result;
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
    const shared: SharedRead<T> = { result, send, callers: 0 };
    this.#requested.set(key, shared);
    return shared;
  }

  #send(): void {
    const requested = this.#requested;
    this.#requested = new Map();
    for (const { send } of requested.values()) send();
  }

  #end({ callers }: SharedRead<T>): void {
    this.#inFlight -= callers;
  }
}
