import { ENVIRONMENTS } from '../directory/key-pairs';
import type { OwnApplication } from './own-applications';
import type { PageServices } from './page-services';
import { planOf, printPlan, printUsage } from './plan-usage';

type Services = Pick<PageServices, 'apis' | 'findPlanUsage'>;

/** Lines about the plans of an application by API: the plan, and how much of it each environment has used. */
export type PlanLines = ReadonlyMap<string, readonly string[]>;

const findLines = async (application: OwnApplication, name: string, services: Services): Promise<readonly string[]> => {
  const api = services.apis.get(name);
  const plan = api && planOf(api, application);
  if (plan === undefined) return [];
  const environments = ENVIRONMENTS.filter((environment) => application.keys[environment] !== undefined);
  const used = await Promise.all(
    environments.map(async (environment) => {
      const usage = await services.findPlanUsage(name, application, environment);
      return usage === undefined ? [] : [`${environment}: ${printUsage(usage)}`];
    }),
  );
  return [`Plan ${printPlan(plan)}`, ...used.flat()];
};

/** Reads the lines about the plans of an application. */
export const findPlanLines = async (application: OwnApplication, services: Services): Promise<PlanLines> =>
  new Map(
    await Promise.all(
      application.subscriptions.map(async (name) => [name, await findLines(application, name, services)] as const),
    ),
  );
