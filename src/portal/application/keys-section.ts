import { ENVIRONMENTS } from '../../directory/key-pairs';
import { copyable } from '../../pages/copyable';
import { form } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import type { Environment } from '../../tokens/records';
import { applicationPath } from './application-path';
import type { OwnApplication } from './own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import { addSecretForm } from './add-secret-form';
import { secretsTable } from './secrets-table';
import type { Section } from './section';

/** Checks whether a sandbox key is refused by every API of the application. */
export const hasNoSandbox = (
  { subscriptions }: Pick<OwnApplication, 'subscriptions'>,
  { apis }: Pick<PageServices, 'apis'>,
): boolean => {
  const subscribed = subscriptions.flatMap((api) => apis.get(api) ?? []);
  return subscribed.length > 0 && !subscribed.some(({ sandbox }) => sandbox);
};

const generateForm = (
  visit: UserVisit,
  application: OwnApplication,
  environment: Environment,
  services: PageServices,
): Html => {
  const { secrets } = visit.texts;
  const { id, isDeclared } = application;
  if (isDeclared) return html`<p class="hint">${secrets.noKey}</p>`;
  return html`<p>${secrets.noKey}</p>
    ${environment === 'sandbox' && hasNoSandbox(application, services) && html`<p class="hint">${secrets.noSandbox}</p>`}
    ${form(
      visit,
      `${applicationPath(id)}/generate`,
      submissionField(visit),
      html`<input type="hidden" name="environment" value="${environment}" />
        <button aria-describedby="keys-${environment}">${secrets.generate}</button>`,
    )}`;
};

const present = (visit: UserVisit, application: OwnApplication, environment: Environment, clientId: string): Html => {
  const { secrets } = visit.texts;
  const key = copyable('consumer-key', clientId, secrets.keyLabel[environment], `key-${environment}`);
  return html`<dl>
      <dt>${secrets.consumerKey}</dt>
      <dd>${key}</dd>
    </dl>
    ${secretsTable(visit, application, environment)}
    ${!application.isDeclared && !application.public && addSecretForm(visit, application, environment)}`;
};

/** The keys of an application, those of both environments side by side. */
export const keysSection: Section = {
  id: 'keys',
  done: ({ secrets: { revoked } }) => ({ revoked }),
  render: (visit, application, services) =>
    html`<div class="columns">
      ${ENVIRONMENTS.map((environment) => {
        const clientId = application.keys[environment]?.clientId;
        return html`<div class="card">
          <h3 id="keys-${environment}">${visit.texts.secrets.environments[environment]}</h3>
          ${
            clientId === undefined
              ? generateForm(visit, application, environment, services)
              : present(visit, application, environment, clientId)
          }
        </div>`;
      })}
    </div>`,
};
