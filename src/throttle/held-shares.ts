import type { LimitName } from '../events/gate-events';

/** A part of something bounded that one account, client or network may hold. */
export interface Share {
  readonly key: string;
  readonly max: number;
  /** Name of the limit that is reached when `max` is held. */
  readonly limit: LimitName;
}

/** Counts what each share holds. Shares that hold nothing take no memory. */
export class HeldShares {
  readonly #held = new Map<string, number>();

  /** Returns the first of the shares that may not take one more, or `undefined`. */
  firstFull(shares: readonly Share[]): Share | undefined {
    return shares.find(({ key, max }) => (this.#held.get(key) ?? 0) >= max);
  }

  take(shares: readonly Share[]): void {
    for (const { key } of shares) this.#change(key, 1);
  }

  release(shares: readonly Share[]): void {
    for (const { key } of shares) this.#change(key, -1);
  }

  #change(key: string, by: 1 | -1): void {
    const held = (this.#held.get(key) ?? 0) + by;
    if (held > 0) this.#held.set(key, held);
    else this.#held.delete(key);
  }
}
