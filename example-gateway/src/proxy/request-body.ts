import type { IncomingMessage } from 'node:http';

/** A body up to this number of bytes is read whole before it takes a connection to the upstream. */
const FIRST_PART = 16 * 1_024;

/** Checks whether a request has a body, which may be empty. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** The body of a client's request. It is read as fast as the upstream takes it. */
export class RequestBody {
  readonly #request: IncomingMessage;
  readonly #onChange: () => void;
  #onReady: (() => void) | undefined;
  #next:
    { readonly resolve: (result: IteratorResult<Buffer, undefined>) => void; readonly reject: () => void } | undefined;
  #isClosed = false;

  /** @param onChange called when the upstream has taken a part, and when the client begins or ends to be awaited */
  constructor(request: IncomingMessage, onChange: () => void) {
    this.#request = request;
    this.#onChange = onChange;
    request.on('readable', this.#onReadable);
  }

  /** True while the upstream could take more than the client has sent. */
  get isClientAwaited(): boolean {
    return this.#onReady !== undefined || this.#next !== undefined;
  }

  /** Calls a function when the first part has arrived, or the whole body if it is small. */
  whenReady(onReady: () => void): void {
    this.#onReady = onReady;
    this.#checkReady();
  }

  /** Returns what undici sends: the whole body, whose length it then announces, or the parts of it. */
  content(): Buffer | AsyncIterable<Buffer> {
    const isWhole = this.#request.complete && this.#request.headers['transfer-encoding'] === undefined;
    if (isWhole) return this.#read() ?? Buffer.alloc(0);
    return { [Symbol.asyncIterator]: () => ({ next: () => this.#readNext() }) };
  }

  /** Stops reading. What the upstream did not take is discarded, because the next request follows it. */
  close(): void {
    this.#isClosed = true;
    this.#onReady = undefined;
    this.#request.off('readable', this.#onReadable);
    this.#next?.reject();
    this.#next = undefined;
    this.#request.resume();
  }

  readonly #onReadable = (): void => {
    this.#checkReady();
    const next = this.#next;
    if (next === undefined) return;
    const result = this.#take();
    if (result === undefined) return;
    this.#next = undefined;
    next.resolve(result);
    this.#onChange();
  };

  #checkReady(): void {
    const { complete, readableLength, readableHighWaterMark } = this.#request;
    if (!complete && readableLength < Math.min(FIRST_PART, readableHighWaterMark)) return;
    const onReady = this.#onReady;
    this.#onReady = undefined;
    onReady?.();
  }

  #readNext(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#isClosed) return Promise.reject(new Error('the exchange is over'));
    const result = this.#take();
    if (result !== undefined) {
      this.#onChange(); // the upstream has taken the part before
      return Promise.resolve(result);
    }
    const next = new Promise<IteratorResult<Buffer, undefined>>((resolve, reject) => {
      this.#next = { resolve, reject: () => reject(new Error('the exchange is over')) };
    });
    this.#onChange();
    return next;
  }

  /** Returns the next part, or the end; `undefined` if the client has to send more. */
  #take(): IteratorResult<Buffer, undefined> | undefined {
    const part = this.#read();
    if (part !== undefined) return { value: part, done: false };
    return this.#request.complete ? { value: undefined, done: true } : undefined;
  }

  #read(): Buffer | undefined {
    return (this.#request.read() as Buffer | null) ?? undefined;
  }
}
