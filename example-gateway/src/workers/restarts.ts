/** Milliseconds before a worker is replaced; doubled with each further failure within `PERIOD`. */
const FIRST_DELAY = 100;

/** Milliseconds between the replacements of a worker that fails repeatedly. */
const REPEATED_DELAY = 10_000;

const PERIOD = 60_000;

const REPEATED_FAILURES = 5;

/** The next replacement of a worker. */
export interface Restart {
  /** Milliseconds to wait before it. */
  readonly delay: number;
  /** True if the worker has failed five times within a minute. */
  readonly isRepeated: boolean;
}

/** Delays the replacements of one worker, so that one that fails immediately does not keep the machine busy. */
export class Restarts {
  #failures: readonly number[] = [];

  /** @param now milliseconds of any clock that does not go back */
  afterFailure(now: number): Restart {
    const recent = this.#failures.filter((failure) => failure > now - PERIOD);
    this.#failures = [...recent, now].slice(-REPEATED_FAILURES);
    const count = this.#failures.length;
    const isRepeated = count === REPEATED_FAILURES;
    return { isRepeated, delay: isRepeated ? REPEATED_DELAY : FIRST_DELAY * 2 ** (count - 1) };
  }
}
