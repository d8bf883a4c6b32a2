import type { Dispatcher } from 'undici';

/** Notified of what an attempt brings. Nothing is called after `onComplete` or `onError`, or after the attempt ended. */
export interface AttemptListener {
  /** Called when the connection is open, before the request is written. */
  onConnected(): void;
  /** Called when the last byte of the request has been written. */
  onRequestSent(): void;
  /** Called with the head of the response. @returns false if no body is wanted for now */
  onHead(status: number, rawHeaders: readonly Buffer[]): boolean;
  /** @returns false if the next part is not wanted for now */
  onPart(part: Buffer): boolean;
  onComplete(): void;
  onError(error: Error): void;
}

/** One request to one server, with the callbacks of undici that leave headers and parts as they arrived. */
export class Attempt implements Dispatcher.DispatchHandler {
  #listener: AttemptListener | undefined;
  #resume: (() => void) | undefined;
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

  /** Makes the attempt call its listener no more. */
  end(): void {
    this.#listener = undefined;
  }

  /** Goes on after a part that was not wanted. */
  resume(): void {
    this.#resume?.();
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

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    if (status < 200) return true; // an interim response, for the gateway alone
    this.#resume = resume;
    return this.#listener?.onHead(status, rawHeaders) ?? true;
  }

  onData(part: Buffer): boolean {
    return this.#listener?.onPart(part) ?? true;
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
