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
import { changeOwnPlan } from '../subscribing';
import { actorOf, type UserVisit } from '../visit';
import { applicationPath, readApplicationId } from '../application-path';
import { ownRequests, requestRemarks, withdrawForm } from '../own-requests';
import { planForm } from '../plan-form';
import { findPlanLines, type PlanLines } from '../plan-lines';
import { problem } from './problem';

const TITLE = 'My Subscriptions';

const DONE: Readonly<Record<string, string>> = {
  subscribed: 'Subscribed. Generate a consumer key and secret, then generate a token.',
  plan: 'Plan changed. Requests are counted against it from now on.',
  unsubscribed: "Unsubscribed. The application's access tokens have been revoked.",
  created: 'Application created.',
  removed: 'Application removed, with its keys and tokens.',
};

type Apis = PageServices['apis'];

const planOfApi = (
  visit: UserVisit,
  application: OwnApplication,
  name: string,
  apis: Apis,
  planLines: PlanLines,
): Html => {
  const api = apis.get(name);
  const heading = `subscription-${application.id}-${name}`;
  return html`${(planLines.get(name) ?? []).map((line) => html`<p class="hint">${line}</p>`)}
  ${api !== undefined && planForm(visit, application, api, heading)}`;
};

const apiItem = (
  visit: UserVisit,
  application: OwnApplication,
  name: string,
  { apis, planLines }: { readonly apis: Apis; readonly planLines: PlanLines },
): Html => {
  const { id, isDeclared } = application;
  const title = apis.get(name)?.title ?? name;
  return html`<li>
    <div class="row">
      <span id="subscription-${id}-${name}">${title}</span>
      ${
        !isDeclared &&
        opener(
          visit,
          `${applicationPath(id)}/unsubscribe`,
          html`<input type="hidden" name="api" value="${name}" />
            <button class="plain" aria-label="Unsubscribe from ${title}">Unsubscribe</button>`,
        )
      }
    </div>
    ${planOfApi(visit, application, name, apis, planLines)}
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

const card = (visit: UserVisit, application: OwnApplication, label: string, apis: Apis, planLines: PlanLines): Html => {
  const { id, subscriptions, isDeclared, enabled } = application;
  return html`<section class="card" aria-labelledby="application-${id}">
    <h2 id="application-${id}">${link(visit, applicationPath(id), label)}</h2>
    ${isDeclared && html`<p class="hint">Managed in the gateway's configuration. You can't change it here.</p>`}
    ${!enabled && html`<p class="hint">${stateOf(application, visit.texts)}.</p>`}
    ${
      subscriptions.length === 0
        ? html`<p>No API yet. ${link(visit, '/apis', 'Subscribe to one')}.</p>`
        : html`<ul>
            ${subscriptions.map((api) => apiItem(visit, application, api, { apis, planLines }))}
          </ul>`
    }
    ${ownRequests(visit, application, { apis })} ${keyList(application)} ${generateForm(visit, application, apis)}
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

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, apis } = services;
  const mine = await ownApplications.list(visit.user);
  const planLines = await Promise.all(mine.map((application) => findPlanLines(visit, application, services)));
  const labels = labelsOf(mine, visit.texts);
  return page(
    TITLE,
    html`${doneRemark(visit, { ...DONE, ...requestRemarks(visit) })}
    ${
      mine.length === 0 &&
      html`<p>
        Three steps: ${link(visit, '/apis', 'subscribe')} to an API, generate a consumer key and secret here, and
        generate a token with them.
      </p>`
    }
    ${mine.map((application, index) =>
      card(visit, application, labels.get(application.id) ?? application.name, apis, planLines[index] ?? new Map()),
    )}
    ${createForm(visit)}`,
  );
};

const create = async ({ user, form: given }: UserVisit, { ownApplications, audit }: PageServices): Promise<Answer> => {
  const { name } = await ownApplications.create(user, given.get('name') ?? '');
  audit.note({ action: 'create_application', ...actorOf(user), target: name });
  return redirect('/subscriptions?done=created');
};

/** Changes the plan of a subscription. Neither the application nor its APIs are confirmed to exist to another user. */
const changePlan = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { user, params, form: given } = visit;
  const { ownApplications, apis } = services;
  const application = await ownApplications.get(user, readApplicationId(params['id']));
  const [api, plan = ''] = [apis.get(given.get('api') ?? ''), given.get('plan')];
  if (api?.plans.some(({ name }) => name === plan) !== true) return problem.notFound;
  const outcome = await changeOwnPlan(visit, { application, api, plan }, services);
  return redirect(`/subscriptions?done=${outcome === 'requested' ? 'plan-requested' : 'plan'}`);
};

export const subscriptionsPage: PortalPage = {
  path: '/subscriptions',
  title: (texts) => texts.applications.mine,
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
    { path: '/applications/:id/plan', page: '/subscriptions', handle: changePlan },
    withdrawForm,
  ],
};
