import type { Api } from '../access/api';
import type { Application } from '../directory/records';
import type { Checks, Path } from './checks';
import { openEntry } from './field-reader';
import type { SubscriptionDeclaration } from './options';
import { customRow, type Row } from './row';

type Apis = ReadonlyMap<string, Pick<Api, 'plans'>>;

/** The subscriptions of a declared application, and the plan of each one whose API has plans. */
export type Subscriptions = Pick<Application, 'subscriptions' | 'plans'>;

const readApi = (checks: Checks, value: unknown, path: Path, apis: Apis): string | undefined =>
  value === undefined
    ? checks.fault(path, 'is missing: it must be the name of a declared API')
    : checks.oneOf(value, path, [...apis.keys()]);

const readPlan = (checks: Checks, value: unknown, path: Path, apis: Apis, api: string | undefined) => {
  const plans = (apis.get(api ?? '')?.plans ?? []).map(({ name }) => name);
  if (api !== undefined && value !== undefined && plans.length === 0) {
    return checks.fault(path, `is given, but the API "${api}" has no plans`);
  }
  return api === undefined ? undefined : (checks.oneOf(value, path, plans) ?? plans[0]);
};

/** Rows of a subscription. */
export const SUBSCRIPTION_ROWS = {
  api: customRow({
    type: 'string',
    default: 'required',
    range: 'name of a declared API',
    doc: 'The API.',
    read: readApi,
  }),
  plan: customRow({
    type: 'string',
    default: 'the first of `plans` of the API',
    range: 'one of `plans` of the API',
    doc: 'The [plan](plans.md) against which the requests of this subscription are counted.',
    read: readPlan,
  }),
} satisfies Record<keyof SubscriptionDeclaration, Row>;

/** Reads a subscription: the name of an API, or an API and a plan. */
const readSubscription = (checks: Checks, value: unknown, path: Path, apis: Apis) => {
  if (typeof value !== 'object' || value === null) {
    const api = checks.oneOf(value ?? null, path, [...apis.keys()]);
    return { api, plan: apis.get(api ?? '')?.plans[0]?.name };
  }
  const fields = openEntry(checks, SUBSCRIPTION_ROWS, value, path);
  const api = fields?.read('api', apis);
  return { api, plan: fields?.read('plan', apis, api) };
};

/** Reads the subscriptions of an application. */
export const readSubscriptions = (checks: Checks, value: unknown, path: Path, apis: Apis): Subscriptions => {
  const subscriptions = new Set<string>();
  const plans = new Map<string, string>();
  (checks.list(value, path) ?? []).forEach((given, index) => {
    const { api, plan } = readSubscription(checks, given, [...path, index], apis);
    if (api === undefined) return;
    // The name of an API may be repeated, because it cannot contradict itself.
    const isContradiction = subscriptions.has(api) && plans.get(api) !== plan;
    if (isContradiction) checks.fault([...path, index], `subscribes to the API "${api}" a second time`);
    subscriptions.add(api);
    if (plan !== undefined && !isContradiction) plans.set(api, plan);
  });
  return {
    subscriptions: [...subscriptions],
    ...(plans.size === 0 ? {} : { plans: Object.fromEntries(plans) }),
  };
};
