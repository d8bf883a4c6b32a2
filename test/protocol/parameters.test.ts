import fc from 'fast-check';
import { OAuthError } from '../../src/protocol/errors';
import {
  collectParameters,
  decodeFormComponent,
  decodeUtf8,
  isFormMediaType,
  queryNames,
  readForm,
  readParsedForm,
  refuseQueryParameters,
  requireParameter,
  resourcesIn,
} from '../../src/protocol/parameters';
import { thrownBy } from '../support/expect/thrown';
import { fastest } from '../support/time/timing';
import { anyText, wellFormedText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const read = (text: string) => readForm(Buffer.from(text, 'latin1'));

const invalidRequest = expect.objectContaining({ code: 'invalid_request', status: 400 });

const refusal = (text: string): unknown => thrownBy(() => read(text));

describe('readForm', () => {
  test('reads names and values, with + as a space and escapes as UTF-8', () => {
    expect([...read('grant_type=password&username=J%C3%B6hn+Doe&password=a%2Bb%26c')]).toEqual([
      ['grant_type', 'password'],
      ['username', 'Jöhn Doe'],
      ['password', 'a+b&c'],
    ]);
  });

  test('keeps an equals sign inside a value', () => {
    expect(read('password=a=b==').get('password')).toBe('a=b==');
  });

  test('reads raw UTF-8 bytes', () => {
    expect(readForm(Buffer.from('username=jö')).get('username')).toBe('jö');
  });

  test('S-012 refuses escapes and bytes that are not UTF-8, and never inserts a replacement character', () => {
    const bad = [
      '%FF%FE',
      '%C0%AF',
      '%ED%A0%80',
      '%E4%ZZ',
      '%',
      '%1',
      'a%',
      '%u0041',
      '\xff',
      '\xc0\xaf',
      '\xed\xa0\x80',
    ];
    for (const value of bad) {
      expect(refusal(`username=${value}`)).toEqual(invalidRequest);
      expect(refusal(`${value}=x`)).toEqual(invalidRequest);
    }
  });

  test('S-013 refuses a repeated parameter, with the same or another value', () => {
    const names = [
      ...['grant_type', 'username', 'password', 'scope', 'refresh_token'],
      ...['client_id', 'client_secret', 'code', 'redirect_uri', 'code_verifier', 'anything'],
    ];
    for (const name of names) {
      expect(refusal(`${name}=a&${name}=a`)).toEqual(invalidRequest);
      expect(refusal(`${name}=a&x=1&${name}=b`)).toEqual(invalidRequest);
    }
  });

  test('S-014 counts a name as repeated even if one of its values is empty', () => {
    for (const form of ['scope=a&scope=', 'username=&username=u', 'scope&scope=a', 'scope&scope']) {
      expect(refusal(form)).toEqual(invalidRequest);
    }
  });

  test('S-015 compares names decoded and case-sensitively', () => {
    expect(refusal('grant_type=a&grant%5Ftype=b')).toEqual(invalidRequest);
    expect(refusal('grant_type=a&grant%5ftype=b')).toEqual(invalidRequest);
    expect([...read('grant_type=a&Grant_Type=b&grant_type%00=c').keys()]).toEqual([
      'grant_type',
      'Grant_Type',
      'grant_type\0',
    ]);
  });

  test('S-016 S-114 refuses a known parameter with brackets, and treats brackets as part of any other name', () => {
    for (const name of ['username[$ne]', 'password[]', 'grant_type[toString]', 'refresh_token%5Bx%5D', 'scope[]']) {
      expect(() => read(`${name}=x`)).toThrow(OAuthError);
    }
    expect([...read('a[b]=x&user[name]=y').keys()]).toEqual(['a[b]', 'user[name]']);
  });

  test('S-017 lets no name access a prototype', () => {
    const form = read('__proto__[admin]=1&constructor[prototype][x]=1&hasOwnProperty=1&toString=2&__proto__=3&get=4');
    expect(form.get('__proto__')).toBe('3');
    expect(form.get('hasOwnProperty')).toBe('1');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(read('a=b').get('constructor')).toBeUndefined();
  });

  test('S-018 refuses more than a hundred names, and accepts a hundred', () => {
    const names = (count: number): string => Array.from({ length: count }, (_, index) => `p${index}=1`).join('&');
    expect(read(names(100)).size).toBe(100);
    expect(refusal(names(101))).toEqual(invalidRequest);
    expect(refusal(names(100).replaceAll('=1', '=') + '&a=')).toEqual(invalidRequest);
  });

  test('S-027 treats an empty value like a missing one', () => {
    const form = read('grant_type=&username&password=&scope=a&&=&');
    expect([...form]).toEqual([['scope', 'a']]);
  });

  test('S-029 accepts a repeated resource parameter, and no other repeated parameter', () => {
    expect(resourcesIn(read('resource=a&resource=b&scope=c'))).toEqual(['a', 'b']);
    expect(resourcesIn(readParsedForm({ resource: ['a', 'b'], scope: 'c' }))).toEqual(['a', 'b']);
    expect([resourcesIn(read('resource=&scope=c')), resourcesIn(read('resource=a'))]).toEqual([[], ['a']]);
    expect(thrownBy(() => readParsedForm({ resource: ['a', { b: 'c' }] }))).toEqual(invalidRequest);
    expect(refusal('Resource=a&Resource=b')).toEqual(invalidRequest);
  });

  test('S-359 S-005 never throws anything but an invalid_request, for any bytes', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .string({ unit: fc.constantFrom(...'%&=+aF0[]\xff\xc3\x00;_'), maxLength: 60 })
        .map((text) => Buffer.from(text, 'latin1')),
      anyText({ maxLength: 60 }).map((text) => Buffer.from(text)),
    );
    assertProperty(
      fc.property(hostile, (bytes) => {
        const thrown = thrownBy(() => readForm(bytes));
        return thrown === undefined || (thrown instanceof OAuthError && thrown.code === 'invalid_request');
      }),
      { numRuns: 2_000 },
    );
  });

  test('reads back anything that a form serializer wrote, or refuses it for a repeated name', () => {
    const text = wellFormedText({ maxLength: 20 });
    assertProperty(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 8 }), (pairs) => {
        const form = readForm(Buffer.from(new URLSearchParams(pairs).toString()));
        expect([...form]).toEqual(pairs.filter(([, value]) => value !== ''));
      }),
      { numRuns: 500 },
    );
  });

  test('never returns an empty value or an ill-formed text', () => {
    assertProperty(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const form = new Map<string, string>();
        thrownBy(() => readForm(bytes).forEach((value, name) => form.set(name, value)));
        for (const [name, value] of form) {
          expect(value).not.toBe('');
          // A well-formed text survives UTF-8.
          expect(Buffer.from(name + value).toString('utf8')).toBe(name + value);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('S-026 does not repeat the input in its messages', () => {
    for (const form of [
      'canary=%FF',
      'canary=1&canary=2',
      Array.from({ length: 200 }, (_, i) => `canary${i}=1`).join('&'),
    ]) {
      expect((refusal(form) as Error).message).not.toContain('canary');
      expect((refusal(form) as Error).message).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
    }
  });
});

describe('readParsedForm', () => {
  test('accepts single strings', () => {
    expect([...readParsedForm({ grant_type: 'password', scope: '' })]).toEqual([['grant_type', 'password']]);
  });

  test('S-120 S-089 refuses arrays, objects, numbers, booleans and null in every parameter', () => {
    for (const value of [['a'], ['a', 'b'], { $ne: 'x' }, 1, true, null, undefined]) {
      expect(thrownBy(() => readParsedForm({ grant_type: 'password', username: value }))).toEqual(invalidRequest);
    }
  });

  test('reports a list as a repeated parameter, and any other type as not a text', () => {
    const messageOf = (username: unknown) => (thrownBy(() => readParsedForm({ username })) as Error).message;
    expect(messageOf(['a', 'b'])).toBe('A parameter was sent more than once.');
    for (const value of [{ b: 'c' }, 1, null]) {
      expect(messageOf(value)).toBe('A parameter must be a single text, not a list or an object.');
    }
  });

  test('S-017 treats a parsed hasOwnProperty like any other parameter', () => {
    const parsed = JSON.parse('{"hasOwnProperty":"1","__proto__":"2","grant_type":"password"}') as object;
    expect(readParsedForm(parsed).get('hasOwnProperty')).toBe('1');
    expect(readParsedForm(parsed).get('grant_type')).toBe('password');
    expect(readParsedForm(Object.assign(Object.create(null) as object, { scope: 'a' })).get('scope')).toBe('a');
  });

  test('S-018 limits the number of names as well', () => {
    const parsed = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`p${index}`, '1']));
    expect(thrownBy(() => readParsedForm(parsed))).toEqual(invalidRequest);
  });

  test('ignores inherited properties', () => {
    expect(readParsedForm(Object.create({ grant_type: 'password' }) as object).size).toBe(0);
  });
});

