import type { IncomingMessage } from 'node:http';
import { isUint8Array } from 'node:util/types';
import { OAuthError } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';

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

const cutOff = (): OAuthError => new OAuthError('invalid_request', 'The request body ended too early.');

const notWhole = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body was read before and is not whole.', { headers: closing });

const notBytes = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body was decoded in a way that cannot be undone.', {
    headers: closing,
  });

type Chunk = string | Uint8Array;

const isChunk = (value: unknown): value is Chunk => typeof value === 'string' || isUint8Array(value);

/** Encodings whose text stands for exactly one byte sequence. ASCII drops a bit per byte, UTF-16 an odd last byte. */
const LOSSLESS: ReadonlySet<BufferEncoding> = new Set<BufferEncoding>(['latin1', 'hex', 'base64', 'base64url']);

/**
 * Returns the bytes that a text was decoded from.
 * @returns `undefined` if they are ambiguous: a replacement character stands for any bytes that are not UTF-8
 */
export const bytesOf = (text: string, encoding: BufferEncoding | null = null): Buffer | undefined => {
  if (encoding === null || encoding === 'utf8') return text.includes('\uFFFD') ? undefined : Buffer.from(text);
  return LOSSLESS.has(encoding) ? Buffer.from(text, encoding) : undefined;
};

/** Checks whether a decoder holds bytes back until it has three of them. */
const isInGroups = (encoding: BufferEncoding): boolean => encoding.startsWith('base64');

/** Joins chunks, in order, as bytes. Consecutive texts are joined first, because a character may be cut in two. */
const join = (chunks: readonly Chunk[], encoding: BufferEncoding | null): Buffer | undefined => {
  const parts: (Buffer | undefined)[] = [];
  let text = '';
  for (const chunk of chunks) {
    if (typeof chunk === 'string') text += chunk;
    else {
      parts.push(bytesOf(text, encoding), Buffer.from(chunk));
      text = '';
    }
  }
  parts.push(bytesOf(text, encoding));
  return parts.includes(undefined) ? undefined : Buffer.concat(parts.filter((part) => part !== undefined));
};

/** Checks whether data has already been read from a request's stream. */
export const wasRead = ({ readableDidRead, readableEnded }: IncomingMessage): boolean =>
  readableDidRead || readableEnded;

/** Returns the length of a request body in bytes, by its headers (RFC 9112 §6.3); `undefined` if they declare none. */
export const announcedLength = ({ headers }: IncomingMessage): number | undefined => {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
};

const ignore = (): void => undefined;

/** Makes a stream emit its data, in whatever state earlier middleware has left it. */
const startFlowing = (request: IncomingMessage, isWanted: () => boolean): void => {
  if (request.listenerCount('readable') === 0) {
    request.resume(); // a listener for its data does not start a paused stream
    return;
  }
  // With a `readable` listener a stream does not flow; each read emits what it returns.
  const pull = (): void => {
    while (isWanted() && request.read() !== null);
  };
  request.on('readable', pull);
  pull();
};

/**
 * Reads the body of a request, even from a stream that has an encoding, is paused, was partly read and put back, or is
 * emitted again by a middleware that held it back. Data that was read or decoded before must add up to the announced
 * length.
 *
 * @throws OAuthError `invalid_request`: 400 if the body is not complete or its bytes are ambiguous; 408 after 10
 *   seconds; 413 above `MAX_BODY_BYTES`
 */
export const readBytes = (request: IncomingMessage): Promise<Buffer> => {
  const announced = announcedLength(request);
  const isSecondReader = wasRead(request);
  if (isSecondReader && announced === undefined) return Promise.reject(notWhole());
  if (isSecondReader && announced === 0) return Promise.resolve(Buffer.alloc(0));
  if (request.destroyed && !request.readableEnded) return Promise.reject(cutOff());

  return new Promise((resolve, reject) => {
    const chunks: Chunk[] = [];
    let size = 0;
    let isSettled = false;
    let replayTimer: NodeJS.Timeout | undefined;
    const settle = (act: () => void): void => {
      isSettled = true;
      clearTimeout(deadlineTimer);
      clearTimeout(replayTimer);
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onBroken);
      act();
    };
    const refuse = (refusal: () => OAuthError): void => settle(() => reject(refusal()));
    const finish = (): void => {
      const encoding = request.readableEncoding;
      const bytes = join(chunks, encoding);
      if (bytes === undefined) return refuse(notBytes);
      // A decoder that was set after the end holds the last bytes back.
      const needsProof = isSecondReader || (encoding !== null && (announced !== undefined || isInGroups(encoding)));
      if (needsProof && bytes.length !== announced) return refuse(notWhole);
      return settle(() => resolve(bytes));
    };
    const awaitReplay = (): void => {
      clearTimeout(replayTimer);
      replayTimer = setTimeout(() => refuse(notWhole), REPLAY_PAUSE_MS);
    };
    const onData = (chunk: unknown): void => {
      if (!isChunk(chunk)) return refuse(notBytes);
      if (replayTimer !== undefined) awaitReplay();
      size += typeof chunk === 'string' ? Buffer.byteLength(chunk, request.readableEncoding ?? 'utf8') : chunk.length;
      if (size > MAX_BODY_BYTES) return refuse(tooLarge);
      chunks.push(chunk);
      return isSecondReader && size === announced ? finish() : undefined;
    };
    const onEnd = (): void => (isSecondReader ? awaitReplay() : finish());
    const onBroken = (): void => refuse(cutOff);
    const onClose = (): void => {
      if (!request.readableEnded) onBroken(); // a stream that has ended closes by itself
    };
    const deadlineTimer = setTimeout(() => refuse(tooSlow), BODY_DEADLINE_MS);
    if (request.readableEnded) awaitReplay();
    request.on('error', ignore); // kept: an `error` event without a listener ends the process
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onBroken);
    startFlowing(request, () => !isSettled);
  });
};
