import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Within these bounds, the rest of a request is discarded after an early response, and the connection is kept. */
const KEPT = { bytes: 4 * 1_024 * 1_024, time: 2_000 };

/** Within these, it is discarded after the gateway has closed its side. Beyond them the connection is cut. */
const CLOSING = { bytes: 64 * 1_024 * 1_024, time: 10_000 };

/** Milliseconds: a client of the same machine sends a hundred megabytes in 50 of them. */
const BETWEEN_CHECKS = 10;

/**
 * Discards the rest of a request whose response is finished. A socket that is closed with unread data is reset, and a
 * reset can reach a client that is still sending before it has read the response.
 */
class LingeringClose {
  readonly #request: IncomingMessage;
  readonly #socket: Socket;
  readonly #began = performance.now();
  readonly #bytesBefore: number;
  readonly #timer: NodeJS.Timeout;
  #isClosing = false;

  /** Begins to discard. */
  static begin(request: IncomingMessage): void {
    const lingering = new LingeringClose(request);
    request.socket.destroySoon = () => lingering.#close(); // called by Node if the response announces the close
  }

  private constructor(request: IncomingMessage) {
    this.#request = request;
    this.#socket = request.socket;
    this.#bytesBefore = request.socket.bytesRead;
    this.#timer = setInterval(() => this.#check(), BETWEEN_CHECKS).unref();
  }

  #check(): void {
    const isOver = this.#request.complete || this.#socket.destroyed;
    if (isOver || this.#exceeds(CLOSING)) this.#finish(isOver);
    else if (this.#exceeds(KEPT)) this.#close();
  }

  #exceeds({ bytes, time }: typeof KEPT): boolean {
    return this.#socket.bytesRead - this.#bytesBefore > bytes || performance.now() - this.#began > time;
  }

  #close(): void {
    this.#isClosing = true;
    this.#socket.end();
  }

  #finish(isOver: boolean): void {
    clearInterval(this.#timer);
    Reflect.deleteProperty(this.#socket, 'destroySoon');
    if (this.#isClosing || !isOver) this.#socket.destroy();
  }
}

/** Lets a client that is still sending its request read the response first. */
export const lingerAfterEarlyResponse = (request: IncomingMessage, response: ServerResponse): void => {
  // Before Node's own listener, which closes the connection.
  response.prependOnceListener('finish', () => {
    if (!request.complete) LingeringClose.begin(request);
  });
};
