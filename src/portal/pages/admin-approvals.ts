import type { SubscriptionRequest } from '../../directory/records';
import { isPending, requestFor } from '../../directory/subscription-requests';
import { rules } from '../../directory/values';
import { page, redirect, type Answer } from '../../pages/answer';
import { emptyState } from '../../pages/empty-state';
import { FormError } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { DirectoryError } from '../../protocol/errors';
import { findManaged } from '../admin/managed-application';
import { requestCard } from '../admin/request-card';
import { doneRemark } from '../forms/done';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { nextLink } from '../paging';
import { hasSignUpApproval } from '../sign-up/sign-up-offer';
import { countSignUpRequests, signUpRequests } from '../sign-up/sign-up-requests';
import { singleUse } from '../forms/single-use';
import { actorOf, type UserVisit } from '../visit';

const REQUESTS_PER_PAGE = 20;

/** Renders the sign-ups that wait. An operator may have ended the approval, but those that wait still need a decision. */
const signUpSection = async (visit: UserVisit, services: PageServices): Promise<Html | false> =>
  (hasSignUpApproval(services) || (await countSignUpRequests(visit, services)) > 0) && signUpRequests(visit, services);

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { approvals: texts } = visit.texts;
  const after = visit.query.get('after');
  const { requests, next } = await services.directory.applications.findFreshRequests(visit.user.organization, {
    limit: REQUESTS_PER_PAGE,
    ...(after === null ? {} : { after }),
  });
  return page(
    texts.title,
    html`${doneRemark(visit, { approved: texts.approved, rejected: texts.wasRejected, gone: texts.gone })}
      <h2>${texts.subscriptions}</h2>
      ${requests.length === 0 && emptyState(after === null ? texts.none : texts.noMore)}
      ${requests.map((request) => requestCard(visit, request, services))} ${nextLink(visit, next)}
      ${await signUpSection(visit, services)}`,
  );
};

interface Decision {
  readonly done: string;
  readonly action: string;
  readonly decide: (visit: UserVisit, services: PageServices, request: DecidedRequest) => Promise<unknown>;
}

interface DecidedRequest extends SubscriptionRequest {
  readonly applicationId: string;
}

/** Decides about the request that the page showed, if it is still pending. */
const decide = async (
  visit: UserVisit,
  services: PageServices,
  { done, action, decide: act }: Decision,
): Promise<Answer> => {
  const { form: given, user } = visit;
  const application = await findManaged(visit, services, given.get('application') ?? '');
  const request = requestFor(application, given.get('api') ?? '');
  const gone = redirect('/admin/approvals?done=gone');
  if (request === undefined || !isPending(request) || request.id !== given.get('request')) return gone;
  try {
    await act(visit, services, { ...request, applicationId: application.id });
  } catch (error) {
    // Decided by another administrator, or withdrawn, since it was read here.
    if (error instanceof DirectoryError && error.code === 'ERR_SCOPEGATE_NOT_FOUND') return gone;
    throw error;
  }
  const detail = request.plan === undefined ? request.api : `${request.api} with the plan ${request.plan}`;
  services.audit.note({ action, ...actorOf(user), target: application.name, detail });
  return redirect(`/admin/approvals?done=${done}`);
};

const readReason = ({ form: given, texts }: UserVisit): string => {
  const reason = given.get('reason')?.trim() ?? '';
  if (rules.reason.pattern.test(reason)) return reason;
  throw new FormError(texts.approvals.reasonRule, { field: 'reason' });
};

const approve: Decision = {
  done: 'approved',
  action: 'approve_subscription',
  decide: (_visit, { applications }, { applicationId, api, id }) =>
    applications.approve(applicationId, api, { request: id }),
};

const reject: Decision = {
  done: 'rejected',
  action: 'reject_subscription',
  decide: (visit, { applications }, { applicationId, api, id }) =>
    applications.reject(applicationId, api, { request: id, reason: readReason(visit) }),
};

/** Requests that wait for a decision of the administrators of an organization. */
export const adminApprovalsPage: PortalPage = {
  path: '/admin/approvals',
  title: (texts) => texts.approvals.title,
  for: 'admins',
  navigation: 'admin',
  isReturnTarget: true,
  show,
  forms: [
    {
      path: '/admin/approvals/approve',
      handle: singleUse((visit, services) => decide(visit, services, approve), redirect('/admin/approvals')),
    },
    {
      path: '/admin/approvals/reject',
      handle: singleUse((visit, services) => decide(visit, services, reject), redirect('/admin/approvals')),
    },
  ],
};
