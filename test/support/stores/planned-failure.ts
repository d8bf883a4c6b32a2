import { StoreUnavailableError } from '../../../src/protocol/errors';

/** When a call fails: `before` it reaches the store, or `after` it, so that only its answer is lost. */
export type FailureMoment = 'before' | 'after';

/** Counts the calls of a store, and makes one of them fail. */
export class PlannedFailure {
  #calls = 0;
  #plan: { readonly call: number; readonly moment: FailureMoment } | undefined;

  /** The number of calls since the store was made, or since `failAt`. */
  readonly calls = (): number => this.#calls;

  /** Lets the n-th call from now fail, and only that one. */
  readonly failAt = (call: number, moment: FailureMoment): void => {
    this.#calls = 0;
    this.#plan = { call, moment };
  };

  /** Makes a call of the store. */
  readonly ask = async <T>(ask: () => Promise<T>): Promise<T> => {
    this.#calls += 1;
    const moment = this.#plan?.call === this.#calls ? this.#plan.moment : undefined;
    if (moment === 'before') throw new StoreUnavailableError('deadline');
    const answer = await ask();
    if (moment === 'after') throw new StoreUnavailableError('disconnected');
    return answer;
  };
}
