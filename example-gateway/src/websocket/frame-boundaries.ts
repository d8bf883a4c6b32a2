const CLOSE = 0x8;

/** Bytes of a header (RFC 6455 §5.2) before the extended length and the masking key. */
const SHORT_HEADER = 2;
const MASKING_KEY = 4;

/** The number of bytes of the extended length that the seven bits of the second byte announce. */
const extendedLength = (sevenBits: number): number => (sevenBits === 126 ? 2 : sevenBits === 127 ? 8 : 0);

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 §5.2), so that a frame can be inserted between two of
 * them. Reads headers only: payloads are neither copied nor checked. Reserved bits and unknown opcodes are ignored.
 */
export class FrameBoundaries {
  /** Bytes of the present header that were read, and its length as far as that is known. */
  #headerRead = 0;
  #headerLength = SHORT_HEADER;
  #lengthEnd = SHORT_HEADER;
  #opcode = 0;
  /** The payload length while the header is read, then what is left of the payload. */
  #payloadLeft = 0;
  #isInPayload = false;
  #hasClosed = false;

  /** True before the first frame and after the last byte of each. */
  get isAtBoundary(): boolean {
    return !this.#isInPayload && this.#headerRead === 0;
  }

  /** True if a whole Close frame has passed. */
  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  /** Follows all bytes of a chunk. */
  follow(chunk: Uint8Array, from = 0): void {
    let at = from;
    while (at !== -1 && at < chunk.length) at = this.next(chunk, at);
  }

  /** Follows the bytes from `from` to the end of a frame. @returns the index behind it; -1 if the chunk ends before */
  next(chunk: Uint8Array, from = 0): number {
    let at = from;
    while (!this.#isInPayload) {
      const byte = chunk[at];
      if (byte === undefined) return -1;
      at += 1;
      this.#readHeader(byte);
    }
    const taken = Math.min(this.#payloadLeft, chunk.length - at);
    this.#payloadLeft -= taken;
    if (this.#payloadLeft > 0) return -1;
    this.#isInPayload = false;
    this.#hasClosed ||= this.#opcode === CLOSE;
    return at + taken;
  }

  #readHeader(byte: number): void {
    const index = this.#headerRead;
    this.#headerRead += 1;
    if (index === 0) this.#opcode = byte & 0x0f;
    else if (index === 1) this.#readShortLength(byte);
    // A length above 2^53 is inexact, and such a frame does not end, either.
    else if (index < this.#lengthEnd) this.#payloadLeft = this.#payloadLeft * 256 + byte;
    if (this.#headerRead < this.#headerLength) return;
    this.#isInPayload = true;
    this.#headerRead = 0;
    this.#headerLength = SHORT_HEADER;
  }

  #readShortLength(byte: number): void {
    const sevenBits = byte & 0x7f;
    const isMasked = byte >= 0x80;
    this.#lengthEnd = SHORT_HEADER + extendedLength(sevenBits);
    this.#headerLength = this.#lengthEnd + (isMasked ? MASKING_KEY : 0);
    this.#payloadLeft = this.#lengthEnd === SHORT_HEADER ? sevenBits : 0;
  }
}
