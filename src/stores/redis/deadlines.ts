import type { Milliseconds } from '../../protocol/time';

/** Something that has to end in time. */
export interface Deadline {
  /** True if it was given up. */
  readonly isPast: boolean;
  /** By the monotonic clock. */
  readonly dueAt: Milliseconds;
}

interface Waiting extends Deadline {
  isPast: boolean;
  readonly giveUp: () => void;
}

/**
 * Deadlines of one length, so that the first set is the first due and one timer does for all of them. What arrived in time is
 * read before anything is given up: after a long computation Node runs timers first and reads sockets afterwards.
 */
export class Deadlines {
  readonly #length: Milliseconds;
  readonly #waiting = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  constructor(length: Milliseconds) {
    this.#length = length;
  }

  /** @param giveUp is called once, unless the deadline is met. */
  begin(giveUp: () => void): Deadline {
    const waiting: Waiting = { isPast: false, dueAt: performance.now() + this.#length, giveUp };
    if (this.#waiting.size === 0) this.#timer?.ref();
    this.#waiting.add(waiting);
    this.#timer ??= this.#giveUpIn(this.#length);
    return waiting;
  }

  /** It has ended: nothing is given up any more. */
  meet(deadline: Deadline): void {
    this.#waiting.delete(deadline);
    if (this.#waiting.size === 0) this.#timer?.unref(); // nothing is waited for, so the process may end
  }

  #giveUpIn(delay: Milliseconds): NodeJS.Timeout {
    return setTimeout(() => setImmediate(() => this.#giveUpLate()), delay);
  }

  #giveUpLate(): void {
    this.#timer = undefined;
    for (const waiting of this.#waiting as Set<Waiting>) {
      const left = waiting.dueAt - performance.now();
      if (left > 0) {
        this.#timer = this.#giveUpIn(Math.ceil(left));
        return;
      }
      this.#waiting.delete(waiting);
      waiting.isPast = true;
      waiting.giveUp();
    }
  }
}
