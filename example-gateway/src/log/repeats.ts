import type { Logger } from 'pino';

type Fields = Readonly<Record<string, string | number | boolean>>;

interface Repeated {
  /** Lines suppressed in this interval. */
  count: number;
  readonly summarize: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Logs a repeated line once per interval: the first is written immediately, and at the end of the interval one more
 * with the same fields and the number of suppressed lines as `repeated`. There is one entry per combination of fields,
 * so their values must come from short lists.
 */
export class Repeats {
  readonly #logger: Logger;
  readonly #interval: number;
  readonly #entries = new Map<string, Repeated>();

  /** @param interval milliseconds */
  constructor(logger: Logger, interval: number) {
    this.#logger = logger;
    this.#interval = interval;
  }

  write(level: 'info' | 'warn' | 'error', fields: Fields, message: string): void {
    const key = `${level} ${message} ${JSON.stringify(fields)}`;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    this.#logger[level](fields, message);
    const repeated: Repeated = {
      count: 0,
      summarize: () => {
        if (repeated.count === 0) return;
        this.#logger[level]({ ...fields, repeated: repeated.count, withinMs: this.#interval }, message);
        repeated.count = 0;
      },
      timer: setInterval(() => {
        if (repeated.count === 0) this.#remove(key, repeated);
        repeated.summarize();
      }, this.#interval).unref(),
    };
    this.#entries.set(key, repeated);
  }

  /** Writes the pending summaries and stops the timers. */
  close(): void {
    for (const [key, repeated] of this.#entries) {
      repeated.summarize();
      this.#remove(key, repeated);
    }
  }

  #remove(key: string, { timer }: Repeated): void {
    clearInterval(timer);
    this.#entries.delete(key);
  }
}
