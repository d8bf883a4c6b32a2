import { ENVIRONMENTS } from '../../directory/key-pairs';
import { badge } from '../../pages/badge';
import { copyable } from '../../pages/copyable';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { sectionPath } from '../application/section-path';
import { applicationPath } from '../application/application-path';
import type { OwnApplication } from '../application/own-applications';
import { ownRequests } from './own-requests';
import type { PageServices } from '../page-services';
import { findPlanUse, type PlanUse } from './plan-lines';
import { stateOf } from '../application/application-state';
import type { UserVisit } from '../visit';
import { generateForm } from './generate-form';

const subscription = (
  { texts: { plans } }: UserVisit,
  { api, plan, left }: PlanUse,
  { apis }: Pick<PageServices, 'apis'>,
): Html => {
  const lines = plan === undefined ? left : [plans.planLine(plan), ...left];
  return html`<li>${apis.get(api)?.title ?? api}${lines.map((line) => html`<p class="hint">${line}</p>`)}</li>`;
};

const subscriptions = async (visit: UserVisit, application: OwnApplication, services: PageServices): Promise<Html> => {
  const { applications: texts } = visit.texts;
  const uses = await findPlanUse(visit, application, services);
  if (uses.length === 0) {
    const add = link(visit, sectionPath(application.id, 'subscriptions'), texts.addSubscription);
    return html`<p>${texts.noSubscription} ${!application.isDeclared && add}</p>`;
  }
  return html`<p>${texts.subscriptionCount(uses.length)}</p>
    <ul>
      ${uses.map((use) => subscription(visit, use, services))}
    </ul>`;
};

const keys = ({ texts }: UserVisit, { id, name, keys: pairs }: OwnApplication): Html => {
  const labels = texts.secrets.keyLabelOf(name);
  return html`<dl>
    ${ENVIRONMENTS.flatMap((environment) => {
      const clientId = pairs[environment]?.clientId;
      if (clientId === undefined) return [];
      return html`<dt>${texts.applications.consumerKey[environment]}</dt>
        <dd>${copyable('consumer-key', clientId, labels[environment], `key-${id}-${environment}`)}</dd>`;
    })}
  </dl>`;
};

/** Renders an application in the list: its state, subscriptions and keys. Everything else is on its own page. */
export const applicationCard = async (
  visit: UserVisit,
  application: OwnApplication,
  label: string,
  services: PageServices,
): Promise<Html> => {
  const { id, isDeclared, enabled } = application;
  const { texts } = visit;
  return html`<section class="card" aria-labelledby="application-${id}">
    <h2 id="application-${id}">${link(visit, applicationPath(id), label)}</h2>
    ${
      (isDeclared || !enabled) &&
      html`<p class="badges">
        ${isDeclared && badge('neutral', texts.application.isDeclared)}
        ${!enabled && badge('bad', stateOf(application, texts))}
      </p>`
    }
    ${await subscriptions(visit, application, services)} ${ownRequests(visit, application, services)}
    ${keys(visit, application)} ${generateForm(visit, application, services)}
  </section>`;
};
