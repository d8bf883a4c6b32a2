import type { Api } from '../../access/api';
import type { Subscriber } from '../../directory/subscribers';
import { planNameOf } from '../../directory/subscriptions';
import type { AppliedLimit } from '../../guard/applied-limits';
import type { Texts } from '../../pages/texts/texts';
import type { Seconds } from '../../protocol/time';
import type { Allowance, Plan } from '../../quotas/allowance';
import type { Environment } from '../../tokens/records';

/** Reads what is left of the plan of a subscription; never cached. Counts nothing. `undefined` if its API has no plans. */
export type FindPlanUsage = (
  api: string,
  subscriber: Subscriber,
  environment: Environment,
) => Promise<AppliedLimit | undefined>;

type PlanTexts = Pick<Texts, 'plans'>;

/** Formats an allowance: `1,000 requests per minute, at most 100 together`. */
export const printAllowance = ({ requests, per, burst }: Allowance, { plans }: PlanTexts): string =>
  plans.allowance(requests, per, burst === requests ? undefined : burst);

/** Formats a plan: `free: 1,000 requests per minute`. */
export const printPlan = (plan: Plan, texts: PlanTexts): string => `${plan.name}: ${printAllowance(plan, texts)}`;

/** Returns the plan of a subscription; `undefined` if its API has none. */
export const planOf = ({ name, plans }: Api, subscriber: Subscriber): Plan | undefined =>
  plans.find((plan) => plan.name === planNameOf(subscriber, name)) ?? plans[0];

const [MINUTE, HOUR] = [60, 3_600];

/** Rounds a time span up to the unit in which people would name it. */
const rounded = (seconds: Seconds): Seconds => {
  const unit = seconds > 2 * HOUR ? HOUR : seconds > 2 * MINUTE ? MINUTE : 1;
  return Math.ceil(seconds / unit) * unit;
};

/** Formats what is left of a plan: `880 of 1,000 requests left; resets in 40 seconds`. */
export const printLeft = (
  { requests, remaining = requests, resetAfter = 0 }: AppliedLimit,
  { plans }: PlanTexts,
): string =>
  plans.left(remaining, requests, resetAfter === 0 || remaining === requests ? undefined : rounded(resetAfter));
