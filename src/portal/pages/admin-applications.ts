import { infoOf, type ApplicationInfo } from '../../directory/application-info';
import { findFormerlyOwned } from '../../directory/former-owners';
import { page, redirect, type Answer } from '../../pages/answer';
import { form, opener } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { DirectoryError } from '../../protocol/errors';
import { doneRemark } from '../forms/done';
import type { Handler, PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { nextLink, PAGE_LENGTH } from '../paging';
import { planOf } from '../subscriptions/plan-usage';
import { stateOf } from '../application/application-state';
import { actorOf, type UserVisit } from '../visit';
import { applicationPath, readApplicationId } from '../application/application-path';

const TITLE = 'Applications';

const DONE: Readonly<Record<string, string>> = {
  disabled: 'Application disabled. All its tokens have ended.',
  enabled: 'Application enabled.',
};

const HEADS = ['Name', 'Owner', 'Consumer keys', 'APIs', 'State', ''];

/**
 * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if it does not exist or is not of the administrator's organization
 */
export const findManagedApplication = async (
  { user, params }: UserVisit,
  { applications }: PageServices,
): Promise<ApplicationInfo> => {
  const application = await applications.find(readApplicationId(params['id']));
  if (application !== undefined && application.organization === user.organization) return application;
  throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such application');
};

const action = (visit: UserVisit, { id, name, enabled, disabledBy }: ApplicationInfo): Html => {
  if (disabledBy === 'operator') return html``;
  const button = (text: string): Html => html`<button class="plain" aria-label="${text} ${name}">${text}</button>`;
  return enabled
    ? opener(visit, `/admin${applicationPath(id)}/disable`, button('Disable'))
    : form(visit, `/admin${applicationPath(id)}/enable`, button('Enable'));
};

/** Formats a subscription: `Orders (plan free)`, or the title alone if the API has no plans. */
const printSubscription = (application: ApplicationInfo, name: string, { apis }: PageServices): string => {
  const api = apis.get(name);
  if (api === undefined) return name;
  const plan = planOf(api, application);
  return plan === undefined ? api.title : `${api.title} (plan ${plan.name})`;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { organization } = visit.user;
  const after = visit.query.get('after') ?? '';
  const { applications, next } = await services.directory.applications.findFreshPage(
    { organization },
    { after, limit: PAGE_LENGTH },
  );
  const former = await findFormerlyOwned(services.directory, applications);
  const rows = applications
    .map((application) => ({ ...infoOf(application), isOfFormerUser: former.has(application) }))
    .map(({ isOfFormerUser, ...application }) => [
      application.name,
      isOfFormerUser ? `${application.owner} (former user)` : (application.owner ?? ''),
      Object.values(application.keys).map(({ clientId }) => html`<code>${clientId}</code> `),
      application.subscriptions.map((api) => printSubscription(application, api, services)).join(', '),
      stateOf(application),
      action(visit, application),
    ]);
  return page(
    TITLE,
    html`${doneRemark(visit, DONE)} ${table('Applications of your organization', HEADS, rows)} ${nextLink(visit, next)}`,
  );
};

const change =
  (to: 'disable' | 'enable', done: string): Handler<UserVisit> =>
  async (visit, services) => {
    const { id, name } = await findManagedApplication(visit, services);
    await services.applications[to](id, { by: 'administrator' });
    services.audit.note({ action: `${to}_application`, ...actorOf(visit.user), target: name });
    return redirect(`/admin/applications?done=${done}`);
  };

export const adminApplicationsPage: PortalPage = {
  path: '/admin/applications',
  title: (texts) => texts.approvals.applications,
  for: 'admins',
  navigation: 'admin',
  isReturnTarget: true,
  show,
  forms: [
    {
      path: '/admin/applications/:id/disable',
      page: '/admin/applications',
      handle: change('disable', 'disabled'),
    },
    { path: '/admin/applications/:id/enable', handle: change('enable', 'enabled') },
  ],
};
