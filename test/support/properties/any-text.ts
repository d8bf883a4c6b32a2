import fc from 'fast-check';

interface Lengths {
  readonly minLength?: number;
  readonly maxLength?: number;
}

const code = (min: number, max: number) => fc.integer({ min, max });

// Bytes most of all; and letters of the whole of Unicode. fast-check's own units take seconds to be made.
const wellFormed = fc
  .oneof(code(0, 0xff), code(0, 0xd7ff), code(0xe000, 0xffff), code(0x10000, 0x10ffff))
  .map((point) => String.fromCodePoint(point));

const surrogate = code(0xd800, 0xdfff).map((point) => String.fromCharCode(point));

/** Any text there may be, lone surrogates included. */
export const anyText = (lengths: Lengths = {}): fc.Arbitrary<string> =>
  fc.string({ unit: fc.oneof({ weight: 19, arbitrary: wellFormed }, surrogate), ...lengths });

/** Any text that UTF-8 can carry. */
export const wellFormedText = (lengths: Lengths = {}): fc.Arbitrary<string> =>
  fc.string({ unit: wellFormed, ...lengths });
