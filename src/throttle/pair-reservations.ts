import { AttemptQueue } from './attempt-queue';
import type { Blocks } from './blocks';
import type { Count, FailureCounters } from './failure-counters';
import { counterNameOf, type Mark } from './mark';
import type { Place } from './place';

export interface Reservation {
  /** `refused` if the password is not checked, because the pair is over its limit. */
  readonly outcome: 'runs' | 'refused';
  /** Failures of the pair in the current window, including this attempt. */
  readonly failures: number;
}

/** Counts the attempts of a pair of account and network in advance: one at a time, in order of arrival. */
export class PairReservations {
  readonly #counters: FailureCounters;
  readonly #blocks: Blocks;
  readonly #queue = new AttemptQueue();

  constructor(counters: FailureCounters, blocks: Blocks) {
    this.#counters = counters;
    this.#blocks = blocks;
  }

  /**
   * Waits for the turn of an attempt, takes its place among those that wait for password work, and counts it. An attempt
   * that waits here holds no place.
   * @throws OAuthError `temporarily_unavailable` if too many attempts are waiting, or no place is left
   */
  async reserve(pair: Mark, place: Place): Promise<Reservation> {
    const name = counterNameOf(pair);
    await this.#queue.enter(name, pair.network);
    let outcome: Reservation['outcome'] = 'refused';
    try {
      const count = await this.#count(pair, place);
      outcome = this.#blocks.isOver(pair, count) ? 'refused' : 'runs';
      return { outcome, failures: count.failures };
    } finally {
      this.#queue.release(name, outcome);
    }
  }

  /** Ends an attempt that runs, once its outcome is known. */
  end(pair: Mark): void {
    this.#queue.end(counterNameOf(pair));
  }

  /** Counts an attempt. If it is over the limit while others run, waits until one ends and counts again. */
  async #count(pair: Mark, place: Place): Promise<Count> {
    const name = counterNameOf(pair);
    for (;;) {
      // Without room while others of the pair run, it waits for one of those, so that the line is not refused as a whole.
      while (!place.hasRoom() && this.#queue.running(name) > 0) await this.#queue.whenOneEnds(name);
      place.take(); // before the count, so that a refusal does not cost a command
      const count = await this.#counters.add(pair.rule, pair.key);
      if (!this.#blocks.isOver(pair, count) || this.#queue.running(name) === 0) return count;
      place.leave();
      await this.#counters.takeBack(pair.rule, pair.key);
      await this.#queue.whenOneEnds(name);
    }
  }
}
