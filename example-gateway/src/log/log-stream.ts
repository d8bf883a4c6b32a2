import type { Writable } from 'node:stream';

/** Bytes that wait for a reader. */
const MAX_WAITING = 1_048_576;

/**
 * Writes log lines to a stream without ever waiting for its reader: what does not fit is dropped and counted. A reader
 * that has left is no error either.
 */
export class LogStream {
  readonly #target: Writable;
  readonly #maxWaiting: number;
  #dropped = 0;
  #isBroken = false;

  /** @param maxWaiting bytes, 1048576 by default */
  constructor(target: Writable, maxWaiting = MAX_WAITING) {
    this.#target = target;
    this.#maxWaiting = maxWaiting;
    target.on('error', () => {
      this.#isBroken = true;
    });
  }

  write(line: string): void {
    if (this.#isBroken) return;
    if (this.#target.writableLength + line.length > this.#maxWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#target.write(line);
  }

  /** Calls back with the number of lines that were dropped, once the reader has taken what waited. */
  onResume(listener: (dropped: number) => void): void {
    this.#target.on('drain', () => {
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (dropped > 0) listener(dropped);
    });
  }

  /** Resolves when all lines are written, or at the deadline, in milliseconds. */
  flush(deadline: number): Promise<void> {
    if (this.#isBroken || this.#target.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deadline);
      this.#target.write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
