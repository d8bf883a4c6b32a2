import { temporarilyUnavailable } from '../protocol/errors';

const MAX_WAITING = 100;

interface Line {
  /** Number of admitted attempts whose outcome is not known yet. */
  running: number;
  /** True if an attempt is at the head of the line: it is being admitted, or waits for a running one to end. */
  hasHead: boolean;
  readonly waiting: (() => void)[];
  resumeHead: (() => void) | undefined;
}

/**
 * Admits concurrent attempts with the same key one at a time, in order of arrival. Admitted attempts run concurrently;
 * the one at the head of the line can wait until a running one ends.
 */
export class AttemptQueue {
  readonly #lines = new Map<string, Line>();

  /**
   * Resolves when the caller is at the head of the line.
   * @throws OAuthError `temporarily_unavailable` if 100 callers are already waiting.
   */
  async enter(key: string): Promise<void> {
    const line = this.#lines.get(key) ?? { running: 0, hasHead: false, waiting: [], resumeHead: undefined };
    this.#lines.set(key, line);
    if (!line.hasHead) {
      line.hasHead = true;
      return;
    }
    if (line.waiting.length >= MAX_WAITING) throw temporarilyUnavailable(new Error('too many sign-ins of one kind'));
    await new Promise<void>((resolve) => {
      line.waiting.push(resolve);
    });
  }

  /** Releases the head of the line, which now runs or was refused, to the next caller. */
  release(key: string, outcome: 'runs' | 'refused'): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    if (outcome === 'runs') line.running += 1;
    const next = line.waiting.shift();
    if (next === undefined) line.hasHead = false;
    else next();
    this.#deleteIdle(key, line);
  }

  /** Ends a running attempt, once its outcome is known. */
  end(key: string): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    line.running -= 1;
    line.resumeHead?.();
    line.resumeHead = undefined;
    this.#deleteIdle(key, line);
  }

  running(key: string): number {
    return this.#lines.get(key)?.running ?? 0;
  }

  /** Resolves when a running attempt ends, or immediately if none runs. For the head of the line only. */
  async whenOneEnds(key: string): Promise<void> {
    const line = this.#lines.get(key);
    if (line === undefined || line.running === 0) return;
    await new Promise<void>((resolve) => {
      line.resumeHead = resolve;
    });
  }

  #deleteIdle(key: string, line: Line): void {
    if (line.running === 0 && !line.hasHead) this.#lines.delete(key);
  }
}
