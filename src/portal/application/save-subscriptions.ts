import { redirect, type Answer } from '../../pages/answer';
import { readApplicationId } from './application-path';
import type { PageServices } from '../page-services';
import { problem } from '../pages/problem';
import { changeOwnPlan, subscribeOwn } from '../subscriptions/subscribing';
import type { UserVisit } from '../visit';
import { sectionPath } from './section-path';
import { readSubscriptionChoice } from './subscription-choices';

/** Handles the form that adds a subscription. */
export const addSubscription = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { user, params, form: given } = visit;
  const application = await services.ownApplications.get(user, readApplicationId(params['id']));
  const chosen = readSubscriptionChoice(given.get('subscription') ?? '', services.apis);
  if (chosen === undefined) return problem.notFound;
  const outcome = await subscribeOwn(visit, { application, ...chosen }, services);
  return redirect(sectionPath(application.id, 'subscriptions', outcome === 'requested' ? 'requested' : 'subscribed'));
};

/** Handles the form that changes a plan. Neither the application nor its APIs are confirmed to exist to another user. */
export const changePlan = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { user, params, form: given } = visit;
  const application = await services.ownApplications.get(user, readApplicationId(params['id']));
  const [api, plan = ''] = [services.apis.get(given.get('api') ?? ''), given.get('plan')];
  if (api?.plans.some(({ name }) => name === plan) !== true) return problem.notFound;
  const outcome = await changeOwnPlan(visit, { application, api, plan }, services);
  return redirect(sectionPath(application.id, 'subscriptions', outcome === 'requested' ? 'plan-requested' : 'plan'));
};
