import type { Request } from 'express';
import type { Subscriber } from '../directory/subscribers';
import type { Counted, Quotas } from '../quotas/quotas';
import { networkOf } from '../throttle/address';
import type { Auth } from './auth';
import type { Rule } from './judge';
import type { PlanCounters, PolicyCounter } from './plan-counters';
import type { Policy, ResourcePolicy } from './policies';

/** A request that was counted against one policy. */
export interface CountedRequest {
  readonly policy: Policy;
  readonly counted: Counted;
}

/**
 * A counted request. Refused: the policy that refused it, alone. Admitted: each policy that it was counted against, that
 * of the plan first. `gone`: the application of the token was removed.
 */
export type Counting = CountedRequest | readonly [CountedRequest, CountedRequest] | 'uncounted' | 'gone';

interface AlreadyCounted {
  readonly plans: PlanCounters | undefined;
  /** The beginning of the key of the limit. */
  readonly limit: string | undefined;
}

export interface RequestCounterServices {
  readonly quotas: Quotas;
  readonly subscribers: {
    peek(clientId: string): Subscriber | undefined;
    find(clientId: string): Promise<Subscriber | undefined>;
  };
}

/** Returns the application, user or network by which a limit counts a request, as a part of the key of its counter. */
const sharerOf = ({ by }: ResourcePolicy, { subject, clientId }: Auth, request?: Pick<Request, 'ip'>): string => {
  if (by === 'address') return networkOf(request?.ip);
  return by === 'user' && subject !== undefined ? `user ${subject}` : `client ${clientId}`;
};

const resultOf = (policy: Policy, counted: Counted | Promise<Counted>): CountedRequest | Promise<CountedRequest> =>
  counted instanceof Promise ? counted.then((later) => ({ policy, counted: later })) : { policy, counted };

/** Counts requests against the plan of their subscription and the limit of their resource. */
export class RequestCounter {
  readonly #services: RequestCounterServices;
  /** The allowances that requests were counted against: a second guard of the same API does not count a request again. */
  readonly #counted = new WeakMap<object, AlreadyCounted>();

  constructor(services: RequestCounterServices) {
    this.#services = services;
  }

  /** Counts a request that a rule has allowed. @throws StoreUnavailableError, also as a rejection */
  count(auth: Auth, { resource: { plans }, limit: declared }: Rule, request: Request): Counting | Promise<Counting> {
    const before = this.#counted.get(request);
    const limit = declared?.keyPrefix === before?.limit ? undefined : declared;
    if (plans === undefined || plans === before?.plans) {
      if (limit === undefined) return 'uncounted';
      this.#counted.set(request, { plans: before?.plans, limit: limit.keyPrefix });
      return this.#countOne(limitCounter(limit, auth, request));
    }
    this.#counted.set(request, { plans, limit: declared?.keyPrefix ?? before?.limit });
    const { subscribers } = this.#services;
    const subscriber = subscribers.peek(auth.clientId);
    if (subscriber === undefined) {
      return subscribers.find(auth.clientId).then((found) => {
        if (found === undefined) return 'gone';
        return this.#countBoth(plans.of(found, auth.environment), auth, limit, request);
      });
    }
    return this.#countBoth(plans.of(subscriber, auth.environment), auth, limit, request);
  }

  /** Counts a request for a public resource. Never rejects: while the store is unavailable, this gate counts alone. */
  countPublic(
    policy: ResourcePolicy,
    request: Request,
  ): CountedRequest | 'uncounted' | Promise<CountedRequest | 'uncounted'> {
    const before = this.#counted.get(request);
    if (before?.limit === policy.keyPrefix) return 'uncounted';
    this.#counted.set(request, { plans: before?.plans, limit: policy.keyPrefix });
    const key = `${policy.keyPrefix} ${networkOf(request.ip)}`;
    return resultOf(policy, this.#services.quotas.countPublic(key, policy.allowance));
  }

  /**
   * Counts a request against the limit of its resource, then against its plan. If this gate has read that the plan is used
   * up, the request is not counted against the limit, which other applications may share.
   */
  #countBoth(
    plan: PolicyCounter,
    auth: Auth,
    limit: ResourcePolicy | undefined,
    request: Request,
  ): Counting | Promise<Counting> {
    if (limit === undefined) return this.#countOne(plan);
    const known = this.#services.quotas.peekRefusal(plan.key, plan.policy.allowance);
    if (known !== undefined) return { policy: plan.policy, counted: known };
    const limited = this.#countOne(limitCounter(limit, auth, request));
    return limited instanceof Promise
      ? limited.then((first) => this.#countPlan(plan, first))
      : this.#countPlan(plan, limited);
  }

  #countPlan(plan: PolicyCounter, limited: CountedRequest): Counting | Promise<Counting> {
    if (!limited.counted.isAdmitted) return limited;
    const planned = this.#countOne(plan);
    const join = (second: CountedRequest): Counting => (second.counted.isAdmitted ? [second, limited] : second);
    return planned instanceof Promise ? planned.then(join) : join(planned);
  }

  #countOne({ policy, key }: PolicyCounter): CountedRequest | Promise<CountedRequest> {
    return resultOf(policy, this.#services.quotas.count(key, policy.allowance));
  }
}

/** Returns the counter of the limit of a resource. @param request needed for a limit by address only */
export const limitCounter = (limit: ResourcePolicy, auth: Auth, request?: Pick<Request, 'ip'>): PolicyCounter => ({
  policy: limit,
  key: `${limit.keyPrefix} ${sharerOf(limit, auth, request)}`,
});
