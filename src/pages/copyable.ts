import { html, type Html } from './html';

/** Renders a text with a button that copies it. The button is shown only if JavaScript runs. */
export const copyable = (testId: string, text: string, label: string, id = testId): Html =>
  html`<span class="copyable"
    ><code data-testid="${testId}" id="${id}">${text}</code
    ><button type="button" class="plain" data-copy="${id}" aria-label="Copy ${label}" hidden>Copy</button></span
  >`;

/** Like `copyable`, for a text of several lines. */
export const copyableLines = (id: string, text: string, label: string): Html =>
  html`<div class="copyable">
    <pre id="${id}" tabindex="0" aria-label="${label}">${text}</pre>
    <button type="button" class="plain" data-copy="${id}" aria-label="Copy ${label}" hidden>Copy</button>
  </div>`;
