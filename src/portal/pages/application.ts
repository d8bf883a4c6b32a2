import { ENVIRONMENTS } from '../../directory/key-pairs';
import { page, type Answer } from '../../pages/answer';
import { field, passwordField, select } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { DirectoryError } from '../../protocol/errors';
import { keysOf } from '../application-keys';
import { doneRemark } from '../done';
import { newKeys } from '../new-keys';
import { environmentOf, type OwnApplication } from '../own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { singleUse } from '../single-use';
import { actorOf, type UserVisit } from '../visit';
import { applicationPath, readApplicationId } from '../application-path';

const DONE: Readonly<Record<string, string>> = {
  revoked: 'Secret revoked. All tokens issued with this key have been revoked.',
};

const secretFields = ({ form: given, fault }: UserVisit): Html =>
  html`${field({
    name: 'label',
    label: 'Label',
    value: given.get('label'),
    optional: true,
    fault: faultIn(fault, 'label'),
  })}
  ${field({
    name: 'expires',
    label: 'Expires',
    type: 'date',
    value: given.get('expires'),
    optional: true,
    hint: 'Leave empty for no expiry.',
    fault: faultIn(fault, 'expires'),
  })}
  ${passwordField()}`;

const generateSecretForm = (visit: UserVisit, { id, keys }: OwnApplication): Html => {
  const present = ENVIRONMENTS.filter((environment) => keys[environment] !== undefined);
  if (present.length === 0) return html`<p>No keys yet: ${link(visit, '/subscriptions', 'generate them')}.</p>`;
  return html`<h2>Add a secret</h2>
    <p>Existing secrets keep working until you revoke them, so you can rotate clients one at a time.</p>
    ${form(
      visit,
      `${applicationPath(id)}/secrets`,
      submissionField(visit),
      present.length > 1
        ? select(
            { name: 'environment', label: 'Environment' },
            present.map((environment) => ({ value: environment, text: environment })),
          )
        : html`<input type="hidden" name="environment" value="${present[0]}" />`,
      secretFields(visit),
      html`<button>Generate secret</button>`,
    )}`;
};

/** Renders the page of an application for its owner. */
export const showApplication = async (
  visit: UserVisit,
  { ownApplications, apis, tokenUrl }: PageServices,
  remark?: Html,
): Promise<Answer> => {
  const application = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const { id, name, subscriptions, isDeclared } = application;
  const titles = subscriptions.map((api) => apis.get(api)?.title ?? api);
  return page(
    name,
    html`${remark}
      <p>Subscriptions: ${titles.length === 0 ? 'none' : titles.join(', ')}</p>
      ${isDeclared && html`<p class="hint">Managed in the gateway's configuration. You can't change it here.</p>`}
      ${ENVIRONMENTS.map((environment) => keysOf(visit, application, environment, tokenUrl))}
      ${!isDeclared && generateSecretForm(visit, application)}
      ${!isDeclared && html`<p>${link(visit, `${applicationPath(id)}/remove`, 'Remove this application')}</p>`}`,
  );
};

const generateKeys = async (
  visit: UserVisit,
  { ownApplications, applications, tokenUrl, audit }: PageServices,
): Promise<Answer> => {
  const { id, name, keys: present } = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const environment = environmentOf(visit.form.get('environment'));
  if (present[environment] !== undefined) {
    throw new DirectoryError(
      'ERR_SCOPEGATE_VALUE',
      `there is already a ${environment} key; add a secret to it instead`,
    );
  }
  const keys = await applications.generateKeys(id, { environment });
  const { clientId } = keys;
  audit.note({ action: 'generate_keys', ...actorOf(visit.user), target: name, clientId, detail: environment });
  return page(`${name}: your new keys`, newKeys(visit, keys, tokenUrl));
};

export const applicationPage: PortalPage = {
  path: '/applications/:id',
  for: 'users',
  navigation: 'none',
  isReturnTarget: true,
  show: (visit, services) => showApplication(visit, services, doneRemark(visit, DONE)),
  forms: [{ path: '/applications/:id/generate', handle: singleUse(generateKeys) }],
};
