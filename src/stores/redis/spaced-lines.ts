import type { LogFields, Logger } from '../../events/logger';
import type { Milliseconds } from '../../protocol/time';

const INTERVAL_MS = 10_000;
const MAX_KINDS = 100; // some kinds contain words sent by a server, so their number needs a bound

interface Spacing {
  readonly nextAt: Milliseconds;
  /** Number of lines of this kind that were left out since the last one logged. */
  leftOut: number;
}

/** Logs lines of one kind once in ten seconds. The first is logged immediately, later ones with the number left out. */
export class SpacedLines {
  readonly #logger: Logger;
  readonly #now: () => Milliseconds;
  readonly #spacings = new Map<string, Spacing>();

  /** @param now a monotonic clock */
  constructor(logger: Logger, now: () => Milliseconds = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  error(kind: string, fields: LogFields, message: string): void {
    const now = this.#now();
    const spacing = this.#spacings.get(kind);
    if (spacing !== undefined && now < spacing.nextAt) {
      spacing.leftOut += 1;
      return;
    }
    const leftOut = spacing?.leftOut ?? 0;
    this.#spacings.delete(kind);
    const [oldest] = this.#spacings.keys();
    if (this.#spacings.size >= MAX_KINDS && oldest !== undefined) this.#spacings.delete(oldest);
    this.#spacings.set(kind, { nextAt: now + INTERVAL_MS, leftOut: 0 });
    this.#logger.error({ ...fields, ...(leftOut === 0 ? {} : { leftOut }) }, message);
  }
}
