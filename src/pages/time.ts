import { html, type Html } from './html';
import type { Texts } from './texts/texts';

/** Latest instant that a `Date` can hold (ECMA-262), in seconds. */
const MAX_INSTANT = 8_640_000_000_000;

/** Renders an instant in UTC, which the script of the pages converts to the user's time zone. `undefined` renders as "never". */
export const time = (instant: number | undefined, { phrases }: Pick<Texts, 'phrases'>): Html => {
  if (instant === undefined) return html`<span>${phrases.never}</span>`;
  if (!(Math.abs(instant) <= MAX_INSTANT)) return html`<span>${phrases.unknownTime}</span>`;
  const iso = new Date(instant * 1000).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};
