import { page, redirect, type Answer } from '../../pages/answer';
import { emptyState } from '../../pages/empty-state';
import { field } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { searchForm } from '../../pages/search-form';
import { submissionField } from '../../pages/submission';
import { foldedName, labelsOf } from '../application/application-labels';
import { applicationPath } from '../application/application-path';
import { doneRemark } from '../forms/done';
import { applicationCard } from '../subscriptions/application-card';
import { numberedPage, pageLinks } from '../numbered-page';
import type { OwnApplication } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { singleUse } from '../forms/single-use';
import { actorOf, type UserVisit } from '../visit';

const PAGE_LENGTH = 20;

/** Checks whether a search matches the name, a consumer key, or the title of an API of an application. */
const matches = (
  { name, keys, subscriptions }: OwnApplication,
  search: string,
  { apis }: Pick<PageServices, 'apis'>,
): boolean => {
  const texts = [
    name,
    ...Object.values(keys).map(({ clientId }) => clientId),
    ...subscriptions.map((api) => apis.get(api)?.title ?? api),
  ];
  return texts.some((text) => foldedName(text).includes(search));
};

const list = async (
  visit: UserVisit,
  found: readonly OwnApplication[],
  labels: ReadonlyMap<string, string>,
  services: PageServices,
): Promise<Html> => {
  const shown = numberedPage(found, visit.query.get('page'), PAGE_LENGTH);
  const cards = await Promise.all(
    shown.items.map((application) =>
      applicationCard(visit, application, labels.get(application.id) ?? application.name, services),
    ),
  );
  return html`${cards} ${pageLinks(visit, shown, { parameters: { q: visit.query.get('q') ?? '' } })}`;
};

const createForm = (visit: UserVisit): Html => {
  const { applications: texts } = visit.texts;
  return html`<h2>${texts.newApplication}</h2>
    ${form(
      visit,
      '/applications',
      submissionField(visit),
      field({
        name: 'name',
        label: texts.name,
        value: visit.form.get('name'),
        fault: faultIn(visit.fault, 'name'),
      }),
      html`<button>${texts.create}</button>`,
    )}`;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { texts, query } = visit;
  const { applications, phrases } = texts;
  const mine = await services.ownApplications.list(visit.user);
  const search = query.get('q') ?? '';
  const found = search === '' ? mine : mine.filter((one) => matches(one, foldedName(search), services));
  const hasSearch = mine.length > 1 || search !== '';
  return page(
    applications.mine,
    html`${doneRemark(visit, { removed: applications.removed })}
    ${
      hasSearch &&
      searchForm(visit, { path: '/subscriptions', label: applications.search, value: search, button: phrases.search })
    }
    ${mine.length === 0 && emptyState(applications.none, link(visit, '/apis', applications.browse))}
    ${
      mine.length > 0 &&
      found.length === 0 &&
      emptyState(applications.noMatch, link(visit, '/subscriptions', applications.showAll))
    }
    ${found.length > 0 && (await list(visit, found, labelsOf(mine, texts), services))} ${createForm(visit)}`,
  );
};

const create = async ({ user, form: given }: UserVisit, { ownApplications, audit }: PageServices): Promise<Answer> => {
  const { id, name } = await ownApplications.create(user, given.get('name') ?? '');
  audit.note({ action: 'create_application', ...actorOf(user), target: name });
  return redirect(`${applicationPath(id)}?done=created`);
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
  ],
};
