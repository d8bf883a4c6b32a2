import { SEED } from './seed';

/** Random numbers that are the same for the same seed and the same order of calls. */
export class SeededRandom {
  #state = SEED >>> 0;

  /** A number from 0 to 1, 1 excluded. */
  readonly next = (): number => {
    // A linear congruential generator modulo 2^32, of which the upper bits are used.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  };

  /** One of these, which must not be empty. */
  readonly pick = <T>(choices: readonly T[]): T => choices[Math.floor(this.next() * choices.length)] as T;
}
