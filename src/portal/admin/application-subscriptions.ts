import { isPending } from '../../directory/subscription-requests';
import { emptyState } from '../../pages/empty-state';
import { select } from '../../pages/fields';
import { form, link, opener } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { subscriptionChoices } from '../application/subscription-choices';
import { lifecycleBadge } from '../catalogue/lifecycle';
import { apiPath } from '../catalogue/paths';
import type { OwnApplication } from '../application/own-applications';
import type { PageServices } from '../page-services';
import { planChoice } from '../subscriptions/plan-form';
import { findPlanUse, type PlanUse } from '../subscriptions/plan-lines';
import { planOf } from '../subscriptions/plan-usage';
import type { UserVisit } from '../visit';
import { managedPath } from './managed-application';

const headingOf = (api: string): string => `subscription-${api}`;

const apiField = (api: string): Html => html`<input type="hidden" name="api" value="${api}" />`;

const planCell = (
  visit: UserVisit,
  application: OwnApplication,
  { api, plan = '—' }: PlanUse,
  services: PageServices,
): Content => {
  const { texts } = visit;
  const found = services.apis.get(api);
  const choice = found && planChoice(found, `plan-${api}`, texts, planOf(found, application)?.name);
  if (application.isDeclared || choice === undefined) return plan;
  const button = html`<button class="plain" aria-describedby="${headingOf(api)}">${texts.plans.change}</button>`;
  return form(
    visit,
    `${managedPath(application.id)}/plan`,
    apiField(api),
    html`<div class="row">${choice} ${button}</div>`,
  );
};

const row = (visit: UserVisit, application: OwnApplication, use: PlanUse, services: PageServices): Content[] => {
  const { api, left } = use;
  const { application: texts } = visit.texts;
  const found = services.apis.get(api);
  const button = html`<button class="danger" aria-describedby="${headingOf(api)}">${texts.unsubscribe}</button>`;
  return [
    html`<span id="${headingOf(api)}">${found === undefined ? api : link(visit, apiPath(found), found.title)}</span>
      ${found !== undefined && lifecycleBadge(found.lifecycle, visit.texts)}`,
    found?.version ?? '—',
    planCell(visit, application, use, services),
    left.length === 0 ? '—' : left.map((line) => html`<div>${line}</div>`),
    !application.isDeclared && opener(visit, `${managedPath(application.id)}/unsubscribe`, apiField(api), button),
  ];
};

/** Renders the requests of an application that wait for a decision. */
const waiting = (visit: UserVisit, { requests = [] }: OwnApplication, { apis }: PageServices): Html | undefined => {
  const { adminApplications, approvals } = visit.texts;
  const pending = requests.filter(isPending);
  if (pending.length === 0) return undefined;
  const titleOf = (api: string): string => apis.get(api)?.title ?? api;
  return html`<p>${adminApplications.waiting}</p>
    <ul>
      ${pending.map(({ api, plan }) => html`<li>${plan === undefined ? titleOf(api) : approvals.withPlan(titleOf(api), plan)}</li>`)}
    </ul>
    <p>${link(visit, '/admin/approvals', adminApplications.decide)}</p>`;
};

const addForm = (visit: UserVisit, application: OwnApplication, { apis }: PageServices): Html | undefined => {
  const { application: texts } = visit.texts;
  const choices = subscriptionChoices(visit, application, apis);
  if (application.isDeclared || choices.length === 0) return undefined;
  return html`<h3>${texts.add}</h3>
    ${form(
      visit,
      `${managedPath(application.id)}/subscribe`,
      html`<div class="row">
        ${select({ name: 'subscription', label: texts.subscriptionHeads.api }, choices)}
        <button>${texts.subscribe}</button>
      </div>`,
    )}`;
};

/** Renders the subscriptions of an application for an administrator, who can change them. */
export const managedSubscriptions = async (
  visit: UserVisit,
  application: OwnApplication,
  services: PageServices,
): Promise<Html> => {
  const { application: texts, adminApplications } = visit.texts;
  const { api, version, plan, left } = texts.subscriptionHeads;
  const uses = await findPlanUse(visit, application, services);
  return html`${
    uses.length === 0
      ? emptyState(adminApplications.noSubscription)
      : table(
          texts.subscriptionsOf(application.name),
          [api, version, plan, left, ''],
          uses.map((use) => row(visit, application, use, services)),
        )
  }
  ${waiting(visit, application, services)} ${addForm(visit, application, services)}`;
};
