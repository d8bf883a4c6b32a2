import { LANGUAGES } from '../../src/pages/texts/languages';
import { redirectUriFault, redirectUriProblem } from '../../src/protocol/redirect-uris';
import { sentenceOf } from '../../src/pages/texts/sentences';

/** A text of a language, with the names that lead to it. */
type Entry = readonly [name: string, value: unknown];

const entriesOf = (texts: object, path = ''): readonly Entry[] =>
  Object.entries(texts).flatMap(([key, value]: readonly [string, unknown]) => {
    const name = path === '' ? key : `${path}.${key}`;
    return typeof value === 'object' && value !== null ? entriesOf(value, name) : [[name, value] as const];
  });

const english = new Map(entriesOf(LANGUAGES.en));

describe.each(Object.entries(LANGUAGES))('the texts in %s', (_tag, texts) => {
  const entries = entriesOf(texts);

  it('have the names of the English ones', () => {
    expect(entries.map(([name]) => name).sort()).toEqual([...english.keys()].sort());
  });

  it('are texts or functions, as in English, and none is empty', () => {
    for (const [name, value] of entries) {
      expect([name, typeof value]).toEqual([name, typeof english.get(name)]);
      expect([name, value]).not.toEqual([name, '']);
    }
  });
});

it('says about a redirect URI on a page what management calls say', () => {
  const uris = [
    `https://a.example/${'x'.repeat(2_000)}`,
    'https://a.example/#x',
    'nowhere',
    'https://u:p@a.example/',
    'https://*.a.example/',
    'http://a.example/',
    'app:/x',
    'https://a.example/a/../b',
    'https://a.example/?code=1',
  ];
  for (const uri of uris) {
    const fault = redirectUriFault(uri);
    if (fault === undefined) throw new Error(`${uri} has no fault`);
    expect(sentenceOf<typeof fault>(LANGUAGES.en.redirectUris, fault)).toBe(redirectUriProblem(uri));
  }
});
