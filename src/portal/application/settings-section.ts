import { field, textArea } from '../../pages/fields';
import { form } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html } from '../../pages/html';
import { applicationPath } from './application-path';
import type { Section } from './section';

/** Hidden field that distinguishes this form from the others of the page. */
const MARK = 'settings';

/** The name and the description of an application. Absent if it is declared. */
export const settingsSection: Section = {
  id: 'settings',
  done: ({ application: { saved } }) => ({ settings: saved }),
  render: (visit, { id, name, description, isDeclared }) => {
    if (isDeclared) return undefined;
    const { form: given, fault, texts } = visit;
    const isSent = given.has(MARK);
    return form(
      visit,
      `${applicationPath(id)}/settings`,
      html`<input type="hidden" name="${MARK}" value="sent" />`,
      field({
        name: 'name',
        label: texts.application.name,
        value: isSent ? given.get('name') : name,
        fault: faultIn(fault, 'name'),
      }),
      textArea({
        name: 'description',
        label: texts.application.description,
        value: isSent ? given.get('description') : description,
        hint: texts.application.descriptionHint,
        fault: faultIn(fault, 'description'),
      }),
      html`<button>${texts.application.update}</button>`,
    );
  },
};
