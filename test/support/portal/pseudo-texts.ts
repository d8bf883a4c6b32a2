import { Html } from '../../../src/pages/html';
import { unescaped } from '../http/unescaped';

/** A text of the catalogue as it appears in a page. */
const marked = (text: string): string => (text === '' ? '' : `⟦${text}⟧`);

/** Returns texts whose every text is in brackets, so that a page shows which of its words are in the catalogue. */
export const pseudoTexts = <T>(texts: T): T => {
  const mark = (value: unknown): unknown => {
    if (typeof value === 'string') return marked(value);
    if (value instanceof Html) return new Html(marked(value.text));
    if (typeof value === 'function') return (...values: readonly unknown[]): unknown => mark(value(...values));
    if (typeof value !== 'object' || value === null || value instanceof Map) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, mark(entry)]));
  };
  return mark(texts) as T;
};

/** Elements whose content is code or a time. */
const CODE = /<(script|style|code|pre|time|textarea)\b[\s\S]*?<\/\1>/g;

/** Records of the audit. They are data: the audit has one language, so that a filter and its CSV do not depend on a reader. */
const RECORDED = /<span lang="en">[^<]*(?:<wbr \/>[^<]*)*<\/span>/g;

/** Attributes that people read or hear, and those from which scripts take texts. */
const READ = /\s(title|placeholder|aria-label|alt|data-[a-z-]+)="([^"]*)"/g;

/** Attributes of data that scripts use and nobody reads. */
const NOT_READ = new Set(
  ['testid', 'copy', 'download', 'name', 'form-token', 'mount', 'language', 'api', 'api-base', 'token-client'].map(
    (name) => `data-${name}`,
  ),
);

/** Addresses, dates, methods, ends of secrets, programming languages, the other language, and what tests name with `zq`. */
const DATA = [
  /https?:\/\/\S+/g,
  /\d{4}-\d\d-\d\d\S*/g,
  /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|UTC|admin|English|curl)/g,
  /\b(?:JavaScript|Python)(?: \((?:fetch|requests)\))?/g,
  /…[\w-]{4}/g,
  /\b(?:application|text)\/[a-z-]+/g,
  /\S*zq\S*/gi,
];

/** Removes what is in brackets. The values within a text may be texts themselves. */
const withoutTexts = (page: string): string => {
  const outer = page.replaceAll(/⟦[^⟦⟧]*⟧/g, ' ');
  return outer === page ? page : withoutTexts(outer);
};

const wordsIn = (text: string): readonly string[] =>
  DATA.reduce((words, data) => words.replaceAll(data, ' '), withoutTexts(text))
    .split(/\s{2,}|\n/)
    .map((words) => words.trim())
    .filter((words) => /\p{L}{2}/u.test(words));

/** Returns the texts of an attribute, which may hold JSON with several. */
const textsOf = (value: string): readonly string[] => {
  if (!/^[{[]/.test(value)) return [value];
  const found: string[] = [];
  JSON.parse(value, (_name, entry: unknown) => {
    if (typeof entry === 'string') found.push(entry);
    return entry;
  });
  return found;
};

/** Returns what a page says beside its texts and its data: text of elements, labels and titles. */
export const literalsIn = (page: string): readonly string[] => {
  const [, body = page] = /<body[^>]*>([\s\S]*)<\/body>/.exec(page) ?? [];
  const plain = body.replaceAll(CODE, ' ').replaceAll(RECORDED, ' ');
  const read = [...plain.matchAll(READ)]
    .filter(([, name = '']) => !NOT_READ.has(name))
    .flatMap(([, , value = '']) => textsOf(unescaped(value)).flatMap(wordsIn));
  // A text with elements in it spans several text nodes, so tags are removed before the brackets.
  const shown = wordsIn(unescaped(plain.replaceAll(/<[^>]*>/g, '  ')));
  return [...new Set([...read, ...shown])];
};
