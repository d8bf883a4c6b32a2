import type { Milliseconds } from '../protocol/time';

const RECENT = 10;

/** How long a kind of work took the last times, so that refusing without it can take as long. */
export class RecentTimes {
  readonly #times: Milliseconds[] = [];

  /** Runs the work and notes its duration, also that of a failure. */
  async measure<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#times.push(performance.now() - began);
      if (this.#times.length > RECENT) this.#times.shift();
    }
  }

  /** Waits for the duration of one of the last times, any of them: always the same one would be a mark. */
  async spend(): Promise<void> {
    const time = this.#times[Math.floor(Math.random() * this.#times.length)] ?? 0;
    await new Promise((resolve) => {
      setTimeout(resolve, time);
    });
  }
}
