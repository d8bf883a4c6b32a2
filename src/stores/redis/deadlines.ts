import type { Milliseconds } from '../../protocol/time';

interface Waiting {
  readonly dueAt: Milliseconds;
  readonly giveUp: () => void;
}

/** Something that has to end in time. */
export interface Deadline {
  /** It has ended: nothing is given up any more. */
  met(): void;
}

/** Deadlines of one length, so that the first set is the first due and one timer does for all of them. */
export class Deadlines {
  readonly #length: Milliseconds;
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(length: Milliseconds) {
    this.#length = length;
  }

  /** @param giveUp is called once, unless the deadline is met. */
  begin(giveUp: () => void): Deadline {
    const waiting: Waiting = { dueAt: performance.now() + this.#length, giveUp };
    if (this.#waiting.size === 0) this.#timer?.ref();
    this.#waiting.add(waiting);
    this.#timer ??= setTimeout(() => this.#giveUpLate(), this.#length);
    return { met: () => this.#end(waiting) };
  }

  #end(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size === 0) this.#timer?.unref(); // nothing is waited for, so the process may end
  }

  #giveUpLate(): void {
    this.#timer = undefined;
    for (const waiting of this.#waiting) {
      const left = waiting.dueAt - performance.now();
      if (left > 0) {
        this.#timer = setTimeout(() => this.#giveUpLate(), Math.ceil(left));
        return;
      }
      this.#waiting.delete(waiting);
      waiting.giveUp();
    }
  }
}
