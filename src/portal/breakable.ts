import { html, type Html } from './html';

/** Texts up to this length fit into any cell. */
const MAX_UNBROKEN = 20;

const PIECE = new RegExp(`[^:./@_-]{1,${MAX_UNBROKEN}}[:./@_-]*|[:./@_-]+`, 'gu');

/** A long name or path that may wrap after its punctuation, and inside a word of more than 20 characters. */
export const breakable = (text: string): Html => {
  if (text.length <= MAX_UNBROKEN) return html`${text}`;
  const [first = '', ...rest] = text.match(PIECE) ?? [text];
  return html`${first}${rest.map((piece) => html`<wbr />${piece}`)}`;
};
