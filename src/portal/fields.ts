import { breakable } from './breakable';
import { html, type Content, type Html } from './html';

export interface Field {
  readonly name: string;
  readonly label: string;
  /** @default 'text' */
  readonly type?: 'text' | 'password' | 'date';
  readonly value?: string | undefined;
  /** @default false: the field is required */
  readonly optional?: boolean;
  /** The value of HTML's `autocomplete`. */
  readonly autocomplete?: string;
  readonly hint?: string | undefined;
  /** Fault of the value, shown with the field. */
  readonly fault?: string | undefined;
  /** True if the field has the focus when the page opens. @default false */
  readonly autofocus?: boolean;
}

/** Renders a labelled input. Pass an `id` if another form of the page has a field of the same name. */
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

/** Renders a field for the user's current password, so that an unattended browser is not enough to submit the form. */
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

/** Renders a remark that screen readers announce immediately. */
export const notice = (kind: 'done' | 'wrong', text: Content): Html =>
  html`<p class="notice ${kind}" role="${kind === 'done' ? 'status' : 'alert'}">${text}</p>`;

/** Returns the remark of the name in a URL, or `undefined`. Inherited properties such as `__proto__` are ignored. */
export const remarkOf = (remarks: Readonly<Record<string, string>>, name: string | null): string | undefined =>
  name !== null && Object.hasOwn(remarks, name) ? remarks[name] : undefined;

/** Latest instant that a `Date` can hold (ECMA-262), in seconds. */
const MAX_INSTANT = 8_640_000_000_000;

/** Renders an instant in UTC, which `portal.js` converts to the user's time zone. `undefined` renders as "never". */
export const time = (instant: number | undefined): Html => {
  if (instant === undefined) return html`<span>never</span>`;
  if (!(Math.abs(instant) <= MAX_INSTANT)) return html`<span>unknown</span>`;
  const iso = new Date(instant * 1000).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};

/**
 * Renders a table. On small screens each row is a card, in which every cell is preceded by its column head. A column
 * without a head holds actions. The ARIA roles are explicit, because browsers drop them if CSS changes the layout.
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
