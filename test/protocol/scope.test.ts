import fc from 'fast-check';
import { OAuthError } from '../../src/protocol/errors';
import { isScopeToken, parseScope, printScope } from '../../src/protocol/scope';
import { thrownBy } from '../support/expect/thrown';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const invalidScope = expect.objectContaining({ code: 'invalid_scope', status: 400 });

/** %x21 / %x23-5B / %x5D-7E, RFC 6749 appendix A.4. */
const SCOPE_CHARACTERS = Array.from({ length: 256 }, (_, code) => code)
  .filter((code) => code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e))
  .map((code) => String.fromCharCode(code))
  .join('');

test('a scope is parsed into names separated by spaces', () => {
  expect(parseScope('read update')).toEqual(['read', 'update']);
});

test('S-107 a missing scope is parsed as none', () => {
  expect(parseScope(undefined)).toEqual([]);
});

test('S-105 a scope may contain the characters of a scope token, of all bytes, and no others', () => {
  const accepted = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => thrownBy(() => parseScope(`a${character}b`)) === undefined,
  );
  expect(accepted.join('')).toBe(` ${SCOPE_CHARACTERS}`); // a space parts two names
  expect(parseScope('a b')).toEqual(['a', 'b']);
});

test('S-106 a scope may have leading, trailing and repeated spaces, and no other separator', () => {
  for (const text of ['a b', ' a b', 'a b ', 'a  b', '   a     b  ']) expect(parseScope(text)).toEqual(['a', 'b']);
  for (const text of [' ', '   ']) expect(parseScope(text)).toEqual([]);
  for (const text of ['a\tb', ' \t', 'a "b', 'a\nb', 'a\u00a0b', 'a\u3000b', '\ta', 'a\r\n']) {
    expect([text, thrownBy(() => parseScope(text))]).toEqual([text, invalidScope]);
  }
  expect(parseScope('a,b')).toEqual(['a,b']); // a comma is a character of one name
});

test('S-110 a scope is parsed into each name once, in the order of the request', () => {
  expect(parseScope('a a a')).toEqual(['a']);
  expect(parseScope('b a b')).toEqual(['b', 'a']);
});

test('S-107 the scope `default` is parsed as none', () => {
  expect(parseScope('default')).toEqual([]);
  expect(parseScope('default read')).toEqual(['read']);
  expect(parseScope('Default')).toEqual(['Default']);
});

test('S-111 a scope of more than a hundred names or a name of more than 128 characters is refused', () => {
  const names = (count: number): string => Array.from({ length: count }, (_, index) => `s${index}`).join(' ');
  expect(parseScope(names(100))).toHaveLength(100);
  expect(thrownBy(() => parseScope(names(101)))).toEqual(invalidScope);
  expect(thrownBy(() => parseScope(names(1_000)))).toEqual(invalidScope);
  expect(parseScope(names(100).replaceAll(' ', ' '.repeat(50)))).toHaveLength(100);
  expect(thrownBy(() => parseScope(Array.from({ length: 101 }, () => 'a').join(' ')))).toEqual(invalidScope);
  expect(parseScope('x'.repeat(128))).toHaveLength(1);
  expect(thrownBy(() => parseScope('x'.repeat(129)))).toEqual(invalidScope);
  expect(thrownBy(() => parseScope('x'.repeat(8_192)))).toEqual(invalidScope);
});

test('S-113 a scope name that means something to objects or patterns is plain text', () => {
  const names = ['__proto__', 'constructor', '*', '.*', 'a|b', '{x}'];
  expect(parseScope(names.join(' '))).toEqual(names);
});

test('S-359 any text is parsed into scope tokens without repeats, or refused as invalid_scope', () => {
  const asked = fc.oneof(
    anyText({ maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'ab \t"\\é!'), maxLength: 20 }),
    fc.array(fc.constantFrom('read', 'update', 'default', ''), { maxLength: 6 }).map((names) => names.join(' ')),
  );
  assertProperty(
    fc.property(asked, (text) => {
      try {
        const scope = parseScope(text);
        expect(new Set(scope).size).toBe(scope.length);
        expect(scope).not.toContain('default');
        expect(scope.every(isScopeToken)).toBe(true);
      } catch (thrown) {
        expect(thrown instanceof OAuthError && thrown.code).toBe('invalid_scope');
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a printed scope parses to the same scope', () => {
  const name = fc.string({ unit: fc.constantFrom(...SCOPE_CHARACTERS), minLength: 1, maxLength: 12 });
  assertProperty(
    fc.property(fc.uniqueArray(name, { maxLength: 10 }), (names) => {
      const scope = names.filter((text) => text !== 'default');
      expect(parseScope(printScope(scope))).toEqual(scope);
    }),
    { numRuns: 300 },
  );
});

test('S-107 S-109 a scope is printed with single spaces, and is never empty', () => {
  expect(printScope(['read', 'update'])).toBe('read update');
  expect(printScope([])).toBe('default');
});
