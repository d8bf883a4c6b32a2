import type { Dispatcher } from 'undici';

/** Notified of the progress of an attempt. Nothing is called after `onComplete` or `onError`, or after `end`. */
export interface AttemptListener {
  /** Called when the connection is open, before the request is written. */
  onConnected(): void;
  /** Called when the last byte of the request has been written. */
  onRequestSent(): void;
  /** Called with the head of the response. */
  onHead(status: number, rawHeaders: readonly Buffer[]): void;
  /** @returns false if the next part cannot be taken yet */
  onPart(part: Buffer): boolean;
  onComplete(): void;
  onError(error: Error): void;
}

/**
 * One request to one server, with the callbacks of undici that leave headers and parts as they arrived. Undici is never
 * asked to pause: its parser fails an assertion, outside of any request, if the connection ends meanwhile. The bytes
 * wait in the socket instead.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  #listener: AttemptListener | undefined;
  #isPaused = false;
  #isConnected = false;
  #hasResponse = false;

  constructor(listener: AttemptListener) {
    this.#listener = listener;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** True if a byte of the response has arrived. */
  get hasResponse(): boolean {
    return this.#hasResponse;
  }

  /** True if the request has been sent, or a part of it, and no byte of the response has arrived. */
  get isHeadAwaited(): boolean {
    return this.#isConnected && !this.#hasResponse;
  }

  /** True while no part can be taken: nothing may be read from the connection. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Stops calling the listener. */
  end(): void {
    this.#listener = undefined;
    this.#isPaused = false;
  }

  /** Takes parts again. */
  resume(): void {
    this.#isPaused = false;
  }

  onConnect(): void {
    this.#isConnected = true;
    this.#listener?.onConnected();
  }

  onRequestSent(): void {
    this.#listener?.onRequestSent();
  }

  onResponseStarted(): void {
    this.#hasResponse = true;
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    if (status >= 200) this.#listener?.onHead(status, rawHeaders); // others are interim, for the gateway alone
    return true;
  }

  onData(part: Buffer): boolean {
    this.#isPaused = this.#listener?.onPart(part) === false;
    return true;
  }

  onComplete(): void {
    const listener = this.#listener;
    this.end();
    listener?.onComplete();
  }

  onError(error: Error): void {
    const listener = this.#listener;
    this.end();
    listener?.onError(error);
  }
}
