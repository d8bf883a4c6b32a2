import { temporarilyUnavailable } from '../protocol/errors';

const MOST_WAITING = 100;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * What is being checked at this moment, by key. Attempts are counted as failures in advance; so a count that is over
 * its limit may only be high because of attempts that will turn out right, and it is worth waiting for one of them.
 */
export class InFlight {
  readonly #lines = new Map<string, Line>();

  isBusy(key: string): boolean {
    return (this.#lines.get(key)?.running ?? 0) > 0;
  }

  enter(keys: readonly string[]): void {
    for (const key of keys) this.#line(key).running += 1;
  }

  leave(keys: readonly string[]): void {
    for (const key of keys) {
      const line = this.#line(key);
      line.running -= 1;
      line.waiting.shift()?.();
      this.#forgetIdle(key, line);
    }
  }

  /**
   * Resolves when something under this key has ended; one waiter for each end, in turn.
   * @throws OAuthError `temporarily_unavailable` when too many wait already.
   */
  async turn(key: string): Promise<void> {
    const line = this.#line(key);
    if (line.running === 0) return this.#forgetIdle(key, line);
    if (line.waiting.length >= MOST_WAITING) throw temporarilyUnavailable(new Error('too many sign-ins of one kind'));
    return new Promise((resolve) => {
      line.waiting.push(resolve);
    });
  }

  #line(key: string): Line {
    const line = this.#lines.get(key) ?? { running: 0, waiting: [] };
    this.#lines.set(key, line);
    return line;
  }

  #forgetIdle(key: string, line: Line): void {
    if (line.running > 0) return;
    this.#lines.delete(key);
    for (const wake of line.waiting) wake();
  }
}
