import { isUint8Array } from 'node:util/types';

export type Chunk = string | Uint8Array;

export const isChunk = (value: unknown): value is Chunk => typeof value === 'string' || isUint8Array(value);

/** Encodings whose text stands for exactly one byte sequence. ASCII drops a bit per byte, UTF-16 an odd last byte. */
const LOSSLESS: ReadonlySet<BufferEncoding> = new Set<BufferEncoding>(['latin1', 'hex', 'base64', 'base64url']);

/**
 * Returns the bytes that a string was decoded from.
 * @returns `undefined` if they are ambiguous: a replacement character stands for any bytes that are not UTF-8
 */
export const bytesOf = (text: string, encoding: BufferEncoding | null = null): Buffer | undefined => {
  if (encoding === null || encoding === 'utf8') return text.includes('\uFFFD') ? undefined : Buffer.from(text);
  return LOSSLESS.has(encoding) ? Buffer.from(text, encoding) : undefined;
};

/** Checks whether a decoder holds bytes back until it has three of them. */
export const isInGroups = (encoding: BufferEncoding): boolean => encoding.startsWith('base64');

const isBytes = (chunk: Chunk): chunk is Uint8Array => typeof chunk !== 'string';

/** Joins chunks, in order, as bytes. Consecutive strings are joined first, because a character may be cut in two. */
export const joinChunks = (chunks: readonly Chunk[], encoding: BufferEncoding | null): Buffer | undefined => {
  if (encoding === null && chunks.every(isBytes)) return Buffer.concat(chunks);
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
