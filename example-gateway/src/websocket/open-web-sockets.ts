import type { CloseReason } from './close-frame';

interface Closable {
  close(reason: CloseReason): void;
}

/** The open WebSockets of one configuration. */
export class OpenWebSockets {
  readonly #open = new Set<Closable>();
  #closedFor: CloseReason | undefined;
  readonly #waiting: (() => void)[] = [];

  /** Adds one; closes it immediately if all were closed before. */
  add(webSocket: Closable): void {
    this.#open.add(webSocket);
    if (this.#closedFor !== undefined) webSocket.close(this.#closedFor);
  }

  delete(webSocket: Closable): void {
    this.#open.delete(webSocket);
    if (this.#open.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Closes all of them, and those that are added later. Resolves when none is open, after a second at most. */
  closeAll(reason: CloseReason): Promise<void> {
    this.#closedFor ??= reason;
    for (const webSocket of this.#open) webSocket.close(reason);
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
