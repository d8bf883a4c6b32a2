import type { Writable } from 'node:stream';

/** The default limit on bytes that wait for a reader. */
const MAX_WAITING = 1_048_576;

/**
 * Writes log lines to a stream without ever waiting for its reader: lines beyond the limit are dropped and counted. A
 * closed reader is not an error either. The lines of one turn of the event loop are one write, because each write is a
 * call of the operating system.
 */
export class LogStream {
  readonly #target: Writable;
  readonly #maxWaiting: number;
  #dropped = 0;
  #droppedTotal = 0;
  #isBroken = false;
  #onResume: (dropped: number) => void = () => undefined;
  /** The lines of this turn of the event loop. */
  #gathered = '';

  /** @param maxWaiting bytes, 1048576 by default */
  constructor(target: Writable, maxWaiting = MAX_WAITING) {
    this.#target = target;
    this.#maxWaiting = maxWaiting;
    target.on('error', () => {
      this.#isBroken = true;
    });
    target.on('drain', () => this.#reportDropped());
  }

  /** Number of dropped lines since the start. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  write(line: string): void {
    if (this.#isBroken) return;
    if (this.#target.writableLength + this.#gathered.length + line.length > this.#maxWaiting) {
      this.#dropped += 1;
      this.#droppedTotal += 1;
      return;
    }
    if (this.#gathered === '') setImmediate(() => this.writeGathered());
    this.#gathered += line;
  }

  /** Writes the lines of this turn now, such as before the process ends. */
  writeGathered(): void {
    const lines = this.#gathered;
    this.#gathered = '';
    if (lines === '' || this.#isBroken) return;
    if (this.#target.write(lines)) this.#reportDropped();
  }

  /** Sets what is called with the number of dropped lines once the reader has read what was buffered. */
  onResume(listener: (dropped: number) => void): void {
    this.#onResume = listener;
  }

  /** Resolves when all lines are written, or after `deadline` milliseconds. */
  flush(deadline: number): Promise<void> {
    this.writeGathered();
    if (this.#isBroken || this.#target.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deadline);
      this.#target.write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #reportDropped(): void {
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#onResume(dropped);
  }
}
