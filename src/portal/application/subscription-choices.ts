import type { Api } from '../../access/api';
import { isPending } from '../../directory/subscription-requests';
import type { Choice } from '../../pages/fields';
import { isOpen } from '../catalogue/subscribe-form';
import type { OwnApplication } from './own-applications';
import { printPlan } from '../subscriptions/plan-usage';
import type { UserVisit } from '../visit';

type Apis = ReadonlyMap<string, Api>;

/** An API and, if it has several plans, one of them. */
export interface ChosenSubscription {
  readonly api: Api;
  readonly plan?: string;
}

// Neither the name of an API nor that of a plan can contain a space.
const SEPARATOR = ' ';

const choicesOf = ({ texts }: UserVisit, { name, title, version, plans }: Api): readonly Choice[] => {
  const text = version === undefined ? title : `${title} ${version}`;
  if (plans.length < 2) return [{ value: name, text }];
  return plans.map((plan) => ({ value: name + SEPARATOR + plan.name, text: `${text}, ${printPlan(plan, texts)}` }));
};

const hasOrRequests = ({ subscriptions, requests = [] }: OwnApplication, { name }: Api): boolean =>
  subscriptions.includes(name) || requests.some((request) => request.api === name && isPending(request));

/** Returns the subscriptions that an application can add, as one choice, so that the form works without JavaScript. */
export const subscriptionChoices = (visit: UserVisit, application: OwnApplication, apis: Apis): readonly Choice[] =>
  [...apis.values()]
    .filter((api) => isOpen(api) && !hasOrRequests(application, api))
    .flatMap((api) => choicesOf(visit, api));

/** Reads a choice. `undefined` if there is no such API, or no such plan of it, or if it accepts no subscriptions. */
export const readSubscriptionChoice = (value: string, apis: Apis): ChosenSubscription | undefined => {
  const [name = '', plan, ...rest] = value.split(SEPARATOR);
  const api = apis.get(name);
  if (api === undefined || !isOpen(api) || rest.length > 0) return undefined;
  if (plan === undefined) return { api };
  return api.plans.some((known) => known.name === plan) ? { api, plan } : undefined;
};
