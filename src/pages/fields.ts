import { html, type Html } from './html';
import type { Texts } from './texts/texts';

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

type Notes = Pick<Field, 'hint' | 'fault'>;

/** Renders the attributes that connect a field with its notes. */
const noteAttributes = ({ hint, fault }: Notes, id: string): Html => {
  const ids = [fault !== undefined && `${id}-fault`, hint !== undefined && `${id}-hint`].filter(
    (note) => note !== false,
  );
  return html`${ids.length > 0 && html`aria-describedby="${ids.join(' ')}"`}
  ${fault !== undefined && html`aria-invalid="true"`}`;
};

const notes = ({ hint, fault }: Notes, id: string): Html =>
  html`${fault !== undefined && html`<small id="${id}-fault" class="fault">${fault}</small>`}
  ${hint !== undefined && html`<small id="${id}-hint">${hint}</small>`}`;

/** Renders a labelled input. Pass an `id` if another form of the page has a field of the same name. */
export const field = (
  { name, label, type = 'text', value, optional = false, autocomplete = 'off', hint, fault, autofocus = false }: Field,
  id = name,
): Html =>
  html`<p class="field">
    <label for="${id}">${label}</label>
    <input
      id="${id}"
      name="${name}"
      type="${type}"
      value="${value ?? ''}"
      autocomplete="${autocomplete}"
      ${noteAttributes({ hint, fault }, id)}
      ${!optional && html`required`}
      ${autofocus && html`autofocus`}
    />
    ${notes({ hint, fault }, id)}
  </p>`;

/** Renders a labelled field for several lines, which may be empty. */
export const textArea = ({ name, label, value = '', hint, fault }: Omit<Field, 'type' | 'optional'>): Html =>
  // HTML ignores one line break after the tag, so the value begins on a line of its own.
  html`<p class="field">
    <label for="${name}">${label}</label>
    <textarea
      id="${name}"
      name="${name}"
      rows="4"
      autocomplete="off"
      spellcheck="false"
      ${noteAttributes({ hint, fault }, name)}
    >
${value}</textarea>
    ${notes({ hint, fault }, name)}
  </p>`;

export interface CheckBox {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly isChecked: boolean;
}

export const checkBox = ({ name, label, hint, isChecked }: CheckBox): Html =>
  html`<p class="choice">
    <input type="checkbox" id="${name}" name="${name}" aria-describedby="${name}-hint" ${isChecked && html`checked`} />
    <label for="${name}" class="inline">${label}</label>
    <small id="${name}-hint" class="hint">${hint}</small>
  </p>`;

export interface PasswordField {
  /** @default 'password' */
  readonly id?: string;
  /** @default false */
  readonly autofocus?: boolean;
  readonly texts: Pick<Texts, 'phrases'>;
}

/** Renders a field for the user's current password, so that an unattended browser is not enough to submit the form. */
export const passwordField = ({ id = 'password', autofocus = false, texts }: PasswordField): Html => {
  const label = texts.phrases.password;
  return field({ name: 'password', label, type: 'password', autocomplete: 'current-password', autofocus }, id);
};

/** Renders a field for a password that the user chooses. */
export const newPasswordField = (given: Pick<Field, 'name' | 'label' | 'hint' | 'fault'>): Html =>
  field({ ...given, type: 'password', autocomplete: 'new-password' });

export interface Choice {
  readonly value: string;
  readonly text: string;
}

export interface Select {
  readonly name: string;
  readonly label: string;
  readonly chosen?: string | undefined;
  readonly hint?: string;
}

export const select = ({ name, label, chosen, hint }: Select, choices: readonly Choice[], id = name): Html =>
  html`<p class="field">
    <label for="${id}">${label}</label>
    <select id="${id}" name="${name}" ${hint !== undefined && html`aria-describedby="${id}-hint"`}>
      ${choices.map(
        ({ value, text }) => html`<option value="${value}" ${value === chosen && html`selected`}>${text}</option>`,
      )}
    </select>
    ${hint !== undefined && html`<small id="${id}-hint">${hint}</small>`}
  </p>`;
