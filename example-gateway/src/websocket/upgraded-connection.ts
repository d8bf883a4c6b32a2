import type { Socket } from 'node:net';

/** Bytes that a client may send before its handshake is answered. Further ones stay in its network stack. */
const MAX_EARLY_BYTES = 16_384;

/** Milliseconds in which a client can read a refusal and close its connection. */
const LINGER = 1_000;

/** The connection of a WebSocket handshake that is not answered yet. Node's HTTP server has released it. */
export class UpgradedConnection {
  readonly socket: Socket;
  #early: Buffer[];
  #earlyBytes: number;
  #isAnswered = false;

  /** @param head what followed the handshake in the same packet */
  constructor(socket: Socket, head: Buffer) {
    this.socket = socket;
    this.#early = [head];
    this.#earlyBytes = head.length;
    socket.on('error', () => undefined); // `close` follows
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
  }

  /** Releases the connection for other use. @returns the bytes that the client has sent before */
  take(): Buffer {
    this.#isAnswered = true;
    this.socket.off('data', this.#onData);
    this.socket.off('end', this.#onEnd);
    const early = Buffer.concat(this.#early);
    this.#early = [];
    return early;
  }

  /**
   * Called when the handshake was answered with another response than 101. Reads on until the client closes, because
   * the network stack drops a response that is sent over a connection with unread data.
   */
  closeAfterResponse(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#early = [];
    const timer = setTimeout(() => this.socket.destroy(), LINGER);
    this.socket.once('close', () => clearTimeout(timer));
    this.socket.resume();
    this.socket.end();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#isAnswered) return;
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes >= MAX_EARLY_BYTES) this.socket.pause();
  };

  readonly #onEnd = (): void => {
    // A client that has closed its side waits for no response: Node's HTTP server closes such a connection, too.
    this.socket.destroy();
  };
}
