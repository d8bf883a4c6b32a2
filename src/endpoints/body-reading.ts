import type { IncomingMessage } from 'node:http';
import { OAuthError } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';
import { isChunk, isInGroups, joinChunks, type Chunk } from './chunks';
import { declaredLength, startFlowing, wasRead } from './request-stream';

export const MAX_BODY_BYTES = 32 * 1024;

const BODY_DEADLINE_MS: Milliseconds = 10_000;

/** Maximum pause before a middleware that held back a stream's events emits them again, once the stream has ended. */
const REPLAY_PAUSE_MS: Milliseconds = 100;

/** Headers for a request whose connection cannot be reused, because its body was not read to the end. */
export const closing = { Connection: 'close' };

export const tooLarge = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body is too large.', { status: 413, headers: closing });

const tooSlow = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body did not arrive in time.', { status: 408, headers: closing });

const truncated = (): OAuthError => new OAuthError('invalid_request', 'The request body ended too early.');

const incomplete = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body was read before and is not whole.', { headers: closing });

const ambiguous = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body was decoded in a way that cannot be undone.', {
    headers: closing,
  });

const ignore = (): void => undefined;

/** The reading of one body. */
class BodyReading {
  readonly #request: IncomingMessage;
  readonly #resolve: (body: Buffer) => void;
  readonly #reject: (refusal: OAuthError) => void;
  readonly #declared: number | undefined;
  readonly #isSecondReader: boolean;
  readonly #chunks: Chunk[] = [];
  readonly #deadlineTimer: NodeJS.Timeout;
  #replayTimer: NodeJS.Timeout | undefined;
  #size = 0;
  #isSettled = false;

  constructor(request: IncomingMessage, resolve: (body: Buffer) => void, reject: (refusal: OAuthError) => void) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#declared = declaredLength(request);
    this.#isSecondReader = wasRead(request);
    this.#deadlineTimer = setTimeout(() => this.#refuse(tooSlow()), BODY_DEADLINE_MS);
  }

  start(): void {
    const request = this.#request;
    if (request.readableEnded) this.#awaitReplay();
    request.on('error', ignore); // kept: an `error` event without a listener ends the process
    request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose).on('error', this.#onTruncated);
    startFlowing(request, () => !this.#isSettled);
  }

  readonly #onData = (chunk: unknown): void => {
    if (!isChunk(chunk)) return this.#refuse(ambiguous());
    if (this.#replayTimer !== undefined) this.#awaitReplay();
    const encoding = this.#request.readableEncoding ?? 'utf8';
    this.#size += typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length;
    if (this.#size > MAX_BODY_BYTES) return this.#refuse(tooLarge());
    this.#chunks.push(chunk);
    return this.#isSecondReader && this.#size === this.#declared ? this.#finish() : undefined;
  };

  readonly #onEnd = (): void => (this.#isSecondReader ? this.#awaitReplay() : this.#finish());

  readonly #onTruncated = (): void => this.#refuse(truncated());

  readonly #onClose = (): void => {
    if (!this.#request.readableEnded) this.#onTruncated(); // a stream that has ended closes by itself
  };

  #awaitReplay(): void {
    clearTimeout(this.#replayTimer);
    this.#replayTimer = setTimeout(() => this.#refuse(incomplete()), REPLAY_PAUSE_MS);
  }

  #finish(): void {
    const encoding = this.#request.readableEncoding;
    const declared = this.#declared;
    const bytes = joinChunks(this.#chunks, encoding);
    if (bytes === undefined) return this.#refuse(ambiguous());
    // A decoder that was set after the end holds the last bytes back.
    const needsProof = this.#isSecondReader || (encoding !== null && (declared !== undefined || isInGroups(encoding)));
    if (needsProof && bytes.length !== declared) return this.#refuse(incomplete());
    this.#release();
    return this.#resolve(bytes);
  }

  #refuse(refusal: OAuthError): void {
    this.#release();
    this.#reject(refusal);
  }

  #release(): void {
    this.#isSettled = true;
    clearTimeout(this.#deadlineTimer);
    clearTimeout(this.#replayTimer);
    this.#request
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('close', this.#onClose)
      .off('error', this.#onTruncated);
  }
}

/**
 * Reads the body of a request, even from a stream that has an encoding, is paused, was partly read and put back, or is
 * emitted again by a middleware that held it back. Data that was read or decoded before must add up to the declared
 * length.
 *
 * @throws OAuthError `invalid_request`: 400 if the body is not complete or its bytes are ambiguous; 408 after 10
 *   seconds; 413 above `MAX_BODY_BYTES`
 */
export const readBytes = (request: IncomingMessage): Promise<Buffer> => {
  const declared = declaredLength(request);
  const isSecondReader = wasRead(request);
  if (isSecondReader && declared === undefined) return Promise.reject(incomplete());
  if (isSecondReader && declared === 0) return Promise.resolve(Buffer.alloc(0));
  if (request.destroyed && !request.readableEnded) return Promise.reject(truncated());
  return new Promise((resolve, reject) => new BodyReading(request, resolve, reject).start());
};
