import { ENVIRONMENTS } from '../directory/key-pairs';
import type { OwnApplication } from './own-applications';
import type { Texts } from '../pages/texts/texts';
import type { PageServices } from './page-services';
import { planOf, printPlan, printLeft } from './plan-usage';
import type { UserVisit } from './visit';

type Services = Pick<PageServices, 'apis' | 'findPlanUsage'>;

/** Lines about the plans of an application by API: the plan, and how much of it each environment has left. */
export type PlanLines = ReadonlyMap<string, readonly string[]>;

const findLines = async (
  application: OwnApplication,
  name: string,
  texts: Texts,
  services: Services,
): Promise<readonly string[]> => {
  const api = services.apis.get(name);
  const plan = api && planOf(api, application);
  if (plan === undefined) return [];
  const environments = ENVIRONMENTS.filter((environment) => application.keys[environment] !== undefined);
  const used = await Promise.all(
    environments.map(async (environment) => {
      const usage = await services.findPlanUsage(name, application, environment);
      return usage === undefined ? [] : [`${environment}: ${printLeft(usage, texts)}`];
    }),
  );
  return [texts.plans.planLine(printPlan(plan, texts)), ...used.flat()];
};

/** Reads the lines about the plans of an application. */
export const findPlanLines = async (
  { texts }: Pick<UserVisit, 'texts'>,
  application: OwnApplication,
  services: Services,
): Promise<PlanLines> =>
  new Map(
    await Promise.all(
      application.subscriptions.map(
        async (name) => [name, await findLines(application, name, texts, services)] as const,
      ),
    ),
  );
