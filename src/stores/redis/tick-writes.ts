import { primariesOf } from './own-connection';
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

const socketOf = ({ stream }: RedisLike & { readonly stream?: unknown }): readonly Corkable[] =>
  isCorkable(stream) ? [stream] : [];

/**
 * Sends all commands of a tick in one write, in a Cluster in one write per primary. The driver's auto-pipelining does so
 * as well, but more than doubles the cost of a command: it wraps each in additional promises and callbacks. A client
 * whose sockets cannot be reached writes each command separately, and so does a primary that is new in this tick.
 */
export class TickWrites {
  readonly #client: RedisLike;
  #isCorked = false;
  #last: (() => void)[] = [];

  constructor(client: RedisLike) {
    this.#client = client;
  }

  /** Must be called before a command is written. */
  join(): void {
    if (this.#isCorked) return;
    const sockets = primariesOf(this.#client).flatMap(socketOf);
    if (sockets.length === 0) return;
    for (const socket of sockets) socket.cork();
    this.#isCorked = true;
    setImmediate(() => {
      this.#sendLast();
      this.#isCorked = false;
      for (const socket of sockets) socket.uncork();
    });
  }

  /** Sends something after all other commands of this tick, in the same write. */
  sendLast(send: () => void): void {
    if (this.#last.push(send) > 1) return;
    this.join();
    // Without a socket that can be corked, there is no buffered write to join, and nothing to wait for.
    if (!this.#isCorked) process.nextTick(() => this.#sendLast());
  }

  #sendLast(): void {
    const last = this.#last;
    this.#last = [];
    for (const send of last) send();
  }
}