describe('decodeFormComponent', () => {
  test('S-060 decodes + as a space and escapes as UTF-8', () => {
    expect(decodeFormComponent('a+b%20c%2Bd')).toBe('a b c+d');
    expect(decodeFormComponent('my%2Did')).toBe('my-id');
  });

  test('is strict: it returns exactly what a strict decoder returns, or refuses', () => {
    const text = fc.string({ unit: fc.constantFrom(...'%+aAfF09gö\ud83d\ude00'), maxLength: 20 });
    assertProperty(
      fc.property(text, (encoded) => {
        let expected: string | undefined;
        try {
          expected = decodeURIComponent(encoded.replace(/\+/g, '%20'));
        } catch {
          expected = undefined;
        }
        if (expected === undefined) expect(thrownBy(() => decodeFormComponent(encoded))).toEqual(invalidRequest);
        else expect(decodeFormComponent(encoded)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('decodeUtf8', () => {
  test('S-062 gives different texts for any two byte strings, or refuses them', () => {
    assertProperty(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let text: string | undefined;
        const thrown = thrownBy(() => {
          text = decodeUtf8(bytes);
        });
        // Encoded again it gives the same bytes, so no two inputs became one text; a byte order mark is kept.
        if (text === undefined) expect(thrown).toEqual(invalidRequest);
        else expect(Buffer.from(text)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 1_000 },
    );
    expect(decodeUtf8(Buffer.from('\ufeffa'))).toBe('\ufeffa');
  });
});

describe('isFormMediaType', () => {
  test('S-009 accepts the type in any case, with a charset of UTF-8 in every common spelling', () => {
    const accepted = [
      'application/x-www-form-urlencoded',
      'Application/X-WWW-Form-URLencoded;charset=UTF-8',
      'application/x-www-form-urlencoded; charset=utf-8',
      'application/x-www-form-urlencoded; charset="UTF-8"',
      'application/x-www-form-urlencoded; charset=utf8',
      'application/x-www-form-urlencoded;charset="UTF8"',
      'application/x-www-form-urlencoded; Charset=Utf8;',
      'application/x-www-form-urlencoded;',
    ];
    for (const type of accepted) expect([type, isFormMediaType(type)]).toEqual([type, true]);
  });

  test('S-006 S-007 S-008 S-010 accepts no other type, no other charset and nothing after it', () => {
    const refused = [
      '',
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/x-www-form-urlencoded; charset=iso-8859-1',
      'application/x-www-form-urlencoded; charset=utf-7',
      'application/x-www-form-urlencoded; charset=utf-16',
      "application/x-www-form-urlencoded; charset='utf8'",
      'application/x-www-form-urlencoded; charset=utf--8',
      'application/x-www-form-urlencoded; charset=utf_8',
      'application/x-www-form-urlencoded; charset=utf88',
      'application/x-www-form-urlencoded; charset=utf-8; charset=iso-8859-1',
      'application/x-www-form-urlencoded, application/json',
      'application/x-www-form-urlencoded junk',
      'xapplication/x-www-form-urlencoded',
      'application/x-www-form-urlencodedx',
      `application/x-www-form-urlencoded; a=${'b'.repeat(8192)}`,
    ];
    for (const type of refused) expect([type, isFormMediaType(type)]).toEqual([type, false]);
  });

  test('S-008 S-018 reads a type of the maximum header length in time that does not delay other requests', () => {
    for (const filler of [' ', ' ;', '; charset=utf-8', '; charset=utf-8 '.padEnd(200)]) {
      const type = `application/x-www-form-urlencoded${filler.repeat(16_000 / filler.length)}x`;
      expect(isFormMediaType(type)).toBe(false);
      // Anything quadratic takes over 100 ms.
      expect(fastest(() => isFormMediaType(type))).toBeLessThan(20);
    }
  });
});

describe('the check of the URL', () => {
  test('S-003 S-004 refuses OAuth parameters and credentials in the query', () => {
    const names = [
      ...['grant_type', 'username', 'password', 'scope', 'refresh_token', 'access_token', 'client_id'],
      ...['client_secret', 'token', 'token_type_hint', 'code', 'code_verifier', 'redirect_uri'],
    ];
    for (const name of names) {
      for (const query of [
        `${name}=x`,
        name,
        `a=1&${name}=x`,
        `%${name.charCodeAt(0).toString(16)}${name.slice(1)}=x`,
      ]) {
        expect([query, thrownBy(() => refuseQueryParameters(`/token?${query}`))]).toEqual([query, invalidRequest]);
      }
    }
  });

  test('S-028 ignores other names in the query', () => {
    for (const target of ['/token', '/token?', '/token?a=grant_type', '/token?passwords=1&x-scope=2', '/token?%zz=1']) {
      expect(thrownBy(() => refuseQueryParameters(target))).toBeUndefined();
    }
  });

  test('S-171 does not repeat the query in its message', () => {
    const thrown = thrownBy(() => refuseQueryParameters('/token?password=canary')) as Error;
    expect(thrown.message).not.toContain('canary');
  });

  test('never throws for any target', () => {
    assertProperty(
      fc.property(fc.string({ unit: fc.constantFrom(...'?&=%+aF0/#'), maxLength: 40 }), (target) => {
        expect(Array.isArray(queryNames(target))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(queryNames('/a?b=1&c%20d=2&%=3&e?f=4')).toEqual(['b', 'c d', '%', 'e?f']);
  });
});

test('requireParameter returns the value, or names the missing parameter', () => {
  const form = collectParameters([
    ['scope', 'a'],
    ['empty', ''],
  ]);
  expect(requireParameter(form, 'scope')).toBe('a');
  for (const name of ['grant_type', 'empty']) {
    const thrown = thrownBy(() => requireParameter(form, name));
    expect(thrown).toEqual(invalidRequest);
    expect((thrown as Error).message).toContain(name);
  }
});
