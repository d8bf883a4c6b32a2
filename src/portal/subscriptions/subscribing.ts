import type { Api } from '../../access/api';
import type { AuditFact } from '../../audit/audit-log';
import { isPending, requestFor } from '../../directory/subscription-requests';
import type { OwnApplication } from '../application/own-applications';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

/** A subscription that a user asks for. */
export interface Wish {
  readonly application: OwnApplication;
  readonly api: Api;
  readonly plan?: string | undefined;
}

/** Outcome of a wish. `requested`: it waits for approval, and the present subscription, if any, stays in effect. */
export type WishOutcome = 'done' | 'requested';

const planField = (plan: string | undefined): { readonly plan?: string } => (plan === undefined ? {} : { plan });

const factOf = (
  action: string,
  { user }: UserVisit,
  { application, api, plan }: Wish,
): Omit<AuditFact, 'organization'> => ({
  action,
  ...actorOf(user),
  target: application.name,
  detail: plan === undefined ? api.name : `${api.name} with the plan ${plan}`,
});

const request = async (visit: UserVisit, wish: Wish, services: PageServices): Promise<WishOutcome> => {
  const { application, api, plan } = wish;
  const options = { ...planField(plan), by: visit.user.username };
  const changed = await services.applications.request(application.id, api.name, options);
  const present = requestFor(changed, api.name);
  // Without a request, the application already has what the user wishes.
  if (present === undefined || !isPending(present)) return 'done';
  services.audit.note(factOf('request_subscription', visit, wish));
  return 'requested';
};

/**
 * Subscribes an application of the user to an API, or requests that if the API needs approval. All pages on which a user
 * subscribes use it.
 */
export const subscribeOwn = async (visit: UserVisit, wish: Wish, services: PageServices): Promise<WishOutcome> => {
  const { application, api, plan } = wish;
  if (api.approval) return request(visit, wish, services);
  await services.applications.subscribe(application.id, api.name, planField(plan));
  services.audit.note(factOf('subscribe', visit, wish));
  return 'done';
};

/**
 * Changes the plan of a subscription, or requests that if the API needs approval: otherwise a user who was approved for
 * a small plan could choose the biggest.
 */
export const changeOwnPlan = async (
  visit: UserVisit,
  wish: Wish & { readonly plan: string },
  services: PageServices,
): Promise<WishOutcome> => {
  const { application, api, plan } = wish;
  if (api.approval && application.subscriptions.includes(api.name)) return request(visit, wish, services);
  await services.applications.changePlan(application.id, api.name, plan);
  services.audit.note({ ...factOf('change_plan', visit, wish), detail: `${api.name} to ${plan}` });
  return 'done';
};
