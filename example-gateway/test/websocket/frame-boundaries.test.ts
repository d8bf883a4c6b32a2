import fc from 'fast-check';
import { assertProperty } from '../../../test/support/properties/property-runs';
import { closeFrame, closeReasons, maskedCloseFrame } from '../../src/websocket/close-frame';
import { FrameBoundaries } from '../../src/websocket/frame-boundaries';

interface Frame {
  readonly opcode: number;
  readonly isMasked: boolean;
  /** How the length is written; a length may be written longer than it needs. */
  readonly lengthBytes: 0 | 2 | 8;
  readonly payload: Uint8Array;
}

const lengthOf = ({ lengthBytes, payload }: Frame): Buffer => {
  if (lengthBytes === 0) return Buffer.of();
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(payload.length, lengthBytes === 8 ? 2 : 0, lengthBytes === 8 ? 6 : 2);
  return length;
};

const bytesOf = (frame: Frame): Buffer => {
  const { opcode, isMasked, lengthBytes, payload } = frame;
  const sevenBits = lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127;
  const header = Buffer.of(0x80 | opcode, (isMasked ? 0x80 : 0) | sevenBits);
  return Buffer.concat([header, lengthOf(frame), ...(isMasked ? [Buffer.of(1, 2, 3, 4)] : []), payload]);
};

const frames = fc.array(
  fc
    .record({
      opcode: fc.constantFrom(0, 1, 2, 9, 10, 15),
      isMasked: fc.boolean(),
      lengthBytes: fc.constantFrom(0 as const, 2 as const, 8 as const),
      payload: fc.uint8Array({ maxLength: 300 }),
    })
    .map((frame): Frame =>
      frame.payload.length > 125 && frame.lengthBytes === 0 ? { ...frame, lengthBytes: 2 } : frame,
    ),
  { maxLength: 6 },
);

/** Cuts bytes into chunks whose sizes repeat. */
const chunksOf = (bytes: Buffer, sizes: readonly number[]): readonly Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

/** The positions in all chunks together at which a frame ends. */
const endsIn = (chunks: readonly Buffer[]): readonly number[] => {
  const boundaries = new FrameBoundaries();
  const ends: number[] = [];
  let before = 0;
  for (const chunk of chunks) {
    for (let at = boundaries.next(chunk); at !== -1; at = boundaries.next(chunk, at)) ends.push(before + at);
    before += chunk.length;
  }
  return ends;
};

describe('the boundaries of frames', () => {
  it('are found in every sequence of frames, however the bytes are divided', () => {
    assertProperty(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (sent, sizes) => {
        let end = 0;
        const expected = sent.map((frame) => (end += bytesOf(frame).length));
        expect(endsIn(chunksOf(Buffer.concat(sent.map(bytesOf)), sizes))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('are reported between frames and not inside of a header or a payload', () => {
    const boundaries = new FrameBoundaries();
    const bytes = bytesOf({ opcode: 1, isMasked: true, lengthBytes: 2, payload: Buffer.alloc(200) });
    expect(boundaries.isAtBoundary).toBe(true);
    const inside = [...bytes].map((byte) => {
      boundaries.follow(Buffer.of(byte));
      return boundaries.isAtBoundary;
    });
    expect(inside).toEqual(inside.map((_, index) => index === bytes.length - 1));
  });

  it('never come in a frame of 2^63 bytes or more', () => {
    const boundaries = new FrameBoundaries();
    boundaries.follow(Buffer.of(0x82, 127, ...Buffer.alloc(8, 0xff)));
    for (let chunks = 0; chunks < 100; chunks += 1) expect(boundaries.next(Buffer.alloc(65_536))).toBe(-1);
    expect(boundaries.isAtBoundary).toBe(false);
  });

  it('cost no time for a payload, so that one of 4 GiB is followed in chunks of any size', () => {
    const boundaries = new FrameBoundaries();
    const chunk = Buffer.alloc(1 << 20);
    boundaries.follow(Buffer.of(0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0));
    for (let chunks = 0; chunks < 4_095; chunks += 1) boundaries.follow(chunk);
    expect(boundaries.isAtBoundary).toBe(false);
    expect(boundaries.next(chunk)).toBe(chunk.length);
    expect(boundaries.isAtBoundary).toBe(true);
  });
});

describe('a Close frame', () => {
  it('is noticed when its last byte has passed, and only in a frame with that opcode', () => {
    const boundaries = new FrameBoundaries();
    boundaries.follow(bytesOf({ opcode: 2, isMasked: false, lengthBytes: 0, payload: Buffer.of(0x88, 0) }));
    const frame = closeFrame(closeReasons.goingAway);
    boundaries.follow(frame.subarray(0, -1));
    expect(boundaries.hasClosed).toBe(false);
    boundaries.follow(frame.subarray(-1));
    expect(boundaries.hasClosed).toBe(true);
  });

  it.each(Object.values(closeReasons))('with code $code is a control frame of at most 125 bytes', (reason) => {
    const frame = closeFrame(reason);
    expect([frame[0], frame[1], frame.readUInt16BE(2)]).toEqual([0x88, frame.length - 2, reason.code]);
    expect(frame.subarray(4).toString('latin1')).toBe(reason.text);
    expect(frame.length).toBeLessThanOrEqual(127);
  });

  it('for an upstream is masked with a new key each time', () => {
    const frame = maskedCloseFrame(closeReasons.goingAway);
    const key = frame.subarray(2, 6);
    const payload = frame.subarray(6).map((byte, index) => byte ^ (key[index % 4] ?? 0));
    expect([frame[0], frame[1]]).toEqual([0x88, 0x80 | (frame.length - 6)]);
    expect(Buffer.concat([Buffer.of(0x88, payload.length), payload])).toEqual(closeFrame(closeReasons.goingAway));
    expect(maskedCloseFrame(closeReasons.goingAway).subarray(2, 6)).not.toEqual(key);
  });
});
