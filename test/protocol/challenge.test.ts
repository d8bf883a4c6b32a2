import fc from 'fast-check';
import { basicChallenge, bearerChallenge } from '../../src/protocol/challenge';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A reader of one challenge with quoted parameters, by RFC 9110 §11.2 and §5.6.4 and nothing else. */
const parseChallenge = (header: string): Challenge => {
  const [, scheme = '', rest = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (.*)$/s.exec(header) ?? [];
  if (scheme === '') throw new Error('no scheme');
  const parameters = new Map<string, string>();
  const parameter =
    /([!#$%&'*+.^_`|~0-9A-Za-z-]+)="((?:[\t \x21\x23-\x5B\x5D-\x7E\x80-\xff]|\\[\t \x21-\x7E\x80-\xff])*)"(, |$)/y;
  while (parameter.lastIndex < rest.length) {
    const [, name = '', quoted = '', end] = parameter.exec(rest) ?? [];
    if (name === '') throw new Error(`not a list of parameters: ${rest}`);
    if (parameters.has(name)) throw new Error(`twice: ${name}`);
    parameters.set(name, quoted.replace(/\\(.)/g, '$1'));
    if (end === ', ' && parameter.lastIndex === rest.length) throw new Error('ends in a comma');
  }
  return { scheme, parameters };
};

test('S-177 the challenge contains only the realm if there is nothing else to report', () => {
  expect(bearerChallenge({ realm: 'api.example.com' })).toBe('Bearer realm="api.example.com"');
});

test('S-179 the challenge contains error and scope after the realm, each in quotes', () => {
  const challenge = bearerChallenge({
    realm: 'r',
    error: 'insufficient_scope',
    error_description: 'This resource needs the scope update.',
    scope: 'read update',
  });
  expect(challenge).toBe(
    'Bearer realm="r", error="insufficient_scope", error_description="This resource needs the scope update.", scope="read update"',
  );
});

test('S-043 the challenge to clients names UTF-8', () => {
  expect(basicChallenge('r')).toBe('Basic realm="r", charset="UTF-8"');
});

test('S-079 S-208 the challenge escapes quotes and backslashes, and never contains a line break', () => {
  expect(bearerChallenge({ realm: 'a"b\\c' })).toBe('Bearer realm="a\\"b\\\\c"');
  expect(basicChallenge('a"b\\c')).toBe('Basic realm="a\\"b\\\\c", charset="UTF-8"');
  expect(bearerChallenge({ realm: 'a\r\nSet-Cookie: x=y\0é' })).toBe('Bearer realm="aSet-Cookie: x=y"');
});

test('S-208 S-209 any challenge can be parsed as one challenge with the same values', () => {
  const text = fc.oneof(
    anyText({ maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...'"\\,= ;a\r\n\té'), maxLength: 20 }),
  );
  const printable = (value: string): string => value.replace(/[^\x20-\x7E]/g, '');
  assertProperty(
    fc.property(text, text, text, text, (realm, error, description, scope) => {
      const header = bearerChallenge({ realm, error, error_description: description, scope });
      expect(header).toMatch(/^[\x20-\x7E]*$/);
      const { scheme, parameters } = parseChallenge(header);
      expect(scheme).toBe('Bearer');
      expect([...parameters]).toEqual([
        ['realm', printable(realm)],
        ['error', printable(error)],
        ['error_description', printable(description)],
        ['scope', printable(scope)],
      ]);
      expect(parseChallenge(basicChallenge(realm)).parameters.get('realm')).toBe(printable(realm));
    }),
    { numRuns: 1_000 },
  );
});
