import { ENVIRONMENTS } from '../../directory/key-pairs';
import { page, redirect, type Answer } from '../../pages/answer';
import { copyable } from '../../pages/copyable';
import { field, select } from '../../pages/fields';
import { form, link, opener } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { labelsOf } from '../application-labels';
import { doneRemark } from '../done';
import type { OwnApplication } from '../own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { singleUse } from '../single-use';
import { stateOf } from '../state';
import { actorOf, type UserVisit } from '../visit';
import { applicationPath } from '../application-path';

const TITLE = 'My Subscriptions';

const DONE: Readonly<Record<string, string>> = {
  subscribed: 'Subscribed. Generate a consumer key and secret, then generate a token.',
  unsubscribed: "Unsubscribed. The application's access tokens have been revoked.",
  created: 'Application created.',
  removed: 'Application removed, with its keys and tokens.',
};

type Apis = PageServices['apis'];

const apiItem = (visit: UserVisit, { id, isDeclared }: OwnApplication, name: string, apis: Apis): Html => {
  const title = apis.get(name)?.title ?? name;
  return html`<li class="row">
    <span>${title}</span>
    ${
      !isDeclared &&
      opener(
        visit,
        `${applicationPath(id)}/unsubscribe`,
        html`<input type="hidden" name="api" value="${name}" />
          <button class="plain" aria-label="Unsubscribe from ${title}">Unsubscribe</button>`,
      )
    }
  </li>`;
};

const keyList = ({ id, name, keys }: OwnApplication): Html =>
  html`<dl>
    ${ENVIRONMENTS.flatMap((environment) => {
      const clientId = keys[environment]?.clientId;
      if (clientId === undefined) return [];
      return html`<dt>Consumer key (${environment})</dt>
        <dd>
          ${copyable('consumer-key', clientId, `the ${environment} consumer key of ${name}`, `key-${id}-${environment}`)}
        </dd>`;
    })}
  </dl>`;

/** Renders the form that generates the key of an environment that has none; nothing if no environment is left. */
const generateForm = (
  visit: UserVisit,
  { id, keys, subscriptions, isDeclared }: OwnApplication,
  apis: Apis,
): Html | undefined => {
  const missing = ENVIRONMENTS.filter((environment) => keys[environment] === undefined);
  if (isDeclared || missing.length === 0) return undefined;
  const subscribed = subscriptions.flatMap((api) => apis.get(api) ?? []);
  const noSandbox = missing.includes('sandbox') && subscribed.length > 0 && !subscribed.some(({ sandbox }) => sandbox);
  return form(
    visit,
    `${applicationPath(id)}/generate`,
    html`${submissionField(visit)}
      <div class="row">
        ${select(
          { name: 'environment', label: 'Environment' },
          missing.map((environment) => ({ value: environment, text: environment })),
          `environment-${id}`,
        )}
        <button aria-describedby="application-${id}">Generate</button>
      </div>
      ${noSandbox && html`<p class="hint">None of these APIs has a sandbox: they refuse tokens of a sandbox key.</p>`}`,
  );
};

const card = (visit: UserVisit, application: OwnApplication, label: string, apis: Apis): Html => {
  const { id, subscriptions, isDeclared, enabled } = application;
  return html`<section class="card" aria-labelledby="application-${id}">
    <h2 id="application-${id}">${link(visit, applicationPath(id), label)}</h2>
    ${isDeclared && html`<p class="hint">Managed in the gateway's configuration. You can't change it here.</p>`}
    ${!enabled && html`<p class="hint">${stateOf(application)}.</p>`}
    ${
      subscriptions.length === 0
        ? html`<p>No API yet. ${link(visit, '/apis', 'Subscribe to one')}.</p>`
        : html`<ul>
            ${subscriptions.map((api) => apiItem(visit, application, api, apis))}
          </ul>`
    }
    ${keyList(application)} ${generateForm(visit, application, apis)}
  </section>`;
};

const createForm = (visit: UserVisit): Html =>
  html`<h2>New application</h2>
    ${form(
      visit,
      '/applications',
      submissionField(visit),
      field({
        name: 'name',
        label: 'Application name',
        value: visit.form.get('name'),
        fault: faultIn(visit.fault, 'name'),
      }),
      html`<button>Create application</button>`,
    )}`;

const show = async (visit: UserVisit, { ownApplications, apis }: PageServices): Promise<Answer> => {
  const mine = await ownApplications.list(visit.user);
  const labels = labelsOf(mine);
  return page(
    TITLE,
    html`${doneRemark(visit, DONE)}
    ${
      mine.length === 0 &&
      html`<p>
        Three steps: ${link(visit, '/apis', 'subscribe')} to an API, generate a consumer key and secret here, and
        generate a token with them.
      </p>`
    }
    ${mine.map((application) => card(visit, application, labels.get(application.id) ?? application.name, apis))}
    ${createForm(visit)}`,
  );
};

const create = async ({ user, form: given }: UserVisit, { ownApplications, audit }: PageServices): Promise<Answer> => {
  const { name } = await ownApplications.create(user, given.get('name') ?? '');
  audit.note({ action: 'create_application', ...actorOf(user), target: name });
  return redirect('/subscriptions?done=created');
};

export const subscriptionsPage: PortalPage = {
  path: '/subscriptions',
  title: TITLE,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
  forms: [
    {
      path: '/applications',
      page: '/subscriptions',
      handle: singleUse(create, redirect('/subscriptions')), // shows whether the first submission created it
    },
  ],
};
