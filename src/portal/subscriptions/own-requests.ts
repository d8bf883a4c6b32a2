import type { SubscriptionRequest } from '../../directory/records';
import { isPending } from '../../directory/subscription-requests';
import { redirect, type Answer } from '../../pages/answer';
import { badge } from '../../pages/badge';
import { form } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { sectionPath } from '../application/section-path';
import { applicationPath, readApplicationId } from '../application/application-path';
import type { OwnApplication } from '../application/own-applications';
import type { PageForm } from '../page';
import type { PageServices } from '../page-services';
import { problem } from '../pages/problem';
import { actorOf, type UserVisit } from '../visit';

const requestItem = (
  visit: UserVisit,
  { id }: OwnApplication,
  { api, plan, rejected, ...request }: SubscriptionRequest,
  { apis }: Pick<PageServices, 'apis'>,
): Html => {
  const { approvals: texts } = visit.texts;
  const title = apis.get(api)?.title ?? api;
  const label = `request-${id}-${request.id}`;
  const button = rejected === undefined ? texts.withdraw : texts.dismiss;
  return html`<li>
    <div class="row">
      <span id="${label}">${plan === undefined ? title : texts.withPlan(title, plan)}</span>
      ${rejected === undefined ? badge('warning', texts.waiting) : badge('bad', texts.rejected)}
      ${form(
        visit,
        `${applicationPath(id)}/withdraw`,
        html`<input type="hidden" name="api" value="${api}" />
          <button class="plain" aria-describedby="${label}">${button}</button>`,
      )}
    </div>
    ${rejected?.reason !== undefined && html`<p class="hint">${texts.reasonOf(rejected.reason)}</p>`}
  </li>`;
};

/** Renders the requests of an application for its owner; nothing if there are none. */
export const ownRequests = (
  visit: UserVisit,
  application: OwnApplication,
  services: Pick<PageServices, 'apis'>,
): Html | undefined => {
  const { requests = [] } = application;
  if (requests.length === 0) return undefined;
  const pendingFirst = [...requests].sort((one, other) => Number(isPending(other)) - Number(isPending(one)));
  return html`<ul>
    ${pendingFirst.map((request) => requestItem(visit, application, request, services))}
  </ul>`;
};

/** Returns the remarks after a request, by the value of the parameter `done`. */
export const requestRemarks = ({
  texts: { approvals },
}: Pick<UserVisit, 'texts'>): Readonly<Record<string, string>> => ({
  requested: approvals.requested,
  'plan-requested': approvals.planRequested,
  withdrawn: approvals.withdrawn,
});

const withdraw = async (
  { user, params, form: given }: UserVisit,
  { ownApplications, applications, audit }: PageServices,
): Promise<Answer> => {
  const application = await ownApplications.get(user, readApplicationId(params['id']));
  const request = application.requests?.find(({ api }) => api === given.get('api'));
  // Withdrawn or decided in the meantime, or never made.
  if (request === undefined) return problem.notFound;
  await applications.withdraw(application.id, request.api);
  if (isPending(request)) {
    audit.note({ action: 'withdraw_request', ...actorOf(user), target: application.name, detail: request.api });
  }
  return redirect(sectionPath(application.id, 'subscriptions', 'withdrawn'));
};

/** The form by which an owner withdraws a request, or dismisses a rejected one. */
export const withdrawForm: PageForm<UserVisit> = {
  path: '/applications/:id/withdraw',
  handle: withdraw,
};
