import { de } from './de';
import { en } from './en';
import type { Texts } from './texts';

/** The languages of the pages, by BCP 47 tag. To add one, add its texts here: the compiler reports what is missing. */
export const LANGUAGES = { en, de } satisfies Readonly<Record<string, Texts>>;

export type Language = keyof typeof LANGUAGES;

export const DEFAULT_LANGUAGE: Language = 'en';

export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as readonly Language[];

/** Checks whether a text is exactly the tag of a language. */
export const isLanguage = (tag: string): tag is Language => Object.hasOwn(LANGUAGES, tag);

/** Maximum number of languages that are read of a header. Browsers send fewer than ten. */
const MAX_RANGES = 50;

/** Returns the language of a BCP 47 tag such as `de-AT` (lookup of RFC 4647 §3.4). */
const languageOf = (tag: string): Language | undefined => {
  const [primary = ''] = tag.trim().toLowerCase().split('-', 1);
  return isLanguage(primary) ? primary : undefined;
};

/** Finds the preferred language of a header Accept-Language (RFC 9110 §12.5.4). */
export const findAcceptedLanguage = (header: string | undefined): Language | undefined => {
  const ranges = (header ?? '').split(',', MAX_RANGES).map((range) => {
    const [tag = '', ...parameters] = range.toLowerCase().split(';');
    const weight = parameters.map((parameter) => /^\s*q=(\d(?:\.\d{1,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { tag, weight: weight === undefined ? 1 : Number(weight) };
  });
  const wanted = ranges.filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight);
  return wanted.map(({ tag }) => languageOf(tag)).find((language) => language !== undefined);
};

/** Finds the first language of a list of tags with spaces between them, the parameter ui_locales (OpenID Connect Core §3.1.2.1). */
export const findListedLanguage = (tags: string | undefined): Language | undefined =>
  (tags ?? '')
    .split(' ', MAX_RANGES)
    .map(languageOf)
    .find((language) => language !== undefined);
