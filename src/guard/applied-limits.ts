import type { Subscriber } from '../directory/subscribers';
import type { LimitedBy } from '../quotas/allowance';
import type { Counted, Quotas } from '../quotas/quotas';
import type { Seconds } from '../protocol/time';
import type { Auth } from './auth';
import type { Rule } from './judge';
import type { PolicyCounter } from './plan-counters';
import type { Policy, ResourcePolicy } from './policies';
import type { RefusalReason } from './refusal-bodies';
import { limitCounter } from './request-counter';

/** An allowance against which a request would be counted, and what is left of it. */
export interface AppliedLimit {
  readonly kind: 'plan' | 'resource';
  /** The name of the plan, or the path of the resource as declared. */
  readonly name: string;
  /** The requests that share it. */
  readonly by: 'subscription' | LimitedBy;
  readonly requests: number;
  readonly per: Seconds;
  readonly burst?: number;
  /** Requests that are left in the window. Absent if they are counted by address, which is not known here. */
  readonly remaining?: number;
  /** Time until the window ends; with `remaining`. */
  readonly resetAfter?: Seconds;
  /** Time until a request is admitted; 0 if one is admitted now; with `remaining`. */
  readonly retryAfter?: Seconds;
}

/** An allowance that applies, and the reason of its refusals. */
export interface CheckedLimit {
  readonly applied: AppliedLimit;
  readonly reason: RefusalReason;
}

const describe = (policy: Policy, by: AppliedLimit['by'], usage?: Omit<Counted, 'isAdmitted'>): CheckedLimit => {
  const { requests, per, burst } = policy.allowance;
  const { plan, resource } = policy.limited;
  const named =
    plan === undefined ? ({ kind: 'resource', name: resource } as const) : ({ kind: 'plan', name: plan } as const);
  const applied = { ...named, by, requests, per, ...(burst === undefined ? {} : { burst }), ...usage };
  return { applied, reason: policy.refusal.reason };
};

/** Describes the limit of a public resource, which is counted by address. */
export const describePublicLimit = (limit: ResourcePolicy): CheckedLimit => describe(limit, limit.by);

export interface AppliedLimitsServices {
  readonly quotas: Pick<Quotas, 'findFreshUsage'>;
  readonly subscribers: { find(clientId: string): Promise<Subscriber | undefined> };
}

/** Finds what a request would be counted against. Counts nothing. */
export class AppliedLimits {
  readonly #services: AppliedLimitsServices;

  constructor(services: AppliedLimitsServices) {
    this.#services = services;
  }

  /** Reads the counters; never cached. @returns `gone` if the application of the token was removed */
  async findFresh(auth: Auth, { resource: { plans }, limit }: Rule): Promise<readonly CheckedLimit[] | 'gone'> {
    const subscriber = plans && (await this.#services.subscribers.find(auth.clientId));
    if (plans !== undefined && subscriber === undefined) return 'gone';
    return Promise.all([
      ...(plans && subscriber ? [this.#readUsage(plans.of(subscriber, auth.environment), 'subscription')] : []),
      ...(limit === undefined ? [] : [this.#ofResource(limit, auth)]),
    ]);
  }

  /** Reads what is left of a plan; never cached. */
  async findFreshPlan(plan: PolicyCounter): Promise<AppliedLimit> {
    return (await this.#readUsage(plan, 'subscription')).applied;
  }

  async #ofResource(limit: ResourcePolicy, auth: Auth): Promise<CheckedLimit> {
    return limit.by === 'address' ? describe(limit, limit.by) : this.#readUsage(limitCounter(limit, auth), limit.by);
  }

  async #readUsage({ policy, key }: PolicyCounter, by: AppliedLimit['by']): Promise<CheckedLimit> {
    return describe(policy, by, await this.#services.quotas.findFreshUsage(key, policy.allowance));
  }
}
