import fc from 'fast-check';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { assertProperty } from '../../../test/support/properties/property-runs';
import { closeFrame, closeReasons } from '../../src/websocket/close-frame';
import { FramePipe } from '../../src/websocket/frame-pipe';

const LAST = closeFrame(closeReasons.tokenEnded);

/** One side of a pipe: emits what the test wants, and keeps what is written. */
class Side extends EventEmitter {
  readonly written: Buffer[] = [];
  takes = true;
  isPaused = false;

  write(bytes: Buffer): boolean {
    this.written.push(bytes);
    return this.takes;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

const aPipe = () => {
  const [source, sink] = [new Side(), new Side()];
  const pipe = new FramePipe(source as unknown as Socket, sink as unknown as Socket, () => undefined);
  return { source, sink, pipe };
};

interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

const bytesOf = ({ opcode, payload }: Frame): Buffer => {
  const length = payload.length > 125 ? [126, payload.length >> 8, payload.length & 0xff] : [payload.length];
  return Buffer.concat([Buffer.of(0x80 | opcode, ...length), payload]);
};

const frames = fc.array(
  // Payloads that look like Close frames; opcode 8 is a real one.
  fc.record({ opcode: fc.constantFrom(0, 1, 2, 8, 9, 10), payload: fc.uint8Array({ max: 0x88, maxLength: 140 }) }),
  { minLength: 1, maxLength: 5 },
);

/** Cuts bytes at positions, which are fractions of their length. */
const cutAt = (bytes: Buffer, fractions: readonly number[]): readonly Buffer[] => {
  const positions = fractions.map((fraction) => Math.floor(fraction * bytes.length)).sort((a, b) => a - b);
  return [0, ...positions].map((from, index) => bytes.subarray(from, positions[index] ?? bytes.length));
};

/** What a sink has to receive: all frames up to the one that was being sent, and the last frame unless a Close passed. */
const expectedOf = (sent: readonly Frame[], bytesBefore: number): Buffer => {
  const passed: Buffer[] = [];
  let length = 0;
  let hasClosed = false;
  for (const frame of sent) {
    if (length >= bytesBefore) break;
    const bytes = bytesOf(frame);
    passed.push(bytes);
    length += bytes.length;
    hasClosed ||= frame.opcode === 8;
  }
  return Buffer.concat(hasClosed ? passed : [...passed, LAST]);
};

describe('a pipe of frames that is ended', () => {
  it('passes on whole frames, then one Close frame unless one has passed, and nothing more, whenever it is ended', () => {
    assertProperty(
      fc.property(
        frames,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        fc.nat(9),
        (sent, fractions, endBefore) => {
          const { source, sink, pipe } = aPipe();
          const chunks = cutAt(Buffer.concat(sent.map(bytesOf)), fractions);
          const end = Math.min(endBefore, chunks.length);
          pipe.start(Buffer.of());
          for (const [index, chunk] of chunks.entries()) {
            if (index === end) pipe.endWith(LAST);
            source.emit('data', chunk);
          }
          pipe.endWith(LAST);
          const bytesBefore = chunks.slice(0, end).reduce((sum, { length }) => sum + length, 0);
          expect(Buffer.concat(sink.written)).toEqual(expectedOf(sent, bytesBefore));
          expect(pipe.isEnded).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads on when it is ended, though the sink takes nothing', () => {
    const { source, sink, pipe } = aPipe();
    pipe.start(Buffer.of());
    sink.takes = false;
    source.emit('data', bytesOf({ opcode: 1, payload: Buffer.from('held back') }));
    expect(source.isPaused).toBe(true);
    pipe.endWith(LAST);
    expect(source.isPaused).toBe(false);
  });

  it('writes nothing after it was cut, wherever that is', () => {
    const frame = bytesOf({ opcode: 1, payload: Buffer.from('a frame') });
    for (let length = 0; length <= frame.length; length += 1) {
      const { source, sink, pipe } = aPipe();
      pipe.start(frame.subarray(0, length));
      expect(pipe.cut()).toBe(length === 0 || length === frame.length);
      source.emit('data', frame.subarray(length));
      pipe.endWith(LAST);
      expect(Buffer.concat(sink.written)).toEqual(frame.subarray(0, length));
    }
  });
});
