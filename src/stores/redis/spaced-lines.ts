import type { LogFields, Logger } from '../../events/logger';
import type { Milliseconds } from '../../protocol/time';

const INTERVAL_MS = 10_000;
const MAX_KINDS = 100; // some kinds contain words sent by a server, so their number needs a bound

interface Spacing {
  readonly nextAt: Milliseconds;
  /** Number of lines of this kind that were suppressed since the last one logged. */
  suppressed: number;
}

/** Logs lines of one kind once in ten seconds. The first is logged immediately, later ones with the number of suppressed lines. */
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
      spacing.suppressed += 1;
      return;
    }
    const suppressed = spacing?.suppressed ?? 0;
    this.#spacings.delete(kind);
    const [oldest] = this.#spacings.keys();
    if (this.#spacings.size >= MAX_KINDS && oldest !== undefined) this.#spacings.delete(oldest);
    this.#spacings.set(kind, { nextAt: now + INTERVAL_MS, suppressed: 0 });
    this.#logger.error({ ...fields, ...(suppressed === 0 ? {} : { suppressed }) }, message);
  }
}
