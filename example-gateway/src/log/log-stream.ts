import type { Writable } from 'node:stream';

/** The default limit on bytes that wait for a reader. */
const MAX_WAITING = 1_048_576;

/**
 * Writes log lines to a stream without ever waiting for its reader: lines beyond the limit are dropped and counted. A
 * closed reader is not an error either.
 */
export class LogStream {
  readonly #target: Writable;
  readonly #maxWaiting: number;
  #dropped = 0;
  #droppedTotal = 0;
  #isBroken = false;

  /** @param maxWaiting bytes, 1048576 by default */
  constructor(target: Writable, maxWaiting = MAX_WAITING) {
    this.#target = target;
    this.#maxWaiting = maxWaiting;
    target.on('error', () => {
      this.#isBroken = true;
    });
  }

  /** Number of dropped lines since the start. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  write(line: string): void {
    if (this.#isBroken) return;
    if (this.#target.writableLength + line.length > this.#maxWaiting) {
      this.#dropped += 1;
      this.#droppedTotal += 1;
      return;
    }
    this.#target.write(line);
  }

  /** Calls back with the number of dropped lines once the reader has read what was buffered. */
  onResume(listener: (dropped: number) => void): void {
    this.#target.on('drain', () => {
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (dropped > 0) listener(dropped);
    });
  }

  /** Resolves when all lines are written, or after `deadline` milliseconds. */
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
