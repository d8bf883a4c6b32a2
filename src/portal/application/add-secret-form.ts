import { field, passwordField } from '../../pages/fields';
import { form } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import type { Environment } from '../../tokens/records';
import { applicationPath } from './application-path';
import { environmentOf, type OwnApplication } from './own-applications';
import type { UserVisit } from '../visit';

/** Hidden field that distinguishes this form from the others of the page. */
const MARK = 'add_secret';

/** Renders the form that adds a secret to a key. It is open if it was just sent, or if the key has no secret. */
export const addSecretForm = (visit: UserVisit, { id, keys }: OwnApplication, environment: Environment): Html => {
  const { texts, form: given, fault } = visit;
  const { secrets } = texts;
  const isSent = given.has(MARK) && environmentOf(given.get('environment')) === environment;
  const value = (name: string): string | undefined => (isSent ? given.get(name) : undefined);
  const faultOf = (name: string): string | undefined => (isSent ? faultIn(fault, name) : undefined);
  const isOpen = isSent || keys[environment]?.secrets.length === 0;
  return html`<details ${isOpen && html`open`}>
    <summary>${secrets.add}</summary>
    <p>${secrets.addHint}</p>
    ${form(
      visit,
      `${applicationPath(id)}/secrets`,
      submissionField(visit),
      html`<input type="hidden" name="${MARK}" value="sent" />
        <input type="hidden" name="environment" value="${environment}" />`,
      field(
        { name: 'label', label: secrets.label, value: value('label'), optional: true, fault: faultOf('label') },
        `label-${environment}`,
      ),
      field(
        {
          name: 'expires',
          label: secrets.expires,
          type: 'date',
          value: value('expires'),
          optional: true,
          hint: secrets.expiresHint,
          fault: faultOf('expires'),
        },
        `expires-${environment}`,
      ),
      passwordField({ id: `password-${environment}`, texts }),
      html`<button>${secrets.generateSecret}</button>`,
    )}
  </details>`;
};
