import fc from 'fast-check';
import { openUnder, sealUnder } from '../../src/protocol/sealing';
import { mintGrantId, mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { anyText, wellFormedText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const token = mintRefreshToken(mintGrantId(), mintProofKey()).text;

test('a sealed text opens with the same token', () => {
  assertProperty(
    fc.property(wellFormedText(), (text) => {
      expect(openUnder(token, sealUnder(token, text))).toBe(text);
    }),
    { numRuns: 100 },
  );
});

test('S-345 a sealed text opens with no other token, even if it differs in a single character', () => {
  const sealed = sealUnder(token, 'pair');
  for (const other of [
    token.slice(0, -1),
    `${token}x`,
    token.replace('sgr_', 'sga_'),
    '',
    mintRefreshToken(mintGrantId(), mintProofKey()).text,
  ]) {
    expect(openUnder(other, sealed)).toBeUndefined();
  }
});

test('a sealed text opens only with the context with which it was sealed', () => {
  const sealed = sealUnder(token, 'pair', 'read');
  expect(openUnder(token, sealed, 'read')).toBe('pair');
  for (const context of ['', 'rea', 'read ', 'update']) expect(openUnder(token, sealed, context)).toBeUndefined();
  expect(openUnder(token, sealUnder(token, 'pair'), 'read')).toBeUndefined();
});

test('S-345 a sealed text reveals nothing of the text, and is different each time', () => {
  const one = sealUnder(token, 'canary-canary-canary');
  const two = sealUnder(token, 'canary-canary-canary');
  expect(one).not.toBe(two);
  for (const sealed of [one, two]) {
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('canary');
  }
});

test('a sealed text does not open if it was changed anywhere', () => {
  const sealed = Buffer.from(sealUnder(token, 'pair'), 'base64url');
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(openUnder(token, changed.toString('base64url'))).toBeUndefined();
  }
});

test('S-313 a sealed text that is truncated, empty or foreign does not open, without an exception', () => {
  const sealed = sealUnder(token, 'pair');
  for (let length = 0; length < sealed.length; length += 1)
    expect(openUnder(token, sealed.slice(0, length))).toBeUndefined();
  assertProperty(fc.property(anyText({ maxLength: 80 }), (text) => openUnder(token, text) === undefined));
});
