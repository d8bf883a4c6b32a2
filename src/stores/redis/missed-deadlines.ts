import type { Logger } from '../../events/logger';
import type { Milliseconds } from '../../protocol/time';
import { SpacedLines } from './spaced-lines';

/** Number of consecutive late replies after which the log names the deadline itself as the cause. */
const LATE_IN_A_ROW = 5;

/** Counts the commands that Redis did not reply to within the deadline, and logs them with the cure. */
export class MissedDeadlines {
  readonly #deadline: Milliseconds;
  readonly #lines: SpacedLines;
  #total = 0;
  #lateInARow = 0;
  #lastRoundTrip: Milliseconds = 0;

  constructor(deadline: Milliseconds, logger: Logger, now?: () => Milliseconds) {
    this.#deadline = deadline;
    this.#lines = new SpacedLines(logger, now);
  }

  /** Number of commands, since the start, that were sent and got no reply in time. */
  get total(): number {
    return this.#total;
  }

  /** Counts and logs a command that was sent and got no reply by its deadline. */
  missed(): void {
    this.#total += 1;
    const facts = { store: 'redis', deadline: this.#deadline };
    if (this.#lateInARow < LATE_IN_A_ROW) {
      this.#lines.error(
        'some',
        facts,
        'Redis did not reply within the deadline: the response was 503. If this happens often, find what slows Redis or the network, or raise the option "deadline"',
      );
      return;
    }
    this.#lines.error(
      'all',
      { ...facts, roundTrip: Math.round(this.#lastRoundTrip) },
      'Redis replies to every command too late: the option "deadline" is probably too short for the round trip. Raise it above the round trip',
    );
  }

  /** Records a reply that arrived after its deadline. @param roundTrip the time that it took */
  repliedLate(roundTrip: Milliseconds): void {
    this.#lateInARow += 1;
    this.#lastRoundTrip = roundTrip;
  }

  repliedInTime(): void {
    this.#lateInARow = 0;
  }
}
