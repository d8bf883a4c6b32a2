import { de } from './de';
import { en } from './en';
import type { Texts } from './texts';

/** The languages of the pages, by BCP 47 tag. To add one, add its texts here: the compiler reports what is missing. */
export const LANGUAGES = { en, de } satisfies Readonly<Record<string, Texts>>;

export type Language = keyof typeof LANGUAGES;

export const DEFAULT_LANGUAGE: Language = 'en';

const isLanguage = (tag: string): tag is Language => Object.hasOwn(LANGUAGES, tag);

/** Maximum number of languages that are read of a header. Browsers send fewer than ten. */
const MAX_RANGES = 50;

/** Chooses a language by the header Accept-Language (RFC 9110 §12.5.4, lookup of RFC 4647 §3.4); English by default. */
export const chooseLanguage = (header: string | undefined): Language => {
  const ranges = (header ?? '').split(',', MAX_RANGES).map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = parameters.map((parameter) => /^\s*q=(\d(?:\.\d{1,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { tag: tag.trim().split('-', 1)[0] ?? '', weight: weight === undefined ? 1 : Number(weight) };
  });
  const wanted = ranges.filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight);
  return wanted.map(({ tag }) => tag).find(isLanguage) ?? DEFAULT_LANGUAGE;
};
