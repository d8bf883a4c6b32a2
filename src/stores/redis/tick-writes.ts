import type { RedisLike } from '../../options/redis-like';

/** The methods of a Node socket that hold back writes until it is uncorked, and then send them in one piece. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

const isCorkable = (stream: unknown): stream is Corkable =>
  typeof stream === 'object' &&
  stream !== null &&
  'cork' in stream &&
  typeof stream.cork === 'function' &&
  'uncork' in stream &&
  typeof stream.uncork === 'function';

/**
 * Sends all commands of a tick in one write. The driver's own pipelining does so as well, at more than twice the cost of a
 * command: it wraps each into promises and callbacks of its own. A client without a socket of its own, as that of a
 * Cluster, writes each command by itself.
 */
export class TickWrites {
  readonly #client: RedisLike & { readonly stream?: unknown };
  #corked: Corkable | undefined;
  #last: (() => void)[] = [];

  constructor(client: RedisLike) {
    this.#client = client;
  }

  /** To be called before a command is written. */
  join(): void {
    const { stream } = this.#client;
    if (stream === this.#corked || !isCorkable(stream)) return;
    stream.cork();
    this.#corked = stream;
    setImmediate(() => {
      this.#writeLast();
      stream.uncork();
      if (this.#corked === stream) this.#corked = undefined;
    });
  }

  /** Writes something behind all else of this tick, and with it. */
  atLast(write: () => void): void {
    if (this.#last.push(write) > 1) return;
    this.join();
    // A client without a socket that holds back has nothing to be written with.
    if (this.#corked === undefined) setImmediate(() => this.#writeLast());
  }

  #writeLast(): void {
    const last = this.#last;
    this.#last = [];
    for (const write of last) write();
  }
}
