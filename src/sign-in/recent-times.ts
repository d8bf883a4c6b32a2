import type { Milliseconds } from '../protocol/time';

const RECENT = 10;

/** Recent durations of a kind of work, so that a refusal without that work can take as long. */
export class RecentTimes {
  readonly #times: Milliseconds[] = [];

  /** Runs the work and records its duration, even if it fails. */
  async measure<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#times.push(performance.now() - began);
      if (this.#times.length > RECENT) this.#times.shift();
    }
  }

  /** Waits for a recent duration, chosen at random: a constant one would reveal the refusal. */
  async spend(): Promise<void> {
    const time = this.#times[Math.floor(Math.random() * this.#times.length)] ?? 0;
    await new Promise((resolve) => {
      setTimeout(resolve, time);
    });
  }
}
