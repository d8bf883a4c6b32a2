import type { ServerResponse } from 'node:http';

/**
 * The response to a client. The head waits for the first part of the body until the end of the tick, so that both leave
 * in one write. All of it is latin-1 or bytes: Node writes a head before a text in UTF-8, and changes its bytes.
 */
export class ClientResponse {
  readonly #response: ServerResponse;
  readonly #onDrain: () => void;
  #first: Buffer | undefined;
  /** True when the head has been written, or is about to be. */
  #isFlushed = false;
  #isPaused = false;

  /** @param onDrain called when the client has read so much that more may be written */
  constructor(response: ServerResponse, onDrain: () => void) {
    this.#response = response;
    this.#onDrain = onDrain;
  }

  /** True while the client has to read before more is written. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Begins a response whose status and headers are set. */
  begin(): void {
    this.#response.writeHead(this.#response.statusCode);
    process.nextTick(() => this.#flush());
  }

  /** @returns false if the upstream has to wait */
  write(part: Buffer): boolean {
    if (this.#first === undefined && !this.#isFlushed) {
      this.#first = part;
      return true;
    }
    this.#flush();
    return this.#writeNow(part);
  }

  end(): void {
    const first = this.#first;
    this.#first = undefined;
    this.#isFlushed = true;
    if (first === undefined) this.#response.end();
    else this.#response.end(first);
  }

  #flush(): void {
    if (this.#isFlushed || this.#response.destroyed) return;
    this.#isFlushed = true;
    const first = this.#first;
    this.#first = undefined;
    if (first === undefined) this.#response.write('', 'latin1');
    else this.#writeNow(first);
  }

  #writeNow(part: Buffer): boolean {
    if (this.#response.write(part)) return !this.#isPaused;
    if (!this.#isPaused) this.#response.once('drain', this.#onDrained);
    this.#isPaused = true;
    return false;
  }

  readonly #onDrained = (): void => {
    this.#isPaused = false;
    this.#onDrain();
  };
}
