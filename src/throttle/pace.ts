import type { Milliseconds } from '../protocol/time';

export interface PaceOptions {
  /** Time between two refusals. */
  readonly spacing: Milliseconds;
  readonly longestWait: Milliseconds;
  /** Maximum number of delayed refusals. More are not delayed: holding them back would cost more than it saves. */
  readonly mostWaiting: number;
}

/**
 * Spaces refusals evenly. Otherwise clients that retry immediately after a refusal would send requests as fast as they
 * can be refused, and a server that is busy refusing serves no requests. A rare refusal is not delayed.
 */
export class Pace {
  readonly #options: PaceOptions;
  #nextAt: Milliseconds = 0;
  #waiting = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Resolves when the caller may send its refusal. */
  async turn(): Promise<void> {
    const { spacing, longestWait, mostWaiting } = this.#options;
    const now = performance.now();
    const at = Math.max(now, Math.min(this.#nextAt, now + longestWait));
    if (at > now && this.#waiting >= mostWaiting) return;
    this.#nextAt = at + spacing;
    if (at === now) return;
    this.#waiting += 1;
    await new Promise((resolve) => {
      setTimeout(resolve, at - now);
    });
    this.#waiting -= 1;
  }
}
