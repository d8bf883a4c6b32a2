import type { Milliseconds } from '../../protocol/time';

/** An operation that has to end in time. */
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
 * Deadlines of one length: the first to begin is the first due, so one timer serves all. Replies that arrived in time
 * are read before anything is given up: after a long computation, Node runs timers before it reads sockets.
 */
export class Deadlines {
  readonly #length: Milliseconds;
  readonly #waiting = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  constructor(length: Milliseconds) {
    this.#length = length;
  }

  /** Begins a deadline. @param giveUp called once, unless `meet` is called in time */
  begin(giveUp: () => void): Deadline {
    const waiting: Waiting = { isPast: false, dueAt: performance.now() + this.#length, giveUp };
    if (this.#waiting.size === 0) this.#timer?.ref();
    this.#waiting.add(waiting);
    this.#timer ??= this.#giveUpIn(this.#length);
    return waiting;
  }

  /** Ends a deadline: `giveUp` is not called any more. */
  meet(deadline: Deadline): void {
    this.#waiting.delete(deadline);
    if (this.#waiting.size === 0) this.#timer?.unref(); // nothing is pending, so the process may exit
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
