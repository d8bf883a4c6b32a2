import { temporarilyUnavailable } from '../protocol/errors';

const MAX_WAITING = 100;

interface Line {
  /** Attempts that have been let through and are not decided yet. */
  running: number;
  /** True if somebody is being let through or waits for it at the head of the line. */
  occupied: boolean;
  readonly inLine: (() => void)[];
  headWaits: (() => void) | undefined;
}

/**
 * Attempts of one kind that are being decided at this moment. They are let through one at a time, and the one at the
 * head of the line can wait for one that runs to end.
 */
export class InFlight {
  readonly #lines = new Map<string, Line>();

  /**
   * Resolves when it is this one's turn to be let through.
   * @throws OAuthError `temporarily_unavailable` when too many stand in line.
   */
  async enter(key: string): Promise<void> {
    const line = this.#lines.get(key) ?? { running: 0, occupied: false, inLine: [], headWaits: undefined };
    this.#lines.set(key, line);
    if (!line.occupied) {
      line.occupied = true;
      return;
    }
    if (line.inLine.length >= MAX_WAITING) throw temporarilyUnavailable(new Error('too many sign-ins of one kind'));
    await new Promise<void>((resolve) => {
      line.inLine.push(resolve);
    });
  }

  /** The head of the line is done with its turn: it runs, or was refused. */
  passOn(key: string, outcome: 'runs' | 'refused'): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    if (outcome === 'runs') line.running += 1;
    const next = line.inLine.shift();
    if (next === undefined) line.occupied = false;
    else next();
    this.#deleteIdle(key, line);
  }

  /** One that ran is decided. */
  end(key: string): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    line.running -= 1;
    line.headWaits?.();
    line.headWaits = undefined;
    this.#deleteIdle(key, line);
  }

  running(key: string): number {
    return this.#lines.get(key)?.running ?? 0;
  }

  /** For the head of the line: resolves when one that runs has ended. */
  async whenOneEnds(key: string): Promise<void> {
    const line = this.#lines.get(key);
    if (line === undefined || line.running === 0) return;
    await new Promise<void>((resolve) => {
      line.headWaits = resolve;
    });
  }

  #deleteIdle(key: string, line: Line): void {
    if (line.running === 0 && !line.occupied) this.#lines.delete(key);
  }
}
