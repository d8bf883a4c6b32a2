const TICK_MS = 10;
const KEPT_TICKS = 6_000;

interface Tick {
  readonly at: number;
  /** Milliseconds for which the process was blocked before this tick, since the log began. */
  readonly stalledMs: number;
}

/** Times for which this process was blocked, in the last minute. Gates and load share the process. */
export class StallLog {
  readonly #ticks: Tick[] = [{ at: performance.now(), stalledMs: 0 }];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Milliseconds for which the process was blocked between two times of `performance.now()`. */
  between(from: number, to: number): number {
    this.#tick();
    return Math.max(0, this.#until(to) - this.#until(from - TICK_MS));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const last = this.#ticks.at(-1);
    if (last === undefined) return;
    const at = performance.now();
    this.#ticks.push({ at, stalledMs: last.stalledMs + Math.max(0, at - last.at - TICK_MS) });
    if (this.#ticks.length > 2 * KEPT_TICKS) this.#ticks.splice(0, KEPT_TICKS);
  }

  /** The total at the first tick that is not before this time. */
  #until(time: number): number {
    let [low, high] = [0, this.#ticks.length - 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#ticks[middle]?.at ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return this.#ticks[low]?.stalledMs ?? 0;
  }
}
