import fc from 'fast-check';
import { openWith, sealUnder } from '../../src/protocol/sealing';
import { mintGrantId, mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { anyText, wellFormedText } from '../support/any-text';

const token = mintRefreshToken(mintGrantId(), mintProofKey()).text;

test('opens under the same token what was sealed under it', () => {
  fc.assert(
    fc.property(wellFormedText(), (text) => {
      expect(openWith(token, sealUnder(token, text))).toBe(text);
    }),
    { numRuns: 100 },
  );
});

test('S-345 opens under no other token, not even one that differs in a single character', () => {
  const sealed = sealUnder(token, 'pair');
  for (const other of [
    token.slice(0, -1),
    `${token}x`,
    token.replace('sgr_', 'sga_'),
    '',
    mintRefreshToken(mintGrantId(), mintProofKey()).text,
  ]) {
    expect(openWith(other, sealed)).toBeUndefined();
  }
});

test('opens with the context it was sealed with and no other', () => {
  const sealed = sealUnder(token, 'pair', 'read');
  expect(openWith(token, sealed, 'read')).toBe('pair');
  for (const context of ['', 'rea', 'read ', 'update']) expect(openWith(token, sealed, context)).toBeUndefined();
  expect(openWith(token, sealUnder(token, 'pair'), 'read')).toBeUndefined();
});

test('S-345 shows nothing of the text, and never seals it twice in the same way', () => {
  const one = sealUnder(token, 'canary-canary-canary');
  const two = sealUnder(token, 'canary-canary-canary');
  expect(one).not.toBe(two);
  for (const sealed of [one, two]) {
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('canary');
  }
});

test('opens nothing that was changed anywhere', () => {
  const sealed = Buffer.from(sealUnder(token, 'pair'), 'base64url');
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(openWith(token, changed.toString('base64url'))).toBeUndefined();
  }
});

test('S-313 opens nothing that is cut short, empty or foreign, and does not throw', () => {
  const sealed = sealUnder(token, 'pair');
  for (let length = 0; length < sealed.length; length += 1)
    expect(openWith(token, sealed.slice(0, length))).toBeUndefined();
  fc.assert(fc.property(anyText({ maxLength: 80 }), (text) => openWith(token, text) === undefined));
});
