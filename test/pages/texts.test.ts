import { Html } from '../../src/pages/html';
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

/** Terms that are the same in German: names, terms that developers use, and words of both languages. */
const SAME: ReadonlySet<string> = new Set([
  'API',
  'APIs',
  'Body',
  'Code',
  'ID',
  'Limit',
  'Keys',
  'Link',
  'Links',
  'Name',
  'Plan',
  'Plan zq',
  'Sandbox',
  'Schema',
  'Scopes',
  'Status',
  'Token',
  'Tokens',
  'Version',
  'Version zq',
  'optional',
  'zq APIs',
  'zq\u00A0ms',
  '{count} ms',
]);

/** Words of English that are none in German. */
const ENGLISH_WORD =
  /\b(?:the|this|that|these|and|of|is|are|be|has|have|your|you|yours|with|for|from|not|no|none|by|to|if|it|its|can|cannot|must|choose|only)\b/i;

const PROBLEM = { by: 'zq', field: 'zq', expected: 'zq', parameter: 'zq', limit: 'signUpsPerNetwork' } as const;

/** Arguments for texts with values: strings, numbers, lists, and objects with the fields of problems. */
const SAMPLES: readonly unknown[] = [
  'zq',
  2,
  ['zq'],
  'tokens',
  { ...PROBLEM, max: 2, min: 2, line: 2, offered: ['zq'], fault: { name: 'fragment' } },
];

/** Yields every choice of samples for a number of parameters. */
const choices = (parameters: number): readonly (readonly unknown[])[] =>
  parameters === 0 ? [[]] : choices(parameters - 1).flatMap((rest) => SAMPLES.map((sample) => [...rest, sample]));

const said = (write: (...values: readonly unknown[]) => unknown, values: readonly unknown[]): string | undefined => {
  try {
    const result = write(...values);
    const text = result instanceof Html ? result.text : typeof result === 'string' ? result : JSON.stringify(result);
    return /undefined|NaN|\[object/.test(text) ? undefined : text;
  } catch {
    return undefined; // these samples do not suit it
  }
};

/** Returns what a text says, with sample values if it has some. `undefined` if no sample suits it. */
const sayingOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'function') return undefined;
  const write = value as (...values: readonly unknown[]) => unknown;
  for (const values of choices(Math.min(4, value.length))) {
    const text = said(write, values);
    if (text !== undefined) return text;
  }
  return undefined;
};

describe('the German texts', () => {
  const german = entriesOf(LANGUAGES.de).map(([name, value]) => [name, sayingOf(value), sayingOf(english.get(name))]);

  it('differ from the English ones, except for terms of both languages', () => {
    const same = german.filter(
      ([, de, en]) => de !== undefined && de === en && /\p{L}{2}/u.test(de.replaceAll('zq', '')) && !SAME.has(de),
    );
    expect(same.map(([name, de]) => [name, de])).toEqual([]);
  });

  it('have no English word', () => {
    expect(german.filter(([, de]) => de !== undefined && ENGLISH_WORD.test(de.replaceAll(/<[^>]*>/g, ' ')))).toEqual(
      [],
    );
  });

  it('address the reader formally', () => {
    expect(german.filter(([, de]) => /\b(?:du|dein|deine|deinen|deiner|dich|dir)\b/i.test(de ?? ''))).toEqual([]);
  });

  it.each([
    ['deaktivieren, aktivieren', /gesperr|entsperr|freigegeben/i],
    ['Genehmigung', /Freigabe|Zulassung/],
    ['Einwilligung', /Zustimmung/],
    ['Administrator', /\bAdministration\b/],
    ['Key', /(?<!Organisations)schlüssel\b/i],
    ['Access Token, Refresh Token', /(?:Access|Refresh)-Tokens?\b/],
    ['Tokens, as the plural', /\b(?:alle|keine|neue|gültige|mehrere) Token\b/i],
    ['Authorization Code', /Autorisierungscode/],
    ['ein Passwort festlegen', /Passwort (?:ge)?setz/],
    ['Limit', /\bGrenze/],
  ])('say %s', (_term, other) => {
    expect(german.filter(([, de]) => other.test(de ?? '')).map(([name, de]) => [name, de])).toEqual([]);
  });

  it('have a sample for every text', () => {
    const unsaid = german.filter(([, de]) => de === undefined).map(([name]) => name);
    expect(unsaid).toEqual([]);
  });
});

describe.each(Object.entries(LANGUAGES))('the texts in %s', (_tag, { usage: { reasons: known }, explanations }) => {
  const api = /(?:the|die) API/;

  it.each([
    ['another resource', known.wrongAudience, explanations.reasons['wrong_audience']?.replace(';', '.')],
    ['a user who is gone', known.userGone, explanations.reasons['invalid_token']],
    ['a retired API', known.retired('zq'), explanations.reasons['retired']?.replace(api, 'zq')],
    [
      'a sandbox',
      known.noSandbox('zq'),
      explanations.reasons['no_sandbox']?.replace(/^.*(?=(?:the|die) API)/, '').replace(api, 'zq'),
    ],
    ['a subscription', known.notSubscribed('zq'), explanations.notSubscribed('zq')],
    ['a scope', known.insufficientScope('zq'), explanations.notRequested('zq').split(/[,;]/, 1)[0]],
  ])('name the same cause for a refusal and for a decision of Try it: %s', (_cause, refusal, decision = 'none') => {
    expect(refusal.toLowerCase()).toContain(decision.toLowerCase());
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
