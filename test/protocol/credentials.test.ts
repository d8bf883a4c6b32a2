import fc from 'fast-check';
import {
  headerValues,
  readBasicCredentials,
  readBearerCredentials,
  readClientCredentials,
  singleHeader,
} from '../../src/protocol/credentials';
import { OAuthError } from '../../src/protocol/errors';
import { thrownBy } from '../support/expect/thrown';
import { fastest } from '../support/time/timing';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const basic = (text: string | Uint8Array): string => `Basic ${base64(text)}`;
const form = (parameters: Readonly<Record<string, string>>) => new Map(Object.entries(parameters));

const invalidRequest = expect.objectContaining({ code: 'invalid_request', status: 400 });

const isInvalidRequest = (thrown: unknown): boolean =>
  thrown instanceof OAuthError && thrown.code === 'invalid_request' && thrown.status === 400;

describe('a search in header fields', () => {
  test('finds all values of a field in order, in any case of its name', () => {
    const raw = ['Host', 'h', 'AUTHORIZATION', 'a', 'authorization', 'b', 'X-Authorization', 'c'];
    expect(headerValues(raw, 'authorization')).toEqual(['a', 'b']);
    expect(headerValues(raw, 'cookie')).toEqual([]);
  });

  test('never treats a value as a name', () => {
    expect(headerValues(['x', 'authorization', 'y', 'authorization'], 'authorization')).toEqual([]);
  });

  test('S-055 S-211 refuses a repeated field, and ignores case for ASCII letters only', () => {
    expect(singleHeader(['Authorization', 'a'], 'authorization')).toBe('a');
    expect(singleHeader([], 'authorization')).toBeUndefined();
    expect(thrownBy(() => singleHeader(['Authorization', 'a', 'authorization', 'a'], 'authorization'))).toEqual(
      invalidRequest,
    );
    expect(singleHeader(['author\u0130zation', 'a', 'authorizat\u0131on', 'b'], 'authorization')).toBeUndefined();
  });
});

