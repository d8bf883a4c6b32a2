import type { Checks, Path } from '../protocol/checks';
import type { Application } from './records';

/** The declared APIs by name, each with the names of its plans; the first one is the default. */
export type PlansOfApis = ReadonlyMap<string, readonly string[]>;

/** The APIs that an application subscribes to, and the plans that it names. */
export type Subscriptions = Pick<Application, 'subscriptions' | 'plans'>;

/** A subscription, and the plan against which its requests are counted. */
export interface Subscription {
  /** Name of a declared API. */
  readonly api: string;
  /** One of the plans of the API. @default the first of them */
  readonly plan?: string;
}

const FIELDS = ['api', 'plan'] satisfies readonly (keyof Subscription)[];

/** Reads the name of the API of a subscription. */
export const readSubscribedApi = (checks: Checks, value: unknown, path: Path, apis: PlansOfApis): string | undefined =>
  value === undefined
    ? checks.fault(path, 'is missing: it must be the name of a declared API')
    : checks.oneOf(value, path, [...apis.keys()]);

/** Reads the name of a plan of an API; `undefined` if none is named. @param api `undefined` if it is faulty */
export const readPlanName = (
  checks: Checks,
  value: unknown,
  path: Path,
  apis: PlansOfApis,
  api: string | undefined,
): string | undefined => {
  if (api === undefined || value === undefined) return undefined;
  const plans = apis.get(api) ?? [];
  if (plans.length === 0) return checks.fault(path, `is given, but the API "${api}" has no plans`);
  return checks.oneOf(value, path, plans);
};

/** Reads a subscription: the name of an API, or an API and a plan. */
const readSubscription = (checks: Checks, value: unknown, path: Path, apis: PlansOfApis): Partial<Subscription> => {
  if (typeof value !== 'object' || value === null) {
    const api = checks.oneOf(value ?? null, path, [...apis.keys()]);
    return api === undefined ? {} : { api };
  }
  const fields = checks.fields(value, path, FIELDS);
  const api = fields && readSubscribedApi(checks, fields['api'], [...path, 'api'], apis);
  const plan = fields && readPlanName(checks, fields['plan'], [...path, 'plan'], apis, api);
  return { ...(api === undefined ? {} : { api }), ...(plan === undefined ? {} : { plan }) };
};

/** Returns the field `plans` of an application. */
export const plansField = (plans: Iterable<readonly [api: string, plan: string]>): Pick<Application, 'plans'> => {
  const entries = [...plans];
  return entries.length === 0 ? {} : { plans: Object.fromEntries(entries) };
};

/** Returns the name of the plan of a subscription; `undefined` for the default one. */
export const planNameOf = ({ plans = {} }: Pick<Application, 'plans'>, api: string): string | undefined =>
  Object.hasOwn(plans, api) ? plans[api] : undefined;

/** Reads the subscriptions of an application. */
export const readSubscriptions = (checks: Checks, value: unknown, path: Path, apis: PlansOfApis): Subscriptions => {
  const read = new Map<string, string | undefined>();
  (checks.list(value, path) ?? []).forEach((given, index) => {
    const { api, plan } = readSubscription(checks, given, [...path, index], apis);
    if (api === undefined) return;
    // The name of an API may be repeated, because it cannot contradict itself.
    if (read.has(api) && read.get(api) !== plan) {
      checks.fault([...path, index], `subscribes to the API "${api}" a second time`);
    }
    read.set(api, plan);
  });
  const named = [...read].flatMap(([api, plan]) => (plan === undefined ? [] : [[api, plan] as const]));
  return { subscriptions: [...read.keys()], ...plansField(named) };
};
