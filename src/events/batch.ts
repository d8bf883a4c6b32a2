import type { Milliseconds } from '../protocol/time';

/** A collection of entries that are waiting to be written. It limits its own size. */
export interface Pending {
  readonly size: number;
}

export interface BatchOptions<P extends Pending> {
  /** Time between two writes of pending entries. */
  readonly interval: Milliseconds;
  /** Creates an empty collection of pending entries. */
  readonly begin: () => P;
  /** Writes entries to a store. */
  readonly write: (entries: P) => Promise<void>;
  /** Logs a failed write, which is not retried. Must not throw. */
  readonly onFailed: (thrown: unknown) => void;
}

/** Maximum time to wait for the store when a batch is closed. */
export const CLOSE_DEADLINE_MS: Milliseconds = 2_000;

/**
 * Collects entries and writes them to a store at an interval, so that no request waits for the store. One write runs at
 * a time.
 */
export class Batch<P extends Pending> {
  readonly #options: BatchOptions<P>;
  readonly #timer: NodeJS.Timeout;
  #pending: P;
  #beingWritten: P | undefined;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: BatchOptions<P>) {
    this.#options = options;
    this.#pending = options.begin();
    this.#timer = setInterval(() => void this.flush(), options.interval).unref();
  }

  /** Changes the pending entries. Does nothing once the batch is closed. */
  change(act: (pending: P) => void): void {
    if (this.#closing === undefined) act(this.#pending);
  }

  /** Searches entries that may not be in the store yet: pending ones first, then those being written. */
  peek<T>(search: (entries: P) => T | undefined): T | undefined {
    return search(this.#pending) ?? (this.#beingWritten && search(this.#beingWritten));
  }

  /** Resolves when everything that was pending before this call has been written or dropped. Never rejects. */
  flush(): Promise<void> {
    if (this.#current === undefined) return this.#start();
    // The running write covers only what was pending when it began, so later entries need the next one.
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  /** Stops the timer and writes what is pending. Resolves when done, or after `CLOSE_DEADLINE_MS`. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_DEADLINE_MS);
    });
    await Promise.race([this.flush(), deadline]);
    clearTimeout(timer);
  }

  async #start(): Promise<void> {
    if (this.#pending.size === 0) return;
    const current = this.#writePending();
    this.#current = current;
    await current;
    this.#current = undefined;
  }

  async #writePending(): Promise<void> {
    const entries = this.#pending;
    this.#pending = this.#options.begin();
    this.#beingWritten = entries;
    try {
      await this.#options.write(entries);
    } catch (thrown) {
      this.#options.onFailed(thrown);
    }
    this.#beingWritten = undefined;
  }
}
