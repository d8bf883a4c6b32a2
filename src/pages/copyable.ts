import { html, type Html } from './html';
import { en } from './texts/en';
import type { Texts } from './texts/texts';

type CopyTexts = Pick<Texts, 'phrases'>;

/** Name of the text that a button copies, in the language of the page. */
export interface Copied {
  /** Such as "the consumer key". */
  readonly label: string;
  readonly texts: CopyTexts;
}

const copiedOf = (given: Copied | string): Copied => (typeof given === 'string' ? { label: given, texts: en } : given);

const button = (id: string, { label, texts: { phrases } }: Copied): Html =>
  html`<button type="button" class="plain" data-copy="${id}" aria-label="${phrases.copyOf(label)}" hidden>
    ${phrases.copy}
  </button>`;

/** Renders a text with a button that copies it. The button is shown only if JavaScript runs. */
export const copyable = (testId: string, text: string, copied: Copied | string, id = testId): Html =>
  html`<span class="copyable"
    ><code data-testid="${testId}" id="${id}">${text}</code>${button(id, copiedOf(copied))}</span
  >`;

/** Like `copyable`, for a text of several lines. */
export const copyableLines = (id: string, text: string, copied: Copied | string): Html =>
  html`<div class="copyable">
    <pre id="${id}" tabindex="0" aria-label="${copiedOf(copied).label}">${text}</pre>
    ${button(id, copiedOf(copied))}
  </div>`;
