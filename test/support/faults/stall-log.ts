import { Redis } from 'ioredis';
import { RedisServer } from '../redis/server';
import { Repeated } from './repeated';

const TICK_MS = 10;
const KEPT_TICKS = 3_000;
/** The time that a PING takes on a machine with nothing else to do. */
const PING_MS = 2;

interface Tick {
  readonly at: number;
  /** Milliseconds for which the machine kept this process or a server waiting before this tick. */
  readonly stalledMs: number;
}

/**
 * Times for which the machine ran something else, in the last half minute: a PING to an idle server is late if either
 * this process or the server has to wait for a processor.
 */
export class StallLog {
  readonly #ticks: Tick[] = [{ at: performance.now(), stalledMs: 0 }];
  readonly #server: RedisServer;
  readonly #client: Redis;
  readonly #pings = new Repeated(TICK_MS, () => this.#ping());

  private constructor(server: RedisServer) {
    this.#server = server;
    this.#client = new Redis(server.address);
    this.#client.on('error', () => undefined);
    this.#pings.begin();
  }

  static async open(): Promise<StallLog> {
    return new StallLog(await RedisServer.start());
  }

  /** Milliseconds for which the machine ran something else between two times of `performance.now()`. */
  between(from: number, to: number): number {
    return Math.max(0, this.#until(to) - this.#until(from));
  }

  async close(): Promise<void> {
    await this.#pings.end();
    this.#client.disconnect();
    await this.#server.close();
  }

  async #ping(): Promise<void> {
    const { at: lastAt, stalledMs } = this.#last();
    await this.#client.ping();
    const at = performance.now();
    this.#ticks.push({ at, stalledMs: stalledMs + Math.max(0, at - lastAt - TICK_MS - PING_MS) });
    if (this.#ticks.length > 2 * KEPT_TICKS) this.#ticks.splice(0, KEPT_TICKS);
  }

  #last(): Tick {
    return this.#ticks.at(-1) ?? { at: performance.now(), stalledMs: 0 };
  }

  /** The total at a time; after the last tick, the PING that is on its way counts too. */
  #until(time: number): number {
    const last = this.#last();
    if (time >= last.at) return last.stalledMs + Math.max(0, time - last.at - TICK_MS - PING_MS);
    let [low, high] = [0, this.#ticks.length - 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#ticks[middle]?.at ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return this.#ticks[low]?.stalledMs ?? 0;
  }
}
