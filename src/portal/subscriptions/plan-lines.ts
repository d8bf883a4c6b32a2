import { ENVIRONMENTS } from '../../directory/key-pairs';
import type { OwnApplication } from '../application/own-applications';
import type { PageServices } from '../page-services';
import { planOf, printLeft, printPlan } from './plan-usage';
import type { UserVisit } from '../visit';

type Services = Pick<PageServices, 'apis' | 'findPlanUsage'>;

/** A subscription, its plan, and what each environment has left of it. */
export interface PlanUse {
  /** Name of the API. */
  readonly api: string;
  /** The plan as text; absent if the API has none. */
  readonly plan?: string;
  /** One line for each environment that has a key. */
  readonly left: readonly string[];
}

const findUse = async (
  { texts }: Pick<UserVisit, 'texts'>,
  application: OwnApplication,
  name: string,
  { apis, findPlanUsage }: Services,
): Promise<PlanUse> => {
  const api = apis.get(name);
  const plan = api && planOf(api, application);
  if (plan === undefined) return { api: name, left: [] };
  const environments = ENVIRONMENTS.filter((environment) => application.keys[environment] !== undefined);
  const left = await Promise.all(
    environments.map(async (environment) => {
      const usage = await findPlanUsage(name, application, environment);
      return usage === undefined ? [] : [`${texts.secrets.environments[environment]}: ${printLeft(usage, texts)}`];
    }),
  );
  return { api: name, plan: printPlan(plan, texts), left: left.flat() };
};

/** Reads the plans of an application's subscriptions, in their order. */
export const findPlanUse = (
  visit: Pick<UserVisit, 'texts'>,
  application: OwnApplication,
  services: Services,
): Promise<readonly PlanUse[]> =>
  Promise.all(application.subscriptions.map((name) => findUse(visit, application, name, services)));
