import type { Api } from '../access/api';
import type { Subscriber } from '../directory/subscribers';
import { planNameOf } from '../directory/subscriptions';
import type { AppliedLimit } from '../guard/applied-limits';
import { counted, durationOf } from '../pages/duration';
import type { Allowance, Plan } from '../quotas/allowance';
import type { Environment } from '../tokens/records';

/** Reads what is left of the plan of a subscription; never cached. Counts nothing. `undefined` if its API has no plans. */
export type FindPlanUsage = (
  api: string,
  subscriber: Subscriber,
  environment: Environment,
) => Promise<AppliedLimit | undefined>;

const periodOf = (per: number): string => durationOf(per).replace(/^1 /, '');

/** Formats an allowance: `1,000 requests per minute, at most 100 together`. */
export const printAllowance = ({ requests, per, burst }: Allowance): string =>
  `${counted(requests, 'request')} per ${periodOf(per)}` +
  (burst === undefined || burst === requests ? '' : `, at most ${burst.toLocaleString('en')} together`);

/** Formats a plan: `free: 1,000 requests per minute`. */
export const printPlan = (plan: Plan): string => `${plan.name}: ${printAllowance(plan)}`;

/** Returns the plan of a subscription; `undefined` if its API has none. */
export const planOf = ({ name, plans }: Api, subscriber: Subscriber): Plan | undefined =>
  plans.find((plan) => plan.name === planNameOf(subscriber, name)) ?? plans[0];

/** Formats the use of a plan: `120 of 1,000 requests used; resets in 40 seconds`. */
export const printUsage = ({ requests, remaining = requests, resetAfter = 0 }: AppliedLimit): string => {
  const used = `${(requests - remaining).toLocaleString('en')} of ${counted(requests, 'request')} used`;
  return resetAfter === 0 || remaining === requests ? used : `${used}; resets in ${durationOf(resetAfter)}`;
};
