import type { Milliseconds } from '../protocol/time';

/** A monotonic clock that stops while the process is blocked, because the process cannot act then. */
export class RunningTime {
  readonly #maxStep: Milliseconds;
  #last = performance.now();
  #total: Milliseconds = 0;

  /** @param maxStep the longest time between two calls of `advance` that counts in full */
  constructor(maxStep: Milliseconds) {
    this.#maxStep = maxStep;
  }

  get now(): Milliseconds {
    return this.#total;
  }

  /** Call it regularly. */
  advance(): void {
    const now = performance.now();
    this.#total += Math.min(now - this.#last, this.#maxStep);
    this.#last = now;
  }
}
