import { posix } from 'node:path';
import fc from 'fast-check';
import { isCanonicalTarget, pathOf, withoutNeedlessEscapes } from '../../src/protocol/paths';
import { fastest } from '../support/time/timing';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const escape = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

const refuses = (...targets: readonly string[]): void => {
  for (const target of targets) expect([target, isCanonicalTarget(target)]).toEqual([target, false]);
};

const accepts = (...targets: readonly string[]): void => {
  for (const target of targets) expect([target, isCanonicalTarget(target)]).toEqual([target, true]);
};

describe('pathOf', () => {
  test('returns the path of an origin-form target without its query', () => {
    expect(pathOf('/')).toBe('/');
    expect(pathOf('/a/b?c=d?e')).toBe('/a/b');
    expect(pathOf('/a?')).toBe('/a');
  });

  test('S-254 S-256 returns nothing for any other form', () => {
    for (const target of ['http://evil.test/a', '*', 'evil.test:443', '', '?a', 'a', '\\a'])
      expect(pathOf(target)).toBeUndefined();
  });
});

describe('isCanonicalTarget', () => {
  test('accepts ordinary paths, with a trailing slash, necessary escapes, and any query', () => {
    accepts(
      '/',
      '/orders',
      '/orders/',
      '/orders/1',
      "/a-b._~!$&'()*+,=:@/c",
      '/caf%C3%A9',
      '/caf%c3%a9',
      '/a%20b',
      '/100%25',
    );
    accepts(
      '/orders?',
      '/orders?a=//..%2f&b=?',
      '/?x',
      '/a?q="x"',
      '/users/john%40gmail.com',
      '/a%3Fb',
      '/a%23b',
      '/a...',
      '/...',
    );
  });

  test('S-249 refuses empty segments', () => {
    refuses('//', '//api/admin', '/api//admin', '/api/admin//', '///', '/api///admin', '//api/admin?x');
  });

  test('S-250 refuses unnecessary escapes, double escapes, overlong forms and NUL', () => {
    refuses(
      '/api/%61dmin',
      '/api/%41',
      '/api/%2561',
      '/%25%36%31',
      '/api/%c0%af',
      '/api/%e0%80%af',
      '/api/%00',
      '/a%00b',
    );
    refuses('/%30', '/%252f', '/%252e%252e', '/%25252e', '/%FF', '/%ED%A0%80', '/%', '/%4', '/%zz');
    for (const character of ALPHANUMERIC) refuses(`/a${escape(character)}b`, `/a${escape(character).toLowerCase()}b`);
  });

  test('S-250 accepts escapes of hyphen, dot, underscore and tilde, unless they form a dot segment', () => {
    accepts('/%2D', '/%7e', '/%7E', '/%5F', '/a%2Eb', '/%2E%2E%2E', '/caf%C3%A9%2e');
    refuses('/%2E', '/%2e%2E', '/.%2e', '/a/%2e/b');
    expect(withoutNeedlessEscapes('/%7Ea%2db%2E/%41%40?%7E')).toBe('/~a-b./%41%40?%7E');
  });

  test('S-251 refuses escaped slashes, and backslashes, escaped or raw', () => {
    refuses('/api/admin%2fx', '/api/admin%2Fx', '/api%5cadmin', '/api%5Cadmin', '/api\\admin', '\\api', '/\\evil.test');
  });

  test('S-252 refuses dot segments, however they are written', () => {
    refuses('/.', '/..', '/./', '/../', '/x/../api/admin', '/x/%2e%2e/api/admin', '/api/./admin', '/.%2e/', '/%2e./a');
    refuses('/..;/admin', '/a/..;x=1/b', '/a/.;/b', '/x/..', '/x/.', '/x/%2E%2E', '/..\\a', '/%2e%2e%2fa');
  });

  test('S-253 refuses matrix parameters', () => {
    refuses('/api/admin;v=1/x', '/api/admin%3b', '/api/admin%3Bv', '/api;', '/;');
  });

  test('S-254 S-255 S-256 refuses every form except a path', () => {
    refuses(
      'http://evil.test/api/admin',
      'HTTP://evil.test/',
      '//169.254.169.254/latest',
      '/\\evil.test',
      '*',
      'host:443',
      '@evil',
      '',
      '?a',
    );
  });

  test('S-257 refuses fragments, spaces, control characters and raw bytes outside ASCII', () => {
    refuses(
      '/api/admin#f',
      '/api/admin x',
      '/api/\tadmin',
      '/api/é',
      '/api/\u00e9',
      '/a?b c',
      '/a?b#c',
      '/a?é',
      '/a?\0',
      '/a\x7f',
    );
    for (const character of '"<>[]^`{|}') refuses(`/a${character}b`);
    for (let code = 0; code < 0x20; code += 1) refuses(`/a${escape(String.fromCharCode(code))}b`);
    refuses('/a%7fb', '/a%7Fb');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '/',
      '/',
      '.',
      '..',
      '%',
      '%2',
      '%2e',
      '%2F',
      '%5c',
      '%25',
      '%3b',
      '\\',
      ';',
      '#',
      '?',
      '%C3%A9',
      '%c0%af',
    ),
    fc.constantFrom('a', 'Z', '0', 'admin', '@', ':', '!', '+', '%20', '%40', '%3F', 'é', ' ', '\0', 'http:', '//h'),
  );
  const target = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`);

  const plain = fc.string({
    unit: fc.constantFrom(...`${ALPHANUMERIC}-._~`, ..."!$&'()*+,=:@"),
    minLength: 1,
    maxLength: 6,
  });
  const escaped = fc.constantFrom('é', ' ', '漢', '?', '"', '<', '|', '\u{1F600}').map(escape);
  const segment = fc
    .array(fc.oneof({ weight: 3, arbitrary: plain }, escaped), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join(''))
    .filter((text) => text !== '.' && text !== '..');
  const canonical = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

  test('accepts every path of canonical segments', () => {
    assertProperty(
      fc.property(canonical, (path) => isCanonicalTarget(path)),
      { numRuns: 500 },
    );
  });

  test('S-250 S-252 S-255 accepts only what URL parsers, file paths and decoders read alike', () => {
    assertProperty(
      fc.property(fc.oneof(target, canonical), (sent) => {
        if (!isCanonicalTarget(sent)) return;
        const text = withoutNeedlessEscapes(sent); // as routers and upstreams see it
        const path = pathOf(text) ?? '';
        // A URL parser changes nothing in it, and it names no host.
        const resolved = new URL(text, 'http://upstream.test');
        expect([resolved.host, resolved.pathname]).toEqual(['upstream.test', path]);
        expect(new URL(`http://upstream.test${text}`).pathname).toBe(path);
        // Neither does what thinks in files.
        expect(posix.normalize(path)).toBe(path);
        for (const part of path.split('/')) {
          const decoded = decodeURIComponent(part);
          // Decoding moves no border and makes nothing special, and decoding again changes nothing.
          expect(decoded).not.toMatch(/[/\\;\0-\x1f\x7f]/);
          expect(['.', '..']).not.toContain(decoded);
          let again = decoded;
          try {
            again = decodeURIComponent(decoded);
          } catch {
            // a second decoder refuses it
          }
          expect(again).toBe(decoded);
          // It is the only spelling of its path, except for reserved characters, which may be plain or escaped.
          const spelt = (whole: string): string =>
            whole.replace(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/g, (found) =>
              found.length === 3 ? found.toUpperCase() : escape(found),
            );
          expect([...decoded].map((one) => (`${ALPHANUMERIC}-._~`.includes(one) ? one : escape(one))).join('')).toBe(
            spelt(part),
          );
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('S-249 S-250 S-251 S-252 S-253 refuses every other spelling of an accepted path', () => {
    const respell = fc.constantFrom<(path: string, at: number) => string>(
      (path, at) => {
        const indexes = [...path].flatMap((one, index) =>
          ALPHANUMERIC.includes(one) && !/%.?$/.test(path.slice(Math.max(0, index - 2), index)) ? [index] : [],
        );
        const index = indexes[at % indexes.length] ?? -1;
        return index === -1 ? `/${path}` : path.slice(0, index) + escape(path[index] ?? '') + path.slice(index + 1);
      },
      (path, at) => {
        const slashes = [...path].flatMap((one, index) => (one === '/' ? [index] : []));
        const index = slashes[at % slashes.length] ?? 0;
        const instead = ['//', '/./', '/x/../', '/%2e/', '\\', '%2f', '%5C', '/;x/', '/.%2E/', '/\t'][at % 10] ?? '//';
        return path.slice(0, index) + instead + path.slice(index + 1);
      },
      (path, at) => path + (['/.', '/..', '//', ';', ';x=1', '#', '%00', '%2f', '\\', '%3b', ' '][at % 11] ?? '//'),
      (path) => path.replace(/%/g, '%25').replace(/^\/$/, '//'),
      (path) => `http://evil.test${path}`,
    );
    assertProperty(
      fc.property(canonical, respell, fc.nat(1_000), (path, change, at) => {
        const other = change(path, at);
        if (other !== path) expect([other, isCanonicalTarget(other)]).toEqual([other, false]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('S-359 never throws for any target', () => {
    assertProperty(
      fc.property(fc.oneof(target, anyText()), (text) => typeof isCanonicalTarget(text) === 'boolean'),
      { numRuns: 1_000 },
    );
  });

  test('S-359 reads a target of the maximum length in time that does not delay other requests', () => {
    for (const filler of ['a', '/a', '%', '%2', '%C3%A9', '%25', '.', '../', ';']) {
      const long = `/${filler.repeat(16_000 / filler.length)}`;
      expect(fastest(() => isCanonicalTarget(long))).toBeLessThan(40);
    }
  });
});
