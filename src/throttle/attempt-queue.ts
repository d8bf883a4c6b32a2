import { HeldShares, type Share } from './held-shares';
import { NoRoomError } from './overload';

/** Maximum number of attempts that stand in line, in all lines. */
const MAX_STANDING = 400;

const ALL: Share = { key: 'all', max: MAX_STANDING, limit: 'passwordWork' };

/** The part of the lines that the attempts of one network may take. */
const shareOf = (network: string): Share => ({
  key: `network ${network}`,
  max: MAX_STANDING / 4,
  limit: 'passwordWorkPerNetwork',
});

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
 * the one at the head of the line can wait until a running one ends. At most 400 stand in line behind the heads, and 100
 * of one network.
 */
export class AttemptQueue {
  readonly #lines = new Map<string, Line>();
  readonly #standing = new HeldShares();

  /**
   * Resolves when the caller is at the head of the line.
   * @throws OAuthError `temporarily_unavailable` if too many are already standing in line
   */
  async enter(key: string, network: string): Promise<void> {
    const line = this.#lines.get(key) ?? { running: 0, hasHead: false, waiting: [], resumeHead: undefined };
    this.#lines.set(key, line);
    if (!line.hasHead) {
      line.hasHead = true;
      return;
    }
    const shares = [shareOf(network), ALL];
    const full = this.#standing.firstFull(shares);
    if (full !== undefined) throw new NoRoomError(full.limit);
    this.#standing.take(shares);
    await new Promise<void>((resolve) => {
      line.waiting.push(resolve);
    });
    this.#standing.release(shares);
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
