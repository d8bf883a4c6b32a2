import { redirect, type Answer } from '../../pages/answer';
import { readSubscriptionChoice } from '../application/subscription-choices';
import type { Handler } from '../page';
import type { PageServices } from '../page-services';
import { problem } from '../pages/problem';
import { actorOf, type UserVisit } from '../visit';
import { findManagedInPath, managedPath } from './managed-application';

const blocking =
  (to: 'disable' | 'enable', done: string): Handler<UserVisit> =>
  async (visit, services) => {
    const { id, name } = await findManagedInPath(visit, services);
    await services.applications[to](id, { by: 'administrator' });
    services.audit.note({ action: `${to}_application`, ...actorOf(visit.user), target: name });
    return redirect(managedPath(id, done));
  };

export const disableManaged = blocking('disable', 'disabled');
export const enableManaged = blocking('enable', 'enabled');

/** Subscribes an application. What an administrator does needs no approval: administrators give it. */
export const subscribeManaged = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { id, name } = await findManagedInPath(visit, services);
  const chosen = readSubscriptionChoice(visit.form.get('subscription') ?? '', services.apis);
  if (chosen === undefined) return problem.notFound;
  const { api, ...plan } = chosen;
  await services.applications.subscribe(id, api.name, plan);
  const detail = plan.plan === undefined ? api.name : `${api.name} with the plan ${plan.plan}`;
  services.audit.note({ action: 'subscribe', ...actorOf(visit.user), target: name, detail });
  return redirect(managedPath(id, 'subscribed'));
};

export const changeManagedPlan = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { id, name } = await findManagedInPath(visit, services);
  const [api, plan = ''] = [services.apis.get(visit.form.get('api') ?? ''), visit.form.get('plan')];
  if (api?.plans.some((known) => known.name === plan) !== true) return problem.notFound;
  await services.applications.changePlan(id, api.name, plan);
  services.audit.note({
    action: 'change_plan',
    ...actorOf(visit.user),
    target: name,
    detail: `${api.name} to ${plan}`,
  });
  return redirect(managedPath(id, 'plan'));
};

export const unsubscribeManaged = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { id, name, subscriptions } = await findManagedInPath(visit, services);
  const api = visit.form.get('api') ?? '';
  if (!subscriptions.includes(api)) return problem.notFound;
  await services.applications.unsubscribe(id, api);
  services.audit.note({ action: 'unsubscribe', ...actorOf(visit.user), target: name, detail: api });
  return redirect(managedPath(id, 'unsubscribed'));
};
