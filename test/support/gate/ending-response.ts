import { EventEmitter } from 'node:events';

/** A response that a test ends. */
export class EndingResponse extends EventEmitter {
  headersSent = false;
  statusCode = 200;
  readonly #headers = new Map<string, string>();

  /** Sends it, as a handler does, and closes it. */
  finish(statusCode: number, headers: Readonly<Record<string, string>> = {}): void {
    for (const [name, value] of Object.entries(headers)) this.#headers.set(name, value);
    this.statusCode = statusCode;
    this.headersSent = true;
    this.emit('close');
  }

  /** Closes it before anything was sent. */
  leave(): void {
    this.emit('close');
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name);
  }
}
