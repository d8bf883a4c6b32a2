import type { Redis } from 'ioredis';
import type { RedisLike } from 'scopegate';

type Argument = string | number;

/**
 * Stands between a gate and Redis and passes the gate's commands on one step at a time, so that a test can choose any
 * order in which two gates reach Redis, independent of timing.
 */
export class SteppedRedis {
  #waiting: (() => void)[] = [];
  #isOpen = true;
  #arrived: () => void = () => undefined;

  /** A client to pass in. The gate's own connection, a duplicate of this one, is stepped. */
  clientOf(client: Redis): RedisLike {
    return {
      get status() {
        return client.status;
      },
      duplicate: (override) => this.clientOf(client.duplicate({ ...override })),
      call: async (command: string, ...args: Argument[]) => {
        await this.#turn();
        return client.call(command, ...args);
      },
      disconnect: (reconnect) => client.disconnect(reconnect),
      on: (event, listener) => client.on(event, listener),
      off: (event, listener) => client.off(event, listener),
    };
  }

  /** Holds all later commands. */
  shut(): void {
    this.#isOpen = false;
  }

  /** Passes on the commands that wait and all later ones. */
  open(): void {
    this.#isOpen = true;
    this.#letThrough();
  }

  /** Passes on the commands that wait, which were sent together; resolves when the gate waits again or has finished. */
  async step(finished: Promise<unknown>): Promise<void> {
    this.#letThrough();
    await this.settled(finished);
  }

  /** Resolves when a command waits, or when the gate has finished. */
  async settled(finished: Promise<unknown>): Promise<void> {
    if (this.#waiting.length > 0) return;
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    await Promise.race([arrived, finished]);
  }

  #letThrough(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const pass of waiting) pass();
  }

  async #turn(): Promise<void> {
    if (this.#isOpen) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      setImmediate(this.#arrived); // what is sent together arrives together
    });
  }
}

/** All ways to put `a` steps of one and `b` steps of another into one order. */
export const interleavings = (a: number, b: number): readonly (readonly ('a' | 'b')[])[] => {
  if (a === 0) return [Array.from({ length: b }, () => 'b')];
  if (b === 0) return [Array.from({ length: a }, () => 'a')];
  return [
    ...interleavings(a - 1, b).map((rest) => ['a', ...rest] as const),
    ...interleavings(a, b - 1).map((rest) => ['b', ...rest] as const),
  ];
};

export interface Act {
  readonly stepped: SteppedRedis;
  readonly run: () => Promise<unknown>;
}

/** The number of steps of an act without interruptions. */
export const countSteps = async ({ stepped, run }: Act): Promise<number> => {
  stepped.shut();
  let ended = false;
  const finished = run().finally(() => {
    ended = true;
  });
  await stepped.settled(finished);
  let steps = 0;
  for (; !ended; steps += 1) await stepped.step(finished);
  stepped.open();
  await finished;
  return steps;
};

/** Runs two acts, each step in the given order; an act with more steps than the order has continues at its end. */
export const interleave = async (order: readonly ('a' | 'b')[], a: Act, b: Act): Promise<void> => {
  const acts = { a, b };
  a.stepped.shut();
  b.stepped.shut();
  const finished = { a: a.run(), b: b.run() };
  await a.stepped.settled(finished.a);
  await b.stepped.settled(finished.b);
  for (const who of order) await acts[who].stepped.step(finished[who]);
  a.stepped.open();
  await finished.a;
  b.stepped.open();
  await finished.b;
};
