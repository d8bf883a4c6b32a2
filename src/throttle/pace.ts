import type { Milliseconds } from '../protocol/time';

export interface PaceOptions {
  /** Between one and the next. */
  readonly spacing: Milliseconds;
  readonly longestWait: Milliseconds;
  /** A refusal is sent immediately if so many wait already: holding back more would cost more than it saves. */
  readonly mostWaiting: number;
}

/**
 * Lets refusals out one after the other at an even pace. Who asks again the moment that they are refused would else ask as
 * fast as refusals can be made, and a server that makes nothing but refusals serves nobody. A rare refusal goes out at once.
 */
export class Pace {
  readonly #options: PaceOptions;
  #nextAt: Milliseconds = 0;
  #waiting = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Resolves when it is this one's turn to go. */
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
