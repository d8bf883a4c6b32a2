import type { Milliseconds } from '../../protocol/time';

/** Number of deadlines without any reply after which a connection counts as dead. */
const MAX_SILENT_DEADLINES = 4;

/** The time since the last reply on a connection, while commands miss their deadlines. */
export class Silence {
  readonly #deadline: Milliseconds;
  #since: Milliseconds | undefined;

  constructor(deadline: Milliseconds) {
    this.#deadline = deadline;
  }

  /** True if the connection counts as dead: a server that hangs keeps its connections. */
  get isTooLong(): boolean {
    return this.#since !== undefined && performance.now() - this.#since >= this.#limit;
  }

  /** Begins with the command that has just missed its deadline, unless the silence began earlier. */
  begin(): void {
    this.#since ??= performance.now() - this.#deadline;
  }

  end(): void {
    this.#since = undefined;
  }

  /**
   * Ends at a late reply, unless it is too late. A server that is a little late is not silent, and a new connection
   * would not make it faster. One that falls further and further behind is treated as silent, because the commands that
   * wait for it would grow without bound.
   */
  endLate(roundTrip: Milliseconds): void {
    if (roundTrip < this.#limit) this.#since = undefined;
  }

  get #limit(): Milliseconds {
    return MAX_SILENT_DEADLINES * this.#deadline;
  }
}
