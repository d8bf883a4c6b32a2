import type { Milliseconds } from '../protocol/time';

export interface RefusalSpacerOptions {
  /** Time between two refusals. */
  readonly spacing: Milliseconds;
  readonly maxWait: Milliseconds;
  /** Maximum number of delayed refusals. More are not delayed: holding them back would cost more than it saves. */
  readonly maxWaiting: number;
}

/**
 * Spaces refusals evenly. Otherwise clients that retry immediately after a refusal would send requests as fast as they
 * can be refused, and a server that is busy refusing serves no requests. A rare refusal is not delayed.
 */
export class RefusalSpacer {
  readonly #options: RefusalSpacerOptions;
  #nextAt: Milliseconds = 0;
  #waiting = 0;

  constructor(options: RefusalSpacerOptions) {
    this.#options = options;
  }

  /** Resolves when the caller may send its refusal. */
  async wait(): Promise<void> {
    const { spacing, maxWait, maxWaiting } = this.#options;
    const now = performance.now();
    const at = Math.max(now, Math.min(this.#nextAt, now + maxWait));
    if (at > now && this.#waiting >= maxWaiting) return;
    this.#nextAt = at + spacing;
    if (at === now) return;
    this.#waiting += 1;
    await new Promise((resolve) => {
      setTimeout(resolve, at - now);
    });
    this.#waiting -= 1;
  }
}
