import { html, type Html } from './html';

/** Maximum length of a word that fits into any table cell. */
const MAX_UNBROKEN = 20;

const PIECE = new RegExp(`[^:./@_-]{1,${MAX_UNBROKEN}}[:./@_-]*|[:./@_-]+`, 'gu');

const breakWord = (word: string): Html => {
  if (word.length <= MAX_UNBROKEN) return html`${word}`;
  const [first = '', ...rest] = word.match(PIECE) ?? [word];
  return html`${first}${rest.map((piece) => html`<wbr />${piece}`)}`;
};

/** Renders a text that can wrap between words and, in words of over 20 characters, preferably after punctuation. */
export const breakable = (text: string): Html => html`${text.split(/(\s+)/).map(breakWord)}`;
