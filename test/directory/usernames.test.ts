import fc from 'fast-check';
import { joinName, nameKey, normalKey, normalName, plainSpelling, splitName } from '../../src/directory/usernames';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';
import { aGate } from '../support/gate/gate';
import { NOT_FOUND } from '../support/gate/managed-directory';

describe('splitName', () => {
  test('splits at the last @, so that the user part may be an e-mail address', () => {
    expect(splitName('john@gmail.com@johnsorg')).toEqual({ name: 'john@gmail.com', organization: 'johnsorg' });
    expect(splitName('john@johnsorg')).toEqual({ name: 'john', organization: 'johnsorg' });
    expect(splitName('a@@b')).toEqual({ name: 'a@', organization: 'b' });
  });

  test('gives a name without @ no organization, and a name that ends in @ an empty one', () => {
    expect(splitName('john')).toEqual({ name: 'john' });
    expect(splitName('john@')).toEqual({ name: 'john', organization: '' });
    expect(splitName('@org')).toEqual({ name: '', organization: 'org' });
    expect(splitName('')).toEqual({ name: '' });
  });

  test('is reversed by joinName for any name', () => {
    assertProperty(
      fc.property(fc.string({ unit: fc.constantFrom(...'a@.é ') }), (text) => {
        expect(joinName(splitName(text))).toBe(text);
        expect(splitName(text).organization ?? '').not.toContain('@');
      }),
    );
  });
});

describe('normalName', () => {
  test('returns lower case in composed form', () => {
    expect(normalName('John@Gmail.com')).toBe('john@gmail.com');
    expect(normalName('ÉMILE')).toBe('émile');
    expect(normalName('ВЛАДИМИР')).toBe('владимир');
    expect(normalName('李小龍')).toBe('李小龍');
  });

  test('S-091 treats composed and decomposed letters as the same name', () => {
    expect(normalName('e\u0301mile')).toBe('émile');
    expect(normalName('e\u0301mile')).toBe(normalName('\u00e9mile'));
  });

  test('S-091 refuses ligatures, full-width letters, white space, zero-width and direction marks', () => {
    const names = [
      ...['\ufb01le', '\uff4aohn', 'john ', ' john', 'jo hn', 'jo\thn', 'jo\u00a0hn', 'jo\u3000hn', 'jo\u2028hn'],
      ...[
        'jo\u200bhn',
        'jo\u200dhn',
        'jo\u200fhn',
        '\u202ejohn',
        'jo\u00adhn',
        '\ufeffjohn',
        'x\u00b2',
        '\u2460',
        'jo\u0378hn',
        '\ue000',
      ],
    ];
    for (const name of names) expect([name, normalName(name)]).toEqual([name, undefined]);
  });

  test('S-090 refuses control characters', () => {
    for (const name of ['user\0admin', 'a\rb', 'a\nb', 'a\x7f', '\u0085a', '\x1b[31m'])
      expect(normalName(name)).toBeUndefined();
  });

  test('S-091 refuses every character that is not shown, so that no two users look the same', () => {
    const invisible: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (/\p{Default_Ignorable_Code_Point}/u.test(character)) invisible.push(character);
    }
    expect(invisible.length).toBeGreaterThan(4_000);
    expect(invisible).toEqual(expect.arrayContaining(['\u034F', '\u115F', '\u180B', '\u200D', '\uFE0F', '\u{E0100}']));
    expect(invisible.filter((character) => normalName(`a${character}na`) !== undefined)).toEqual([]);
  });

  test('S-092 refuses letters that case mapping would turn into another letter', () => {
    for (const name of [
      '\u212Aelvin',
      '\u212Bngstrom',
      '\u2126mega',
      '\u017fam',
      '\u0130pek',
      '\u1c80\u0430',
      '\u1fb3',
    ]) {
      expect([name, normalName(name)]).toEqual([name, undefined]);
    }
  });

  test('S-092 accepts letters of words whose case mapping is not reversible', () => {
    expect(normalName('Weiß@x.de')).toBe('weiß@x.de');
    expect(normalName('STRA\u1e9eE')).toBe('straße');
    expect(normalName('yıldız')).toBe('yıldız');
    expect(normalName('ΟΔΟΣ')).toBe('οδος');
    expect(normalName('οδος')).toBe('οδος');
    expect(normalName('οδοσ')).toBe('οδοσ');
  });

  test('S-093 refuses lone surrogates', () => {
    for (const name of ['\ud800', 'a\udc00', '\udc00\ud800', 'x\ud83d']) expect(normalName(name)).toBeUndefined();
    expect(normalName('a\u{1F600}')).toBe('a\u{1F600}');
  });

  test('S-094 refuses an empty name and one of more than 256 characters', () => {
    expect(normalName('')).toBeUndefined();
    expect(normalName('x'.repeat(256))).toHaveLength(256);
    expect(normalName('x'.repeat(257))).toBeUndefined();
  });

  const names = fc.oneof(
    anyText({ minLength: 1, maxLength: 4 }),
    fc.string({
      unit: fc.constantFrom(...'aAkKsSiIßſıİΣσςéÉ\u0301\u0307\u212a\u212b\u1e9eǅǆᏣꮳ'),
      minLength: 1,
      maxLength: 5,
    }),
  );

  test('S-091 is idempotent', () => {
    assertProperty(
      fc.property(names, (name) => {
        const normal = normalName(name);
        if (normal !== undefined) expect(normalName(normal)).toBe(normal);
      }),
      { numRuns: 3_000 },
    );
  });

  test('S-091 S-092 gives one key for any two valid names that case mapping or composition merges', () => {
    const change = fc.constantFrom<(name: string) => string>(
      (name) => name.toUpperCase(),
      (name) => name.toLowerCase(),
      (name) => name.normalize('NFD'),
      (name) => name.normalize('NFC'),
      (name) => name.normalize('NFKC'),
      (name) => name.toUpperCase().normalize('NFD'),
    );
    assertProperty(
      fc.property(names, change, (name, respell) => {
        const one = normalName(name);
        const other = normalName(respell(name));
        if (one !== undefined && other !== undefined) expect(nameKey(other)).toBe(nameKey(one));
      }),
      { numRuns: 3_000 },
    );
  });

  test('S-091 S-092 gives one key for any two single letters that case mapping merges', () => {
    const formsOf = new Map<string, Set<string>>();
    for (let code = 0; code <= 0x1ffff; code += 1) {
      const letter = String.fromCodePoint(code);
      const normal = normalName(letter);
      if (normal === undefined) continue;
      const folded = letter.toUpperCase().toLowerCase().normalize('NFKC');
      formsOf.set(folded, (formsOf.get(folded) ?? new Set()).add(nameKey(normal)));
    }
    expect([...formsOf].filter(([, forms]) => forms.size > 1)).toEqual([]);
  });
});

