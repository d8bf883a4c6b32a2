import type { Api } from '../../access/api';
import type { Resource } from '../../access/resource';
import { page, redirect, type Answer } from '../../pages/answer';
import { copyable } from '../../pages/copyable';
import { select } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { submissionField } from '../../pages/submission';
import { table } from '../../pages/table';
import { afterSubscribing } from '../after-subscribing';
import { labelsOf } from '../application-labels';
import { firstSteps } from '../first-steps';
import type { OwnApplication } from '../own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { planChoice } from '../plan-form';
import { printAllowance, printPlan } from '../plan-usage';
import { accessOf } from '../resource-access';
import { singleUse } from '../single-use';
import { subscribeOwn } from '../subscribing';
import type { UserVisit } from '../visit';
import { problem } from './problem';
import { applicationPath } from '../application-path';

const TITLE = 'APIs';

type Labels = ReadonlyMap<string, string>;

/** Renders the choice among the applications that can still subscribe to an API. */
const applicationChoice = ({ name, title }: Api, open: readonly OwnApplication[], labels: Labels): Html => {
  const [only] = open;
  if (only === undefined) return html``; // an application is created
  if (open.length === 1) return html`<input type="hidden" name="application" value="${only.id}" />`;
  return select(
    { name: 'application', label: `Subscribe to ${title} with` },
    open.map(({ id, name: called }) => ({ value: id, text: labels.get(id) ?? called })),
    `application-${name}`,
  );
};

const subscribeForm = (visit: UserVisit, api: Api, mine: readonly OwnApplication[]): Html => {
  const { name } = api;
  const labels = labelsOf(mine);
  const open = mine.filter(({ isDeclared, subscriptions }) => !isDeclared && !subscriptions.includes(name));
  const subscribed = mine.filter(({ subscriptions }) => subscriptions.includes(name));
  const hasEditable = mine.some(({ isDeclared }) => !isDeclared);
  return html`${
    subscribed.length > 0 &&
    html`<p>Subscribed: ${subscribed.map(({ id }) => html`${link(visit, applicationPath(id), labels.get(id))} `)}</p>`
  }
  ${
    (open.length > 0 || !hasEditable) &&
    form(
      visit,
      `/apis/${name}/subscribe`,
      html`${submissionField(visit)}
        <div class="row">
          ${applicationChoice(api, open, labels)} ${planChoice(api, `plan-${name}`)}
          <button aria-describedby="api-${name}">Subscribe</button>
        </div>
        ${api.approval && html`<p class="hint">${visit.texts.approvals.needed}</p>`}`,
    )
  }`;
};

const limitOf = ({ limit }: Resource): string =>
  limit === undefined ? '-' : `${printAllowance(limit)} for each ${limit.by}`;

const apiCard = (
  visit: UserVisit,
  api: Api,
  mine: readonly OwnApplication[],
  { issuer }: Pick<PageServices, 'issuer'>,
): Html => {
  const { name, title, version, context, resources, plans } = api;
  const isLimited = resources.some(({ limit }) => limit !== undefined);
  const rows = resources.map((resource) => [
    resource.methods.join(', '),
    html`<code>${resource.path}</code>`,
    accessOf(resource),
    ...(isLimited ? [limitOf(resource)] : []),
  ]);
  const heads = ['Method', 'Path', 'Scopes', ...(isLimited ? ['Limit'] : [])];
  return html`<section class="card" aria-labelledby="api-${name}">
    <h2 id="api-${name}">${title}${version !== undefined && html` <small>${version}</small>`}</h2>
    <dl>
      <dt>Base URL</dt>
      <dd>${copyable(`base-url-${name}`, issuer.origin + context, `the base URL of ${title}`)}</dd>
      ${
        plans.length > 0 &&
        html`<dt>${plans.length === 1 ? 'Plan' : 'Plans'}</dt>
          ${plans.map((plan) => html`<dd>${printPlan(plan)}</dd>`)}`
      }
    </dl>
    ${table(`Endpoints of ${title}`, heads, rows)} ${subscribeForm(visit, api, mine)}
  </section>`;
};

const scopeList = ({ rules }: Pick<PageServices, 'rules'>): Html =>
  html`<dl>
    ${[...rules.names].map((scope) => {
      const roles = rules.rolesOf(scope);
      return html`<dt><code>${scope}</code></dt>
        <dd>
          ${rules.describe(scope)} ${roles.length > 0 && html`<span class="hint">(roles: ${roles.join(', ')})</span>`}
        </dd>`;
    })}
  </dl>`;

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { apis, ownApplications, tokenUrl } = services;
  const mine = await ownApplications.list(visit.user);
  const steps = await firstSteps(visit, mine, services);
  return page(
    TITLE,
    html`${steps}
      ${
        tokenUrl !== undefined &&
        html`<dl>
          <dt>Token URL</dt>
          <dd>${copyable('token-url', tokenUrl, 'the token URL')}</dd>
        </dl>`
      }
      ${apis.size === 0 && notice('done', 'No APIs are declared, so applications need no subscription.')}
      ${[...apis.values()].map((api) => apiCard(visit, api, mine, services))}
      <h2>Scopes</h2>
      ${scopeList(services)}`,
  );
};

const subscribe = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { params, form: given, user } = visit;
  const { apis, ownApplications } = services;
  const { name = '' } = params;
  const api = apis.get(name);
  if (api === undefined) return problem.notFound;
  const plan = given.get('plan');
  if (plan !== undefined && !api.plans.some((known) => known.name === plan)) return problem.notFound;
  const id = given.get('application');
  const application = id === undefined ? await ownApplications.getOrCreate(user) : await ownApplications.get(user, id);
  const outcome = await subscribeOwn(visit, { application, api, plan }, services);
  if (outcome === 'requested') return redirect('/subscriptions?done=requested');
  return afterSubscribing(visit, application, api, services);
};

export const apisPage: PortalPage = {
  path: '/apis',
  title: (texts) => texts.apis.title,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
  forms: [
    {
      path: '/apis/:name/subscribe',
      handle: singleUse(subscribe, redirect('/subscriptions')), // shows whether the first submission subscribed
    },
  ],
};
