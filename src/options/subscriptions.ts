import { plansOfApis, type Api } from '../access/api';
import {
  planNameOf,
  plansField,
  readPlanName,
  readSubscribedApi,
  readSubscriptions,
  type Subscriptions,
} from '../directory/subscriptions';
import type { Checks, Path } from './checks';
import type { SubscriptionDeclaration } from './options';
import { customRow, type Row } from './row';

/** Rows of a subscription. */
export const SUBSCRIPTION_ROWS = {
  api: customRow({
    type: 'string',
    default: 'required',
    range: 'name of a declared API',
    doc: 'The API.',
    read: readSubscribedApi,
  }),
  plan: customRow({
    type: 'string',
    default: 'the first of `plans` of the API',
    range: 'one of `plans` of the API',
    doc: 'The [plan](plans.md) against which the requests of this subscription are counted.',
    read: readPlanName,
  }),
} satisfies Record<keyof SubscriptionDeclaration, Row>;

/** Reads the subscriptions of a declared application. Their plans include the default ones, for gates that declare others. */
export const readDeclaredSubscriptions = (
  checks: Checks,
  value: unknown,
  path: Path,
  apis: ReadonlyMap<string, Pick<Api, 'plans'>>,
): Subscriptions => {
  const names = plansOfApis(apis);
  const read = readSubscriptions(checks, value, path, names);
  const resolved = read.subscriptions.flatMap((api) => {
    const plan = planNameOf(read, api) ?? names.get(api)?.[0];
    return plan === undefined ? [] : [[api, plan] as const];
  });
  return { subscriptions: read.subscriptions, ...plansField(resolved) };
};
