import { html, type Html } from './html';

/** Texts up to this length fit into any cell. */
const MAX_UNBROKEN = 20;

const PIECE = new RegExp(`[^:./@_-]{1,${MAX_UNBROKEN}}[:./@_-]*|[:./@_-]+`, 'gu');

const breakWord = (word: string): Html => {
  if (word.length <= MAX_UNBROKEN) return html`${word}`;
  const [first = '', ...rest] = word.match(PIECE) ?? [word];
  return html`${first}${rest.map((piece) => html`<wbr />${piece}`)}`;
};

/** A text that wraps between words, and inside a word of more than 20 characters, preferably after its punctuation. */
export const breakable = (text: string): Html => html`${text.split(/(\s+)/).map(breakWord)}`;
