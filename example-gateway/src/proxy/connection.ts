import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { Attempt } from './attempt';
import type { SocketOpener } from './upstream-socket';

/**
 * Milliseconds after which an idle connection is closed: below the five seconds after which many servers close one. A
 * server may announce less; the threshold is subtracted from what it announces.
 */
const IDLE = 4_000;
const IDLE_THRESHOLD = 1_000;

/** Undici also takes iterables, which its types leave out. */
export type RequestOptions = Omit<Dispatcher.DispatchOptions, 'body'> & {
  readonly body: Buffer | AsyncIterable<Buffer> | null;
};

/** A connection to a server, which carries one request at a time. It opens with its first request. */
export class Connection {
  readonly #client: Client;
  #socket: Socket | undefined;
  #attempt: Attempt | undefined;
  #isReused = false;

  /** @param onClosed called when an open connection has closed, such as after it was idle for some time */
  constructor(origin: string, opener: SocketOpener, onClosed: (connection: Connection) => void) {
    this.#client = new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE,
      keepAliveMaxTimeout: IDLE,
      keepAliveTimeoutThreshold: IDLE_THRESHOLD,
      headersTimeout: 0, // timers of undici are a second too coarse: see deadline.ts
      bodyTimeout: 0,
      connect: (_options, callback) => {
        this.#isReused = false;
        const onOpen = (error?: Error): void => (error === undefined ? callback(null, socket) : callback(error, null));
        const socket = opener.open({
          onOpen,
          onBroken: (error) => this.#onBroken(error),
          isHeadAwaited: () => this.#attempt?.isHeadAwaited === true,
          isPaused: () => this.#attempt?.isPaused === true,
        });
        this.#socket = socket;
      },
    });
    this.#client.on('disconnect', () => onClosed(this));
  }

  /** True if the connection has carried a request before, so that the server may close it as idle at any time. */
  get isReused(): boolean {
    return this.#isReused;
  }

  dispatch(options: RequestOptions, attempt: Attempt): void {
    this.#isReused = this.#socket !== undefined;
    this.#attempt = attempt;
    this.#client.dispatch(options as Dispatcher.DispatchOptions, attempt);
  }

  /** Continues to read after a pause. */
  resume(): void {
    this.#attempt?.resume();
    this.#socket?.emit('readable'); // undici then reads until nothing is left
  }

  /** Closes the connection, or gives up opening it. */
  destroy(): void {
    this.#client.destroy().catch(() => undefined);
    this.#socket?.on('error', () => undefined).destroy();
  }

  /** An attempt that is not connected waits until the socket has closed, and gets the next one. */
  #onBroken(error: Error): void {
    if (this.#attempt?.isConnected === true) this.#attempt.onError(error);
  }
}
