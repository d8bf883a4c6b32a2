import type { GeneratedKeys } from '../../directory/application-info';
import { ENVIRONMENTS } from '../../directory/key-pairs';
import { page, type Answer } from '../../pages/answer';
import { field, passwordField, select } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { DirectoryError } from '../../protocol/errors';
import { keysOf } from '../application-keys';
import { clientSettings } from '../client-settings';
import { doneRemark } from '../done';
import { keysPage } from '../keys-page';
import { environmentOf, type OwnApplication } from '../own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { passwordUsage } from '../password-usage';
import { saveClientSettings } from '../save-client-settings';
import { singleUse } from '../single-use';
import { actorOf, type UserVisit } from '../visit';
import { applicationPath, readApplicationId } from '../application-path';

const DONE: Readonly<Record<string, string>> = {
  revoked: 'Secret revoked. All tokens issued with this key have been revoked.',
  saved: 'Saved.',
  public: 'Saved. The application is public: its secrets are deleted, and its tokens have ended.',
  confidential: 'Saved. The application is confidential, and its tokens have ended. Add a secret to each key.',
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
export const showApplication = async (visit: UserVisit, services: PageServices, remark?: Html): Promise<Answer> => {
  const { ownApplications, apis } = services;
  const application = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const { id, name, subscriptions, isDeclared, public: isPublic } = application;
  const hasKeys = Object.keys(application.keys).length > 0;
  const titles = subscriptions.map((api) => apis.get(api)?.title ?? api);
  return page(
    name,
    html`${remark}
      <p>Subscriptions: ${titles.length === 0 ? 'none' : titles.join(', ')}</p>
      ${await passwordUsage(application, services)}
      ${isDeclared && html`<p class="hint">Managed in the gateway's configuration. You can't change it here.</p>`}
      ${ENVIRONMENTS.map((environment) => keysOf(visit, application, environment, services))}
      ${!hasKeys && !isDeclared && html`<p>No keys yet: ${link(visit, '/subscriptions', 'generate them')}.</p>`}
      ${hasKeys && !isDeclared && !isPublic && generateSecretForm(visit, application)}
      ${await clientSettings(visit, application, services)}
      ${!isDeclared && html`<p>${link(visit, `${applicationPath(id)}/remove`, 'Remove this application')}</p>`}`,
  );
};

const generateKeys = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, applications, audit } = services;
  const { keys: texts } = visit.texts;
  const application = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const { id, name, keys: present } = application;
  const environment = environmentOf(visit.form.get('environment'));
  if (present[environment] !== undefined) {
    const cure = application.public ? '' : '; add a secret to it instead';
    throw new DirectoryError('ERR_SCOPEGATE_VALUE', `there is already a ${environment} key${cure}`);
  }
  const note = ({ clientId }: Pick<GeneratedKeys, 'clientId'>): void =>
    audit.note({ action: 'generate_keys', ...actorOf(visit.user), target: name, clientId, detail: environment });
  if (application.public) {
    const key = await applications.generateClientId(id, { environment });
    note(key);
    return keysPage(visit, { title: texts.newKey(name), application, environment, keys: key }, services);
  }
  const keys = await applications.generateKeys(id, { environment });
  note(keys);
  return keysPage(visit, { title: texts.newKeys(name), application, environment, keys }, services);
};

export const applicationPage: PortalPage = {
  path: '/applications/:id',
  for: 'users',
  navigation: 'none',
  section: '/subscriptions',
  isReturnTarget: true,
  show: (visit, services) => showApplication(visit, services, doneRemark(visit, DONE)),
  forms: [
    { path: '/applications/:id/generate', handle: singleUse(generateKeys) },
    { path: '/applications/:id/client', handle: saveClientSettings(showApplication) },
  ],
};
