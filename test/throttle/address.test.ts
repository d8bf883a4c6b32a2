import fc from 'fast-check';
import { networkOf, UNKNOWN_NETWORK } from '../../src/throttle/address';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

describe('the network that failures are counted under', () => {
  it('is an IPv4 address itself, in any notation', () => {
    for (const text of [
      '203.0.113.9',
      '203.0.113.9:1',
      '203.0.113.9:65535',
      ' 203.0.113.9\t',
      '"203.0.113.9"',
      '"203.0.113.9:4711"',
      'for=203.0.113.9',
      'For="203.0.113.9:4711"',
      '::ffff:203.0.113.9',
      '::FFFF:203.0.113.9',
      '0:0:0:0:0:ffff:203.0.113.9',
      '::ffff:cb00:7109',
      '::FFFF:CB00:7109',
      '[::ffff:203.0.113.9]:443',
      '[::ffff:cb00:7109]',
      '::203.0.113.9',
      '::cb00:7109',
      '::ffff:0:203.0.113.9',
      '64:ff9b::203.0.113.9',
      '64:FF9B::cb00:7109',
      '0064:ff9b:0:0:0:0:cb00:7109',
      '64:ff9b:1::203.0.113.9',
      '64:ff9b:1:abcd::cb00:7109',
      '2002:cb00:7109::1',
      '2002:cb00:7109:ffff:1:2:3:4',
    ]) {
      expect([text, networkOf(text)]).toEqual([text, '203.0.113.9']);
    }
  });

  it('is the /64 of an IPv6 address, because one subscriber has all of it', () => {
    const network = networkOf('2001:db8:0:1::1');
    for (const text of [
      '2001:db8:0:1:ffff:ffff:ffff:ffff',
      '2001:0DB8:0000:0001:0:0:0:2',
      '2001:db8::1:0:0:0:3',
      '2001:db8:0:1::192.0.2.1',
      '[2001:db8:0:1::1]',
      '[2001:db8:0:1::1]:443',
      ' "[2001:DB8:0:1::1]:443" ',
      'for="[2001:db8:0:1::1%eth0]:443"',
      '2001:db8:0:1::1%25eth0',
    ]) {
      expect([text, networkOf(text)]).toEqual([text, network]);
    }
    expect(networkOf('2001:db8:0:2::1')).not.toBe(network);
  });

  it('is separate for addresses that only look like embedded IPv4 addresses', () => {
    expect(networkOf('64:ff9b:1:2:3::cb00:7109')).toBe('64:ff9b:1:2::/64');
    expect(networkOf('64:ff9b:2::cb00:7109')).toBe('64:ff9b:2:0::/64');
    expect(networkOf('64:ff9c::cb00:7109')).toBe('64:ff9c:0:0::/64');
    expect(networkOf('2001:db8::ffff:203.0.113.9')).toBe('2001:db8:0:0::/64');
  });

  it('is found for short notations', () => {
    expect(networkOf('::1')).toBe('0:0:0:0::/64');
    expect(networkOf('::')).toBe('0:0:0:0::/64');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(networkOf('1:2:3:4:5:6:7::')).toBe('1:2:3:4::/64');
    expect(networkOf('::3:4:5:6:7:8')).toBe('0:0:3:4::/64');
  });

  it('is the same for all texts that are not addresses, including that of a Unix socket', () => {
    for (const text of [
      ...[
        '',
        ' ',
        'unknown',
        '_hidden',
        'for=_hidden',
        '::ffff:999.1.1.1',
        '1.2.3',
        ':::',
        'localhost',
        'localhost:80',
      ],
      ...[
        '010.0.0.1',
        '1.2.3.4:',
        '1.2.3.4:123456',
        '1.2.3.4:http',
        '[1.2.3.4',
        '1.2.3.4]',
        '1.2.3.4, 5.6.7.8',
        '2130706433',
      ],
      ...[
        '2001:db8::1::2',
        '[2001:db8::1]x',
        '2001:db8:1:2:3:4:5:6:7',
        'g::1',
        '0x7f.0.0.1',
        '1.2.3.4\0',
        '\u0661.2.3.4',
      ],
    ]) {
      expect([text, networkOf(text)]).toEqual([text, UNKNOWN_NETWORK]);
    }
    expect(networkOf(undefined)).toBe(UNKNOWN_NETWORK);
  });

  const part = fc.nat({ max: 255 });
  const ipv4 = fc.tuple(part, part, part, part).filter(([a]) => a > 0);
  const hex = (high: number, low: number): string => ((high << 8) | low).toString(16);
  const around = fc.tuple(fc.constantFrom('', ' ', '\t', '  '), fc.option(fc.nat({ max: 65_535 })), fc.boolean());

  it('is the same for any two notations of an IPv4 address', () => {
    const spelling = fc.constantFrom<(parts: readonly [number, number, number, number]) => string>(
      (parts) => parts.join('.'),
      (parts) => `::ffff:${parts.join('.')}`,
      ([a, b, c, d]) => `::ffff:${hex(a, b)}:${hex(c, d)}`,
      ([a, b, c, d]) => `0:0:0:0:0:FFFF:${hex(a, b).toUpperCase()}:${hex(c, d)}`,
      ([a, b, c, d]) => `64:ff9b::${hex(a, b)}:${hex(c, d)}`,
      (parts) => `64:ff9b:1:77::${parts.join('.')}`,
      ([a, b, c, d]) => `2002:${hex(a, b)}:${hex(c, d)}:5::6`,
      (parts) => `::${parts.join('.')}`,
    );
    assertProperty(
      fc.property(ipv4, spelling, around, (parts, spell, [blank, port, isQuoted]) => {
        const bare = spell(parts);
        const bracketed = bare.includes(':') && (port !== null || isQuoted) ? `[${bare}]` : bare;
        const ported = port === null ? bracketed : `${bracketed}:${port}`;
        const text = blank + (isQuoted ? `"${ported}"` : ported) + blank;
        expect([text, networkOf(text)]).toEqual([text, parts.join('.')]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same for any two notations of an IPv6 address', () => {
    const groups = fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 });
    const widths = fc.array(fc.nat({ max: 4 }), { minLength: 8, maxLength: 8 });
    assertProperty(
      fc.property(groups, widths, around, fc.nat({ max: 7 }), (numbers, padding, [blank, port, isUpper], zeroAt) => {
        const address = numbers.map((number, index) => (index === zeroAt ? 0 : number | 0x1000)); // of no special prefix
        const long = address.map((number, index) => number.toString(16).padStart(padding[index] ?? 0, '0')).join(':');
        const [before, after] = [address.slice(0, zeroAt), address.slice(zeroAt + 1)];
        const short = [before, after].map((half) => half.map((number) => number.toString(16)).join(':')).join('::');
        const expected = networkOf(long);
        expect(expected).toBe(
          `${address
            .slice(0, 4)
            .map((number) => number.toString(16))
            .join(':')}::/64`,
        );
        for (const bare of [long, short, `${short}%en0`, `[${short}]`]) {
          const ported = port === null ? bare : `[${bare.replace(/[[\]]/g, '')}]:${port}`;
          const text = blank + (isUpper ? ported.toUpperCase() : ported) + blank;
          expect([text, networkOf(text)]).toEqual([text, expected]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is an address, a /64 or one word, for any text', () => {
    const piece = fc.constantFrom(
      ...'0123456789abcdefFx:.[]%"; =',
      '::',
      'for=',
      '1.2.3.4',
      '2001:db8::1',
      ':80',
      'ffff',
    );
    const texts = fc.oneof(
      anyText({ maxLength: 60 }),
      fc.array(piece, { maxLength: 10 }).map((parts) => parts.join('')),
    );
    assertProperty(
      fc.property(texts, (text) => {
        expect(networkOf(text)).toMatch(/^(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{1,4}:){4}:\/64|unknown)$/);
      }),
      { numRuns: 5_000 },
    );
  });
});
