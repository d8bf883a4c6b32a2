import { randomUUID } from 'node:crypto';
import type { Milliseconds } from '../../protocol/time';

/**
 * Time for which a beat proves coherence. Together with the time that a beat takes to arrive, it is less than the two
 * seconds promised.
 */
export const PROVED_FOR_MS = 1_500;

/**
 * Messages that a gate publishes to itself. All that was announced before a beat was sent is received before the beat
 * is: both arrive over one connection, in order.
 */
export class Beats {
  readonly #sentAt = new Map<string, Milliseconds>();
  #provedUntil: Milliseconds = 0;

  /** Checks whether every announcement up to `PROVED_FOR_MS` ago has been received. */
  readonly isProved = (): boolean => performance.now() < this.#provedUntil;

  /** Returns when the last beat that was received was sent; `-Infinity` without a proof. */
  readonly receivedUntil = (): Milliseconds => (this.isProved() ? this.#provedUntil - PROVED_FOR_MS : -Infinity);

  /** Begins a beat. @returns the message to publish, which no other client can guess and send beforehand */
  begin(): string {
    const message = randomUUID();
    this.#sentAt.set(message, performance.now());
    return message;
  }

  /** Drops a beat that could not be published. */
  cancel(message: string): void {
    this.#sentAt.delete(message);
  }

  /** Renews the proof if a message is a beat. @returns false for any other message */
  receive(message: string): boolean {
    const sentAt = this.#sentAt.get(message);
    if (sentAt === undefined) return false;
    for (const beat of this.#sentAt.keys()) {
      this.#sentAt.delete(beat); // this beat also proves earlier ones
      if (beat === message) break;
    }
    this.#provedUntil = sentAt + PROVED_FOR_MS;
    return true;
  }

  /** Discards the proof: until the next beat is received, announcements may have been missed. */
  discard(): void {
    this.#provedUntil = 0;
    this.#sentAt.clear();
  }
}