describe('readBasicCredentials', () => {
  test('S-044 S-052 reads id and secret, in any case of the scheme', () => {
    for (const scheme of ['Basic', 'basic', 'BASIC', 'bAsIc']) {
      expect(readBasicCredentials(`${scheme} ${base64('id:secret')}`)).toEqual({
        clientId: 'id',
        clientSecret: 'secret',
      });
    }
  });

  test('S-049 splits at the first colon only', () => {
    expect(readBasicCredentials(basic('id:a:b:c'))).toEqual({ clientId: 'id', clientSecret: 'a:b:c' });
    expect(readBasicCredentials(basic('id:a:junk'))).toEqual({ clientId: 'id', clientSecret: 'a:junk' });
  });

  test('S-058 S-059 returns empty halves as they are', () => {
    expect(readBasicCredentials(basic(':secret'))).toEqual({ clientId: '', clientSecret: 'secret' });
    expect(readBasicCredentials(basic('id:'))).toEqual({ clientId: 'id', clientSecret: '' });
  });

  test('S-060 S-061 decodes both halves as form components, and refuses an invalid escape', () => {
    expect(readBasicCredentials(basic('my%2Did:s%20e%2Bc'))).toEqual({ clientId: 'my-id', clientSecret: 's e+c' });
    expect(readBasicCredentials(basic('a+b:c+d'))).toEqual({ clientId: 'a b', clientSecret: 'c d' });
    expect(readBasicCredentials(basic('a%3Ab:c'))).toEqual({ clientId: 'a:b', clientSecret: 'c' });
    for (const text of ['id:%', 'id:%zz', '%:secret', 'id:%FF']) {
      expect(thrownBy(() => readBasicCredentials(basic(text)))).toEqual(invalidRequest);
    }
  });

  test('S-051 returns nothing for another scheme, even if it resembles Basic', () => {
    const credentials = base64('id:secret');
    for (const scheme of ['xBasicy', 'Basicx', 'NotBasic', 'Bearer', 'Basic-x', 'Digest', 'Ba\u017fic']) {
      let found: unknown;
      const thrown = thrownBy(() => {
        found = readBasicCredentials(`${scheme} ${credentials}`);
      });
      expect(found).toBeUndefined();
      expect(thrown === undefined || isInvalidRequest(thrown)).toBe(true);
    }
    expect(thrownBy(() => readBasicCredentials(`Basic, ${credentials}`))).toEqual(invalidRequest);
  });

  test('S-053 accepts several spaces after the scheme, but no tab and no surrounding space', () => {
    const credentials = base64('id:secret');
    expect(readBasicCredentials(`Basic   ${credentials}`)?.clientId).toBe('id');
    for (const header of [
      `Basic\t${credentials}`,
      ` Basic ${credentials}`,
      `Basic ${credentials} `,
      `Basic \t${credentials}`,
    ]) {
      expect(thrownBy(() => readBasicCredentials(header))).toEqual(invalidRequest);
    }
  });

  test('S-054 refuses anything after the credentials', () => {
    const credentials = base64('id:secret');
    for (const behind of [' junk', `, Basic ${credentials}`, ',', ` ${credentials}`, ';a=b']) {
      expect(thrownBy(() => readBasicCredentials(`Basic ${credentials}${behind}`))).toEqual(invalidRequest);
    }
  });

  test('S-056 refuses everything except canonical base64', () => {
    const bad = [
      '',
      '!!!!',
      'aWQ6_-__', // the URL-safe alphabet
      base64('id:s').replace(/=+$/, ''), // padding left out
      `${base64('id:sec')}=`,
      'aWQ6c2VjcmV0=',
      'a!W!Q!6!c!w!=!=',
      'aWQ6 cw==',
      'aWQ6cx==', // bits behind the end
      'aWQ6c2V=',
      'aWQ6c===',
      'aWQ=6cw==',
    ];
    for (const encoded of bad) {
      expect([encoded, thrownBy(() => readBasicCredentials(`Basic ${encoded}`))]).toEqual([encoded, invalidRequest]);
    }
    expect(thrownBy(() => readBasicCredentials('Basic'))).toEqual(invalidRequest);
  });

  test('S-057 refuses credentials without a colon', () => {
    expect(thrownBy(() => readBasicCredentials(basic('abc')))).toEqual(invalidRequest);
  });

  test('S-062 refuses bytes that are not UTF-8', () => {
    for (const bytes of [
      [0x61, 0x3a, 0xff],
      [0x61, 0x3a, 0xfe],
      [0xe4, 0x3a, 0x61],
      [0x61, 0x3a, 0xc0, 0xaf],
    ]) {
      expect(thrownBy(() => readBasicCredentials(basic(Uint8Array.from(bytes))))).toEqual(invalidRequest);
    }
  });

  test('S-063 S-071 refuses control characters and non-ASCII characters, plain or escaped', () => {
    for (const text of ['i\0d:s', 'id:s\r\n', 'id:\x7f', 'id:%00', 'id%0A:s', 'id:%0D%0A', 'jö:s', 'id:s%C3%B6']) {
      expect(thrownBy(() => readBasicCredentials(basic(text)))).toEqual(invalidRequest);
    }
    // Characters with a meaning for Redis are text like any other.
    expect(readBasicCredentials(basic('*?{x}../:%3A*'))).toEqual({ clientId: '*?{x}../', clientSecret: ':*' });
  });

  test('S-211 ignores case in the scheme for ASCII letters only', () => {
    const header = `BAS\u0130C ${base64('id:secret')}`;
    const thrown = thrownBy(() => expect(readBasicCredentials(header)).toBeUndefined());
    expect(thrown === undefined || isInvalidRequest(thrown)).toBe(true);
  });

  test('reads back what a client wrote that encodes both halves', () => {
    const half = fc.string({
      unit: fc.constantFrom(...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))),
    });
    const encode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
    assertProperty(
      fc.property(half, half, (clientId, clientSecret) => {
        expect(readBasicCredentials(basic(`${encode(clientId)}:${encode(clientSecret)}`))).toEqual({
          clientId,
          clientSecret,
        });
      }),
      { numRuns: 300 },
    );
  });

  test('S-359 returns visible ASCII, nothing, or an invalid_request, for any header', () => {
    const hostile = fc.oneof(
      anyText({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => basic(bytes)),
      fc.string({ unit: fc.constantFrom(...'aZ09+/=-_ !,:\t'), maxLength: 24 }).map((text) => `Basic ${text}`),
      fc.string({ unit: fc.constantFrom(...'%:+aF0\0é'), maxLength: 24 }).map((text) => basic(text)),
    );
    assertProperty(
      fc.property(hostile, (header) => {
        try {
          const read = readBasicCredentials(header);
          return read === undefined || /^[\x20-\x7E]*$/.test(`${read.clientId}${read.clientSecret}`);
        } catch (thrown) {
          return isInvalidRequest(thrown);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('S-056 never reads two headers as the same credentials, except for case and spaces of the scheme', () => {
    const encoded = fc.string({ unit: fc.constantFrom(...'aWQ6cw=+/ \t!-_'), maxLength: 12 });
    assertProperty(
      fc.property(encoded, (text) => {
        let read: ReturnType<typeof readBasicCredentials>;
        if (thrownBy(() => (read = readBasicCredentials(`Basic ${text}`))) !== undefined || read === undefined) return;
        // Whatever was accepted is the one canonical spelling of its bytes.
        expect(base64(Buffer.from(text.trimStart(), 'base64'))).toBe(text.trimStart());
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('readClientCredentials', () => {
  const header = ['Authorization', basic('id:secret')];

  test('reads the header or the body', () => {
    const expected = { clientId: 'id', clientSecret: 'secret' };
    expect(readClientCredentials(header, form({}))).toEqual(expected);
    expect(readClientCredentials([], form({ client_id: 'id', client_secret: 'secret' }))).toEqual(expected);
  });

  test('S-043 returns nothing if there are no credentials', () => {
    expect(readClientCredentials([], form({}))).toBeUndefined();
    expect(readClientCredentials([], form({ client_secret: 'secret' }))).toBeUndefined();
  });

  test('S-059 distinguishes no secret in the body from an empty one in the header', () => {
    expect(readClientCredentials([], form({ client_id: 'id' }))).toEqual({ clientId: 'id', clientSecret: undefined });
    const empty = ['Authorization', basic('id:')];
    expect(readClientCredentials(empty, form({}))).toEqual({ clientId: 'id', clientSecret: '' });
    expect(readClientCredentials(empty, form({ client_id: 'id' }))).toEqual({ clientId: 'id', clientSecret: '' });
  });

  test('S-064 refuses header and body together, whether equal, different, or only one of them right', () => {
    for (const secret of ['secret', 'other']) {
      expect(thrownBy(() => readClientCredentials(header, form({ client_secret: secret })))).toEqual(invalidRequest);
      const both = form({ client_id: 'id', client_secret: secret });
      expect(thrownBy(() => readClientCredentials(header, both))).toEqual(invalidRequest);
      expect(thrownBy(() => readClientCredentials(['Authorization', 'Bearer x'], both))).toEqual(invalidRequest);
    }
  });

  test('S-065 S-066 accepts the same client_id beside the header, and refuses another', () => {
    expect(readClientCredentials(header, form({ client_id: 'id' }))?.clientSecret).toBe('secret');
    for (const clientId of ['other', 'ID', 'id ']) {
      expect(thrownBy(() => readClientCredentials(header, form({ client_id: clientId })))).toEqual(invalidRequest);
    }
  });

  test('S-055 refuses two Authorization headers, whatever they contain', () => {
    for (const second of [basic('id:secret'), 'Bearer x']) {
      expect(thrownBy(() => readClientCredentials([...header, 'authorization', second], form({})))).toEqual(
        invalidRequest,
      );
    }
  });

  test('S-068 returns no client for a Bearer token, even with a client_id', () => {
    const bearer = ['Authorization', 'Bearer abc'];
    expect(readClientCredentials(bearer, form({}))).toBeUndefined();
    expect(readClientCredentials(bearer, form({ client_id: 'id' }))).toBeUndefined();
  });

  test('S-063 refuses control characters and non-ASCII characters in the body', () => {
    for (const bad of ['a\0', 'a\n', 'é', '\x7f']) {
      expect(thrownBy(() => readClientCredentials([], form({ client_id: bad, client_secret: 's' })))).toEqual(
        invalidRequest,
      );
      expect(thrownBy(() => readClientCredentials([], form({ client_id: 'id', client_secret: bad })))).toEqual(
        invalidRequest,
      );
    }
  });

  test('S-069 treats names of inherited properties as plain text', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(readClientCredentials(['Authorization', basic(`${name}:s`)], form({}))).toEqual({
        clientId: name,
        clientSecret: 's',
      });
    }
  });

  test('S-026 does not repeat the input in its messages', () => {
    const messages = [
      () => readClientCredentials(header, form({ client_secret: 'canary' })),
      () => readClientCredentials(header, form({ client_id: 'canary' })),
      () => readClientCredentials(['Authorization', basic('canary')], form({})),
      () => readClientCredentials(['Authorization', basic('canary:%')], form({})),
      () => readClientCredentials(['Authorization', '"canary'], form({})),
    ].map((act) => (thrownBy(act) as Error).message);
    for (const message of messages) {
      expect(message).not.toContain('canary');
      expect(message).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
    }
  });
});

describe('readBearerCredentials', () => {
  const of = (...authorization: readonly string[]) =>
    readBearerCredentials(authorization.flatMap((value) => ['Authorization', value]));

  test('S-180 S-182 reads a token after the scheme in any case and with any number of spaces', () => {
    for (const header of ['Bearer abc', 'bearer abc', 'BEARER abc', 'BeArEr abc', 'Bearer   abc']) {
      expect(of(header)).toEqual({ kind: 'token', token: 'abc' });
    }
    expect(of('Bearer aZ09-._~+/==')).toEqual({ kind: 'token', token: 'aZ09-._~+/==' });
  });

  test('S-177 S-181 returns nothing without a header or for another scheme', () => {
    expect(readBearerCredentials(['Host', 'h', 'Proxy-Authorization', 'Bearer abc'])).toEqual({ kind: 'none' });
    for (const header of [
      'Token x',
      'Bearerx t',
      'xBearer t',
      `Basic ${base64('a:b')}`,
      'DPoP x',
      'abc',
      '',
      'Bearer-x t',
    ]) {
      expect([header, of(header)]).toEqual([header, { kind: 'none' }]);
    }
  });

  test('S-182 S-183 reports a header as malformed that names Bearer and has no b64token', () => {
    const malformed = [
      ...['Bearer', 'Bearer ', 'Bearer\tabc', 'Bearer abc def', 'Bearer abc ', 'Bearer \tabc', 'Bearer abc\t'],
      ...[
        'Bearer a=b',
        'Bearer =',
        'Bearer a,b',
        'Bearer "a"',
        'Bearer a, Bearer b',
        'Bearer, abc',
        'Bearer é',
        'Bearer a%20',
      ],
    ];
    for (const header of malformed) expect([header, of(header)]).toEqual([header, { kind: 'malformed' }]);
  });

  test('S-183 accepts only b64token characters, of all bytes', () => {
    const accepted = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => of(`Bearer a${character}b`).kind === 'token',
    );
    expect(accepted.join('')).toBe('+-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~');
  });

  test('S-185 reports two headers as malformed, even if they are equal', () => {
    expect(of('Bearer abc', 'Bearer abc')).toEqual({ kind: 'malformed' });
    expect(of('Basic x', 'Bearer abc')).toEqual({ kind: 'malformed' });
    expect(readBearerCredentials(['authorization', 'Bearer a', 'AUTHORIZATION', 'Bearer b'])).toEqual({
      kind: 'malformed',
    });
  });

  test('S-211 ignores case in the scheme for ASCII letters only', () => {
    expect(of('bea\u017fer abc').kind).toBe('none');
    expect(of('\u212Aearer abc').kind).toBe('none');
  });

  test('S-359 never throws, and returns only b64tokens', () => {
    const header = fc.oneof(
      anyText({ maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'aZ9-._~+/= \t,"é'), maxLength: 20 }).map((text) => `Bearer${text}`),
    );
    assertProperty(
      fc.property(fc.array(header, { maxLength: 2 }), (headers) => {
        const read = of(...headers);
        if (read.kind === 'token') expect(read.token).toMatch(/^[A-Za-z0-9._~+/-]+=*$/);
        if (headers.length === 0) expect(read.kind).toBe('none');
        if (headers.length === 2) expect(read.kind).toBe('malformed');
      }),
      { numRuns: 2_000 },
    );
  });

  test('S-184 reads a header of the maximum length in time that does not delay other requests', () => {
    for (const filler of [' ', '=', 'a', ' a', '\t']) {
      const header = `Bearer ${filler.repeat(16_000)}"`;
      expect(fastest(() => of(header))).toBeLessThan(20);
    }
  });
});
