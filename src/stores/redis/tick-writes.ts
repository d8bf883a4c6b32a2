import type { RedisLike } from './redis-like';

/** Methods of a Node socket: writes after `cork` are buffered until `uncork`, then sent in one piece. */
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
 * Sends all commands of a tick in one write. The driver's auto-pipelining does so as well, but more than doubles the
 * cost of a command: it wraps each in additional promises and callbacks. A client without a socket of its own, such as
 * a Cluster client, writes each command separately.
 */
export class TickWrites {
  readonly #client: RedisLike & { readonly stream?: unknown };
  #corked: Corkable | undefined;
  #last: (() => void)[] = [];

  constructor(client: RedisLike) {
    this.#client = client;
  }

  /** Must be called before a command is written. */
  join(): void {
    const { stream } = this.#client;
    if (stream === this.#corked || !isCorkable(stream)) return;
    stream.cork();
    this.#corked = stream;
    setImmediate(() => {
      this.#sendLast();
      stream.uncork();
      if (this.#corked === stream) this.#corked = undefined;
    });
  }

  /** Sends something after all other commands of this tick, in the same write. */
  sendLast(send: () => void): void {
    if (this.#last.push(send) > 1) return;
    this.join();
    // Without a socket that can be corked, there is no buffered write to join, and nothing to wait for.
    if (this.#corked === undefined) process.nextTick(() => this.#sendLast());
  }

  #sendLast(): void {
    const last = this.#last;
    this.#last = [];
    for (const send of last) send();
  }
}
