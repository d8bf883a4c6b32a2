/**
 * Steps that are all attempted, such as the parts of an ending: a failure does not stop the later steps, and is reported
 * at the end.
 */
export class Attempts {
  readonly #failures: unknown[] = [];

  async attempt(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      // Only the first is reported, so no more are kept of a long list.
      if (this.#failures.length === 0) this.#failures.push(error);
    }
  }

  /** @throws the first failure, if any */
  report(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}

/** Attempts steps one after the other. @throws the first failure, after the last step */
export const attemptAll = async (steps: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const attempts = new Attempts();
  for (const step of steps) await attempts.attempt(step);
  attempts.report();
};
