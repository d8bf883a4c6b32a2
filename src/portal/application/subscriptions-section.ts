import { emptyState } from '../../pages/empty-state';
import { select } from '../../pages/fields';
import { form, link, opener } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { applicationPath } from './application-path';
import { lifecycleBadge } from '../catalogue/lifecycle';
import { apiPath } from '../catalogue/paths';
import type { OwnApplication } from './own-applications';
import { ownRequests, requestRemarks } from '../subscriptions/own-requests';
import type { PageServices } from '../page-services';
import { planForm } from '../subscriptions/plan-form';
import { findPlanUse, type PlanUse } from '../subscriptions/plan-lines';
import { planOf, printPlan } from '../subscriptions/plan-usage';
import type { UserVisit } from '../visit';
import type { Section } from './section';
import { subscriptionChoices } from './subscription-choices';

const planCell = (visit: UserVisit, application: OwnApplication, api: string, { apis }: PageServices): Content => {
  const found = apis.get(api);
  const plan = found && planOf(found, application);
  if (found === undefined || plan === undefined) return '—';
  return planForm(visit, application, found, headingOf(api)) ?? printPlan(plan, visit.texts);
};

const headingOf = (api: string): string => `subscription-${api}`;

const unsubscribeOpener = (visit: UserVisit, { id, isDeclared }: OwnApplication, api: string): Content =>
  !isDeclared &&
  opener(
    visit,
    `${applicationPath(id)}/unsubscribe`,
    html`<input type="hidden" name="api" value="${api}" />
      <button class="danger" aria-describedby="${headingOf(api)}">${visit.texts.application.unsubscribe}</button>`,
  );

const row = (
  visit: UserVisit,
  application: OwnApplication,
  { api, left }: PlanUse,
  services: PageServices,
): readonly Content[] => {
  const found = services.apis.get(api);
  return [
    html`<span id="${headingOf(api)}">${found === undefined ? api : link(visit, apiPath(found), found.title)}</span>
      ${found !== undefined && lifecycleBadge(found.lifecycle, visit.texts)}`,
    found?.version ?? '—',
    planCell(visit, application, api, services),
    left.length === 0 ? '—' : left.map((line) => html`<div>${line}</div>`),
    unsubscribeOpener(visit, application, api),
  ];
};

const list = async (visit: UserVisit, application: OwnApplication, services: PageServices): Promise<Html> => {
  const { application: texts } = visit.texts;
  const { api, version, plan, left } = texts.subscriptionHeads;
  const uses = await findPlanUse(visit, application, services);
  if (uses.length === 0) return emptyState(texts.noSubscription);
  return table(
    texts.subscriptionsOf(application.name),
    [api, version, plan, left, ''],
    uses.map((use) => row(visit, application, use, services)),
  );
};

/** Renders the form that subscribes the application to another API, with one of its plans. */
const addForm = (visit: UserVisit, application: OwnApplication, { apis }: PageServices): Html => {
  const { application: texts } = visit.texts;
  const choices = subscriptionChoices(visit, application, apis);
  if (choices.length === 0) return html`<p class="hint">${texts.allSubscribed}</p>`;
  return html`<h3>${texts.add}</h3>
    ${form(
      visit,
      `${applicationPath(application.id)}/subscribe`,
      html`<div class="row">
        ${select({ name: 'subscription', label: texts.subscriptionHeads.api }, choices)}
        <button>${texts.subscribe}</button>
      </div>`,
    )}`;
};

/** The subscriptions of an application, and the form that adds one. Absent without APIs. */
export const subscriptionsSection: Section = {
  id: 'subscriptions',
  done: (texts) => ({
    subscribed: texts.application.subscribed,
    plan: texts.application.planChanged,
    unsubscribed: texts.application.unsubscribed,
    ...requestRemarks({ texts }),
  }),
  render: async (visit, application, services) => {
    if (services.apis.size === 0 && application.subscriptions.length === 0) return undefined;
    return html`${await list(visit, application, services)} ${ownRequests(visit, application, services)}
    ${!application.isDeclared && addForm(visit, application, services)}`;
  },
};
