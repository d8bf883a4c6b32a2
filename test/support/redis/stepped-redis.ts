import type { Redis } from 'ioredis';
import type { RedisLike } from 'scopegate';

type Argument = string | number;

/**
 * Is placed between a gate and Redis and passes the gate's commands on one step at a time: a test can choose any order
 * in which two gates reach Redis, independent of timing.
 */
export class Turnstile {
  #waiting: (() => void)[] = [];
  #isOpen = true;
  #arrived: () => void = () => undefined;

  /** A client to pass in. The gate's own connection, which it duplicates from this one, goes through the turnstile. */
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

  /** Holds every command from now on. */
  shut(): void {
    this.#isOpen = false;
  }

  /** Lets everything through. */
  open(): void {
    this.#isOpen = true;
    this.#letThrough();
  }

  /** Lets through what waits, all that was sent together, and resolves when the gate waits again or has finished. */
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
  readonly turnstile: Turnstile;
  readonly run: () => Promise<unknown>;
}

/** The number of steps of an act without interruptions. */
export const countSteps = async ({ turnstile, run }: Act): Promise<number> => {
  turnstile.shut();
  let ended = false;
  const finished = run().finally(() => {
    ended = true;
  });
  await turnstile.settled(finished);
  let steps = 0;
  for (; !ended; steps += 1) await turnstile.step(finished);
  turnstile.open();
  await finished;
  return steps;
};

/** Runs two acts, each step in the given order; an act with more steps than the order has continues at its end. */
export const interleave = async (order: readonly ('a' | 'b')[], a: Act, b: Act): Promise<void> => {
  const acts = { a, b };
  a.turnstile.shut();
  b.turnstile.shut();
  const finished = { a: a.run(), b: b.run() };
  await a.turnstile.settled(finished.a);
  await b.turnstile.settled(finished.b);
  for (const who of order) await acts[who].turnstile.step(finished[who]);
  a.turnstile.open();
  await finished.a;
  b.turnstile.open();
  await finished.b;
};