describe('plainSpelling', () => {
  test('S-091 removes every character that is not shown', () => {
    for (const character of [' ', '\u034F', '\u115F', '\u200D', '\uFE0F', '\u{E0100}', '\0']) {
      expect([character, plainSpelling(`a${character}na${character}`)]).toEqual([character, 'ana']);
    }
  });
});

describe('nameKey', () => {
  const parts = fc.constantFrom('ß', 'ss', 'ς', 'σ', 'ı', 'i', 'a', '@', '.', 'é', '\u0307');

  test('S-092 gives one key for names that differ only in letters that case mapping merges, and only for those', () => {
    for (const names of [
      ['weiß', 'weiss'],
      ['οδος', 'οδοσ'],
      ['yıldız', 'yildiz', 'yıldiz'],
    ]) {
      expect(new Set(names.map(nameKey)).size).toBe(1);
    }
    expect(nameKey('weis')).not.toBe(nameKey('weiß'));
    expect(nameKey('aná')).not.toBe(nameKey('ana'));
  });

  test('S-092 is idempotent, and does not change a name without such letters', () => {
    assertProperty(
      fc.property(fc.array(parts, { maxLength: 8 }), (pieces) => {
        const normal = normalName(pieces.join(''));
        if (normal === undefined) return;
        expect(nameKey(nameKey(normal))).toBe(nameKey(normal));
        if (!/[ßςσı]/.test(normal)) expect(nameKey(normal)).toBe(normal);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('normalKey', () => {
  test('returns lower case', () => {
    expect(normalKey('JohnsOrg')).toBe('johnsorg');
    expect(normalKey('a')).toBe('a');
    expect(normalKey('a.b-c_d.2')).toBe('a.b-c_d.2');
  });

  test('S-091 S-092 refuses invalid keys, including look-alikes', () => {
    const keys = [
      '',
      '@',
      'a@b',
      '-a',
      'a-',
      '.a',
      'a.',
      'a b',
      'a/b',
      'é',
      '\u212Aorg',
      'o\u0131rg',
      'a\n',
      'x'.repeat(65),
      '{a}',
      'a:b',
    ];
    // The Kelvin sign becomes a plain k in lower case, which is why lower-casing alone decides nothing.
    for (const key of keys) expect([key, normalKey(key)]).toEqual([key, undefined]);
    expect(normalKey('x'.repeat(64))).toHaveLength(64);
  });
});

test('a name with an invalid organization never belongs to a user of another organization', async () => {
  const { gate } = aGate({ users: [], applications: [] });
  const { users, organizations } = gate.directory;
  await organizations.create({ key: 'gmail.com' });
  await users.create({ username: 'john', organization: 'gmail.com', password: 'john-password' });
  await expect(users.disable('john@gmail.com@bad!')).rejects.toEqual(NOT_FOUND);
  await expect(users.remove('john@gmail.com@')).rejects.toEqual(NOT_FOUND);
  expect(await users.find('john@gmail.com')).toMatchObject({ enabled: true });
});
