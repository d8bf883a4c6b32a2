import type { UpstreamServers } from './servers';
import type { Upstream } from './upstream';

export interface ServerChoiceOptions {
  readonly servers: UpstreamServers;
  /** Milliseconds for all attempts to open a connection together. */
  readonly connect: number;
  /** True if the request may be sent to another server when there is no connection to the first. */
  readonly isRepeatable: boolean;
}

/** The servers that one request is sent to, one after the other until a connection is open. */
export class ServerChoice {
  readonly #options: ServerChoiceOptions;
  readonly #tried: Upstream[] = [];
  #current: Upstream | undefined;
  #connectUntil: number | undefined;

  constructor(options: ServerChoiceOptions) {
    this.#options = options;
  }

  /** The server of the present attempt. */
  get current(): Upstream | undefined {
    return this.#current;
  }

  /** Chooses the server of the first attempt. A group always has one. */
  chooseFirst(): Upstream | undefined {
    const { servers, isRepeatable } = this.#options;
    this.#current = isRepeatable ? servers.next(this.#tried) : servers.nextForOnlyAttempt();
    return this.#current;
  }

  /** Chooses a server that was not tried. @returns `undefined` if there is none, or the request is not repeatable */
  chooseOther(): Upstream | undefined {
    if (!this.#options.isRepeatable || this.#current === undefined) return undefined;
    this.#tried.push(this.#current);
    this.#current = this.#options.servers.next(this.#tried);
    return this.#current;
  }

  /**
   * Returns the milliseconds for the next attempt: half of the time that is left, so that a server that does not answer
   * leaves time for another one, and all of it if there is no other.
   */
  timeToConnect(): number {
    const { servers, connect, isRepeatable } = this.#options;
    const now = performance.now();
    this.#connectUntil ??= now + connect;
    const left = Math.max(0, this.#connectUntil - now);
    return isRepeatable && this.#tried.length + 1 < servers.size ? left / 2 : left;
  }

  /** Called when a connection is open. If the request is repeated on another connection, it has the whole time again. */
  onConnected(): void {
    this.#connectUntil = undefined;
  }

  onResponse(): void {
    if (this.#current !== undefined) this.#options.servers.onResponse(this.#current);
  }

  onConnectionFailure(): void {
    if (this.#current !== undefined) this.#options.servers.onConnectionFailure(this.#current);
  }
}
