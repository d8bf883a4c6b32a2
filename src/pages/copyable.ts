import { html, type Html } from './html';

/** Renders a button without a name: the script of the pages, without which it stays hidden, names it in their language. */
const button = (id: string, label: string): Html =>
  html`<button type="button" class="plain" data-copy="${id}" data-what="${label}" hidden></button>`;

/** Renders a text with a button that copies it. The button is shown only if JavaScript runs. @param label of the text */
export const copyable = (testId: string, text: string, label: string, id = testId): Html =>
  html`<span class="copyable"><code data-testid="${testId}" id="${id}">${text}</code>${button(id, label)}</span>`;

/** Like `copyable`, for a text of several lines. */
export const copyableLines = (id: string, text: string, label: string): Html =>
  html`<div class="copyable">
    <pre id="${id}" tabindex="0" aria-label="${label}">${text}</pre>
    ${button(id, label)}
  </div>`;
