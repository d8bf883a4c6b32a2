import { breakable } from './breakable';
import { html, type Content, type Html } from './html';

export interface Field {
  readonly name: string;
  readonly label: string;
  /** @default 'text' */
  readonly type?: 'text' | 'password' | 'date';
  readonly value?: string | undefined;
  /** @default required */
  readonly optional?: boolean;
  /** The value of HTML's `autocomplete`. */
  readonly autocomplete?: string;
  readonly hint?: string | undefined;
  /** The fault of the value, shown beside the field. */
  readonly fault?: string | undefined;
  /** True if the cursor is in it when the page opens. @default false */
  readonly autofocus?: boolean;
}

/** A labelled input. Names are the form's, so there is one of each on a page, unless `id` says otherwise. */
export const field = (
  { name, label, type = 'text', value, optional = false, autocomplete = 'off', hint, fault, autofocus = false }: Field,
  id = name,
): Html => {
  const notes = [fault !== undefined && `${id}-fault`, hint !== undefined && `${id}-hint`].filter(
    (note) => note !== false,
  );
  return html`<p class="field">
    <label for="${id}">${label}</label>
    <input
      id="${id}"
      name="${name}"
      type="${type}"
      value="${value ?? ''}"
      autocomplete="${autocomplete}"
      ${notes.length > 0 && html`aria-describedby="${notes.join(' ')}"`}
      ${fault !== undefined && html`aria-invalid="true"`}
      ${!optional && html`required`}
      ${autofocus && html`autofocus`}
    />
    ${fault !== undefined && html`<small id="${id}-fault" class="fault">${fault}</small>`}
    ${hint !== undefined && html`<small id="${id}-hint">${hint}</small>`}
  </p>`;
};

/** The present password of the user, so that an unattended browser is not enough to send the form. */
export const passwordField = ({ id = 'password', autofocus = false } = {}): Html =>
  field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', autofocus }, id);

export interface Choice {
  readonly value: string;
  readonly text: string;
}

export const select = (
  { name, label, chosen }: { readonly name: string; readonly label: string; readonly chosen?: string | undefined },
  choices: readonly Choice[],
  id = name,
): Html =>
  html`<p class="field">
    <label for="${id}">${label}</label>
    <select id="${id}" name="${name}">
      ${choices.map(
        ({ value, text }) => html`<option value="${value}" ${value === chosen && html`selected`}>${text}</option>`,
      )}
    </select>
  </p>`;

/** A text to copy, with a button that does so where there is JavaScript. */
export const copyable = (testId: string, text: string, label: string, id = testId): Html =>
  html`<span class="copyable"
    ><code data-testid="${testId}" id="${id}">${text}</code
    ><button type="button" class="plain" data-copy="${id}" aria-label="Copy ${label}" hidden>Copy</button></span
  >`;

/** Several lines to copy. */
export const copyableLines = (id: string, text: string, label: string): Html =>
  html`<div class="copyable">
    <pre id="${id}" tabindex="0" aria-label="${label}">${text}</pre>
    <button type="button" class="plain" data-copy="${id}" aria-label="Copy ${label}" hidden>Copy</button>
  </div>`;

/** A remark that a screen reader tells at once. */
export const notice = (kind: 'done' | 'wrong', text: Content): Html =>
  html`<p class="notice ${kind}" role="${kind === 'done' ? 'status' : 'alert'}">${text}</p>`;

/** The remark that an address names, if there is such a one: `__proto__` names none. */
export const remarkOf = (remarks: Readonly<Record<string, string>>, name: string | null): string | undefined =>
  name !== null && Object.hasOwn(remarks, name) ? remarks[name] : undefined;

/** The last instant that a `Date` can hold (ECMA-262), in seconds. */
const MAX_INSTANT = 8_640_000_000_000;

/** Prints an instant; scripts turn it into the reader's own time zone. */
export const time = (instant: number | undefined): Html => {
  if (instant === undefined) return html`<span>never</span>`;
  if (!(Math.abs(instant) <= MAX_INSTANT)) return html`<span>unknown</span>`;
  const iso = new Date(instant * 1000).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};

/**
 * A table; on small screens each row is a card, in which every cell has its head before it. A column without a head holds
 * actions. Browsers drop the roles of a table that is laid out in another way, so they are stated.
 */
export const table = (caption: string, heads: readonly string[], rows: readonly (readonly Content[])[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table role="table">
      <caption>
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (cells) =>
            html`<tr role="row">
              ${cells.map((cell, index) => html`<td role="cell" data-label="${heads[index]}">${typeof cell === 'string' ? breakable(cell) : cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
