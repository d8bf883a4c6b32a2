import type { WebSocketLimits } from '../limits';

/** The limit that a handshake exceeds. */
export type Exceeded = 'client' | 'total';

/** Counts the WebSockets that are open or being opened in this process, also those of former configurations. */
export class WebSocketSlots {
  readonly #limits: WebSocketLimits;
  readonly #counts = new Map<string, number>();
  #total = 0;

  constructor(limits: WebSocketLimits) {
    this.#limits = limits;
  }

  /** Returns a function that releases the slot, once; or the limit that is exceeded. */
  take(client: string): (() => void) | Exceeded {
    const count = this.#counts.get(client) ?? 0;
    if (count >= this.#limits.perClient) return 'client';
    if (this.#total >= this.#limits.total) return 'total';
    this.#counts.set(client, count + 1);
    this.#total += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#release(client);
      isTaken = false;
    };
  }

  #release(client: string): void {
    this.#total -= 1;
    const count = (this.#counts.get(client) ?? 1) - 1;
    if (count === 0) this.#counts.delete(client);
    else this.#counts.set(client, count);
  }
}
