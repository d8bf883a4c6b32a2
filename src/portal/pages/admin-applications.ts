import { infoOf, type ApplicationInfo } from '../../directory/application-info';
import { findFormerlyOwned } from '../../directory/former-owners';
import { page, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { emptyState } from '../../pages/empty-state';
import { select } from '../../pages/fields';
import { form, link, opener } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { searchForm } from '../../pages/search-form';
import { table } from '../../pages/table';
import {
  applicationFilterOf,
  findApplications,
  isFiltering,
  isFull,
  type ApplicationFilter,
} from '../admin/application-search';
import { managedPath } from '../admin/managed-application';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { nextLink } from '../paging';
import { planOf } from '../subscriptions/plan-usage';
import { stateOf } from '../application/application-state';
import type { UserVisit } from '../visit';

const PATH = '/admin/applications';

const action = (visit: UserVisit, { id, name, enabled, disabledBy }: ApplicationInfo): Html => {
  if (disabledBy === 'operator') return html``;
  const { adminApplications: texts } = visit.texts;
  const button = (text: string): Html =>
    html`<button class="plain" aria-label="${texts.actionOn(text, name)}">${text}</button>`;
  return enabled
    ? opener(visit, `${managedPath(id)}/disable`, button(texts.disable))
    : form(visit, `${managedPath(id)}/enable`, button(texts.enable));
};

/** Formats a subscription: `Orders (plan free)`, or the title alone if the API has no plans. */
const printSubscription = (
  { texts }: UserVisit,
  application: ApplicationInfo,
  name: string,
  { apis }: PageServices,
): string => {
  const api = apis.get(name);
  if (api === undefined) return name;
  const plan = planOf(api, application);
  return plan === undefined ? api.title : texts.approvals.withPlan(api.title, plan.name);
};

const row = (
  visit: UserVisit,
  application: ApplicationInfo,
  owner: string,
  services: PageServices,
): readonly Content[] => [
  link(visit, managedPath(application.id), breakable(application.name)),
  owner,
  Object.values(application.keys).map(({ clientId }) => html`<code>${clientId}</code> `),
  application.subscriptions.map((api) => printSubscription(visit, application, api, services)).join(', '),
  stateOf(application, visit.texts),
  action(visit, application),
];

const filterForm = (visit: UserVisit, { text, state }: ApplicationFilter): Html => {
  const { adminApplications: texts } = visit.texts;
  const { enabled, disabled } = texts.states;
  const choices = [
    { value: '', text: texts.allStates },
    { value: 'enabled', text: enabled },
    { value: 'disabled', text: disabled },
  ];
  const filters = select({ name: 'state', label: texts.heads.state, chosen: state ?? '' }, choices);
  return searchForm(visit, { path: PATH, label: texts.search, value: text, button: texts.filter, filters });
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { adminApplications: texts, approvals } = visit.texts;
  const filter = applicationFilterOf(visit);
  const found = await findApplications(visit, services, filter);
  const former = await findFormerlyOwned(services.directory, found.applications);
  const rows = found.applications.map((application) => {
    const { owner = '' } = application;
    return row(visit, infoOf(application), former.has(application) ? texts.formerOwner(owner) : owner, services);
  });
  const isFiltered = isFiltering(filter);
  const none = found.next === undefined ? texts.noMatch : texts.noMatchYet;
  const { name, owner, keys, apis, state } = texts.heads;
  return page(
    approvals.applications,
    html`${filterForm(visit, filter)}
    ${
      rows.length === 0
        ? emptyState(isFiltered ? none : texts.none, isFiltered ? link(visit, PATH, texts.showAll) : undefined)
        : table(texts.listed, [name, owner, keys, apis, state, ''], rows)
    }
    ${nextLink(visit, found.next, {
      parameters: { q: filter.text, state: filter.state ?? '' },
      ...(isFull(found) || !isFiltered ? {} : { text: texts.continueSearch }),
    })}`,
  );
};

/** The applications of the administrator's organization. */
export const adminApplicationsPage: PortalPage = {
  path: PATH,
  title: (texts) => texts.approvals.applications,
  for: 'admins',
  navigation: 'admin',
  isReturnTarget: true,
  show,
};
