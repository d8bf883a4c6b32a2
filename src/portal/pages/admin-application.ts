import { findFormerlyOwned } from '../../directory/former-owners';
import { page, type Answer } from '../../pages/answer';
import { badge } from '../../pages/badge';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { form, link, opener } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { managedKeys } from '../admin/application-keys';
import { managedSubscriptions } from '../admin/application-subscriptions';
import { changeManagedPlan, enableManaged, subscribeManaged } from '../admin/change-application';
import { findManagedInPath, managedPath } from '../admin/managed-application';
import { doneRemark } from '../forms/done';
import { countLiveTokens } from '../tokens/live-token-count';
import { clientOwnersOf, type OwnApplication } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { recentRefusals } from '../usage/recent-refusals';
import { stateOf } from '../application/application-state';
import { usageOfDay } from '../usage/usage-summary';
import type { UserVisit } from '../visit';

const blockingForm = (visit: UserVisit, { id, enabled, disabledBy }: OwnApplication): Html => {
  const { adminApplications: texts } = visit.texts;
  if (enabled) {
    return opener(visit, `${managedPath(id)}/disable`, html`<button class="danger">${texts.disable}</button>`);
  }
  return disabledBy === 'operator'
    ? html`<p class="hint">${texts.byOperator}</p>`
    : form(visit, `${managedPath(id)}/enable`, html`<button class="plain">${texts.enable}</button>`);
};

const head = ({ texts }: UserVisit, application: OwnApplication, owner: string): Html => {
  const { id, description, enabled, isDeclared, public: isPublic } = application;
  const { application: own, adminApplications: admin } = texts;
  return html`<p class="badges">
      ${badge(enabled ? 'good' : 'bad', stateOf(application, texts))} ${isPublic && badge('neutral', own.isPublic)}
      ${isDeclared && badge('neutral', own.isDeclared)}
    </p>
    ${description !== undefined && html`<p class="prose">${description}</p>`}
    ${isDeclared && html`<p class="hint">${admin.declared}</p>`}
    <dl>
      <dt>${admin.heads.owner}</dt>
      <dd>${owner}</dd>
      <dt>${admin.id}</dt>
      <dd><code>${id}</code></dd>
    </dl>`;
};

const ownerOf = async ({ texts }: UserVisit, { id }: OwnApplication, { directory }: PageServices): Promise<string> => {
  const { adminApplications } = texts;
  const record = await directory.applications.findFresh(id);
  if (record?.owner === undefined) return adminApplications.noOwner;
  const isFormer = (await findFormerlyOwned(directory, [record])).has(record);
  return isFormer ? adminApplications.formerOwner(record.owner) : record.owner;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { texts } = visit;
  const { adminApplications, approvals, application: sections } = texts;
  const found = await findManagedInPath(visit, services);
  const { id, name } = found;
  const application = { ...found, isDeclared: services.directory.applications.isDeclared(id) };
  // All in this tick, so that reads of the store share round trips.
  const [owner, subscriptions, tokens, usage, refusals] = await Promise.all([
    ownerOf(visit, application, services),
    managedSubscriptions(visit, application, services),
    countLiveTokens(services.tokens, clientOwnersOf(application)),
    usageOfDay(visit, application, services),
    services.countsUsage === false ? undefined : recentRefusals(visit, id, services),
  ]);
  const { count, isMore } = tokens;
  return page(
    name,
    html`${breadcrumbs(visit, [{ to: '/admin/applications', text: approvals.applications }], name)}
      ${doneRemark(visit, adminApplications.done)} ${head(visit, application, owner)}
      ${blockingForm(visit, application)}
      <h2>${sections.sections.subscriptions}</h2>
      ${subscriptions}
      <h2>${sections.sections.keys}</h2>
      ${managedKeys(visit, application)}
      <h2>${sections.sections.tokens}</h2>
      <p>${isMore ? adminApplications.moreTokens(count) : adminApplications.liveTokens(count)}</p>
      ${
        usage !== undefined &&
        html`<h2>${sections.sections.usage}</h2>
          ${usage}`
      }
      ${refusals}
      <p>
        ${link(visit, `/admin/audit?${new URLSearchParams({ target: name }).toString()}`, adminApplications.audit)}
      </p>`,
  );
};

/** The page on which an administrator manages an application of the organization. */
export const adminApplicationPage: PortalPage = {
  path: '/admin/applications/:id',
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show,
  forms: [
    { path: '/admin/applications/:id/enable', handle: enableManaged },
    { path: '/admin/applications/:id/subscribe', handle: subscribeManaged },
    { path: '/admin/applications/:id/plan', handle: changeManagedPlan },
  ],
};
