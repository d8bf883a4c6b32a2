import fc from 'fast-check';
import { accountOf } from '../../src/directory/account-key';
import { normalName } from '../../src/directory/usernames';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const areOne = (spellings: readonly string[]): void => {
  const keys = spellings.map((spelling) => [spelling, accountOf(spelling)]);
  expect([keys, new Set(keys.map(([, key]) => key)).size]).toEqual([keys, 1]);
};

/** Names that a MySQL collation or Active Directory takes for the same. */
const EQUALITIES: readonly (readonly string[])[] = [
  ['ana', 'aná', 'ANÁ', 'An\u0301a\u0301', 'ãnå', '\uFF41\uFF4E\uFF41', 'ana ', 'a\u00adna', 'ⓐⓝⓐ', '𝐚𝐧𝐚'],
  ['weiss', 'weiß', 'WEIẞ', 'WEISS', 'weis', 'Weißs'],
  ['soren', 'søren', 'SØREN', 'so\u0338ren'],
  ['aegir', 'ægir', 'ǽgir', 'ÆGIR'],
  ['lodz', 'łódź', 'ŁÓDŹ', 'loǳ', 'loʣ'],
  ['thor', 'þór', 'ÞÓR'],
  ['ipek', 'ıpek', 'İpek', 'IPEK', 'ípek'],
  ['λογος', 'λόγος', 'ΛΌΓΟΣ', 'λογοσ'],
  ['ελενη', 'Ἑλένη', 'ΕΛΕΝΗ'],
  ['елена', 'ёлена', 'ЁЛЕНА'],
  ['user1', 'user１', 'user١', 'user①', 'user१', 'user¹'],
  ['カキ', 'かき', 'ガギ', 'ｶｷﾞ', 'がぎ'],
  ['\u{1F600}', '\u{1F601}'],
  ['kelvin', '\u212Aelvin', 'Kélvin'],
];

describe('accountOf', () => {
  test('S-091 S-095 gives one text for every spelling of a name, even if it cannot be a built-in user', () => {
    areOne(['john@münchen.de', 'John@MüNcHeN.de', 'JOHN@MU\u0308NCHEN.DE', 'john@münchen.de ']);
    areOne(['john@gmail.com@johnsorg', 'JOHN@gmail.com@Johnsorg', 'john@gmail.com@\uFF4Aohnsorg']);
    areOne(['john smith', 'John  Smith', 'johnsmith']);
    expect(accountOf('john@a')).not.toBe(accountOf('john@b'));
  });

  test.each(EQUALITIES.map((names) => [names[0], names] as const))(
    'S-095 gives one text for %s, which a directory may treat as equal if it ignores case and accents',
    (_name, names) => areOne(names),
  );

  test('S-095 gives different texts for ordinary different names', () => {
    const names = [
      'ana',
      'anna',
      'anb',
      'an',
      'user1',
      'user2',
      'user10',
      'тома',
      'томи',
      '李小龍',
      '李小',
      'hans@x',
      'han@x',
    ];
    expect(new Set(names.map(accountOf)).size).toBe(names.length);
  });

  const pieces = fc.constantFrom(...EQUALITIES.flat(), '@', 'x', '.');

  test('S-095 gives one text for any two names that are composed of equal parts', () => {
    const equalParts = fc
      .constantFrom(...EQUALITIES)
      .chain((names) => fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)));
    assertProperty(
      fc.property(fc.array(equalParts, { minLength: 1, maxLength: 5 }), (parts) => {
        areOne([0, 1].map((side) => parts.map((pair) => pair[side] ?? '').join('@')));
      }),
      { numRuns: 1_000 },
    );
  });

  test('S-095 gives one text for all letters and digits that a collation of their script treats as equal', () => {
    const collator = new Intl.Collator('und', { sensitivity: 'base' });
    // A lone iota subscript is a mark here and a letter there.
    const isKnown =
      /^(?!\u037A)(?:\p{Nd}|(?=\p{L})[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Hiragana}\p{Script=Katakana}])$/u;
    const letters = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code)).filter((one) =>
      isKnown.test(one),
    );
    letters.sort(collator.compare);
    const split = letters.filter((letter, index) => {
      const before = letters[index - 1];
      return before !== undefined && collator.compare(before, letter) === 0 && accountOf(before) !== accountOf(letter);
    });
    expect(letters.length).toBeGreaterThan(2_500);
    expect(split).toEqual([]);
  });

  test('S-095 is idempotent, and independent of case, composition and invisible characters', () => {
    const change = fc.constantFrom<(name: string) => string>(
      (name) => name.toUpperCase(),
      (name) => name.toLowerCase(),
      (name) => name.normalize('NFD'),
      (name) => name.normalize('NFKC'),
      (name) => `${name} \u200d`,
      (name) => name.replace(/./gu, '$&\u0301'),
      accountOf,
    );
    const texts = fc.oneof(
      anyText({ maxLength: 12 }),
      fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join('')),
    );
    assertProperty(
      fc.property(texts, change, (name, respell) => {
        fc.pre(!name.normalize('NFKD').includes('\u0345')); // in capitals an iota subscript is a letter
        expect([name, accountOf(respell(name))]).toEqual([name, accountOf(name)]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('S-095 is not empty for a name of one character that can be a built-in user, except a mark or an interpunct', () => {
    const withoutAccount = new Set<string>();
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const name = normalName(String.fromCodePoint(code));
      if (name !== undefined && accountOf(name) === '') withoutAccount.add(name);
    }
    expect(withoutAccount).toContain('·');
    expect([...withoutAccount].filter((name) => !/^(?:·|\p{M}+)$/u.test(name))).toEqual([]);
  });
});
