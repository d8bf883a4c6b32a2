import type { WatchedToken } from './watched-tokens';

/** Reads that may be in flight together. The store sends those of one tick together. */
const MAX_READS = 500;

/** Reads watched tokens from the store, a bounded number of them concurrently, each at most once at a time. */
export class FreshReads {
  readonly #read: (token: WatchedToken) => Promise<void>;
  readonly #urgent = new Set<WatchedToken>();
  readonly #waiting = new Set<WatchedToken>();
  readonly #inFlight = new Set<WatchedToken>();

  /** @param read never rejects */
  constructor(read: (token: WatchedToken) => Promise<void>) {
    this.#read = read;
  }

  /** Reads a token before those that only wait for their turn. If a read of it is in flight, it is read again. */
  addUrgent(token: WatchedToken): void {
    this.#waiting.delete(token);
    this.#urgent.add(token);
    this.#startMore();
  }

  /** Reads a token, unless it waits already or a read of it is in flight. */
  add(token: WatchedToken): void {
    if (this.#urgent.has(token) || this.#inFlight.has(token)) return;
    this.#waiting.add(token);
    this.#startMore();
  }

  delete(token: WatchedToken): void {
    this.#urgent.delete(token);
    this.#waiting.delete(token);
  }

  #startMore(): void {
    this.#startFrom(this.#urgent);
    this.#startFrom(this.#waiting);
  }

  #startFrom(tokens: Set<WatchedToken>): void {
    for (const token of tokens) {
      if (this.#inFlight.size >= MAX_READS) return;
      if (this.#inFlight.has(token)) continue; // it is started when that read has ended
      tokens.delete(token);
      this.#inFlight.add(token);
      void this.#read(token).finally(() => {
        this.#inFlight.delete(token);
        this.#startMore();
      });
    }
  }
}
