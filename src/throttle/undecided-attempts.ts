import type { Count, Limits } from './failure-counters';
import { counterNameOf, type Mark } from './mark';

/** Attempts of this process that are counted in advance and have no outcome yet. */
export class UndecidedAttempts {
  readonly #limits: Limits;
  readonly #attempts = new Map<string, number>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  begin(marks: readonly Mark[]): void {
    for (const mark of marks) this.#change(mark, 1);
  }

  end(marks: readonly Mark[]): void {
    for (const mark of marks) this.#change(mark, -1);
  }

  /**
   * Subtracts the attempts without an outcome, except the one that has just been counted, from a count. Subtracts one
   * limit at most, so that a flood of concurrent guesses ends at twice the limit.
   */
  decidedOnly(mark: Mark, { failures, endsIn }: Count): Count {
    const others = (this.#attempts.get(counterNameOf(mark)) ?? 1) - 1;
    return { failures: failures - Math.min(others, this.#limits[mark.rule].failures), endsIn };
  }

  #change(mark: Mark, by: 1 | -1): void {
    const name = counterNameOf(mark);
    const left = (this.#attempts.get(name) ?? 0) + by;
    if (left > 0) this.#attempts.set(name, left);
    else this.#attempts.delete(name);
  }
}
