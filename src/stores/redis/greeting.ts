import { Socket } from 'node:net';
import { reconnect } from './own-connection';
import { reasonInFinalReply, type Reason } from './reasons';
import type { RedisLike } from './redis-like';

/** Length and number of the ticks within which a new connection must become ready. */
const TICK_MS = 100;
const TICKS = 10;

/**
 * Waits until a new connection is ready. Reconnects if it was accepted but gets no reply: the driver would wait for
 * it indefinitely.
 */
export class Greeting {
  readonly #client: RedisLike & { readonly stream?: unknown };
  readonly #onAway: (reason: Reason) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param onAway called if Redis sends a reason why the connection is not ready */
  constructor(client: RedisLike, onAway: (reason: Reason) => void) {
    this.#client = client;
    this.#onAway = onAway;
  }

  begin(): void {
    this.end();
    this.#readFinalReply();
    // Counted in ticks: a process that computes for seconds reads nothing meanwhile, and uses up only one tick.
    let ticksLeft = TICKS;
    this.#timer = setInterval(() => {
      ticksLeft -= 1;
      if (ticksLeft === Math.floor(TICKS / 2)) this.#checkLoading().catch(() => undefined);
      if (ticksLeft > 0) return;
      this.end();
      reconnect(this.#client);
    }, TICK_MS).unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** Reads the first bytes of the connection: Redis sends some refusals before the driver waits for a reply. */
  #readFinalReply(): void {
    const { stream } = this.#client;
    if (!(stream instanceof Socket)) return;
    stream.once('data', (bytes: Buffer | string) => {
      const reason = reasonInFinalReply(bytes.toString('latin1'));
      if (reason !== undefined) this.#onAway(reason);
    });
  }

  /** Reports that Redis loads its data: the driver waits for that, but does not report it. */
  async #checkLoading(): Promise<void> {
    const info = await this.#client.call('info', 'persistence');
    if (typeof info === 'string' && /^loading:1/m.test(info)) this.#onAway({ word: 'LOADING', source: 'reply' });
  }
}
