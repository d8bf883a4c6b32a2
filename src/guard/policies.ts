import type { Api } from '../access/api';
import type { Resource } from '../access/resource';
import type { LimitedRequest } from '../events/gate-events';
import type { Allowance, ResourceLimit } from '../quotas/allowance';
import { ADDRESS_KEY } from '../quotas/counter-map';
import type { Refusal } from './refusals';

/**
 * An allowance as responses describe it, by the names of draft-ietf-httpapi-ratelimit-headers-10: a quota policy.
 */
export interface Policy {
  /** The name as a quoted string. */
  readonly quotedName: string;
  /** The item of `RateLimit-Policy`. */
  readonly item: string;
  readonly allowance: Allowance;
  /** The refusal of a request beyond it, without the header fields that depend on the time. */
  readonly refusal: Refusal;
  /** The names of events. */
  readonly limited: LimitedRequest;
}

/** The limit of a declared resource. */
export interface ResourcePolicy extends Policy {
  readonly by: ResourceLimit['by'];
  /** The beginning of the keys of its counters. */
  readonly keyPrefix: string;
}

const policyOf = (name: string, allowance: Allowance, refusal: Refusal, limited: LimitedRequest): Policy => {
  const quotedName = `"${name}"`;
  const item = `${quotedName};q=${allowance.requests};w=${allowance.per}`;
  return { quotedName, item, allowance, refusal, limited };
};

/** Returns the policies of the plans of an API, the default one first. */
export const planPolicies = ({ name: api, plans }: Pick<Api, 'name' | 'plans'>, refusal: Refusal): readonly Policy[] =>
  plans.map((plan) => policyOf(plan.name, plan, refusal, { limit: `plan:${plan.name}`, api, plan: plan.name }));

/** Returns the policy of the limit of a resource; `undefined` if it has none. */
export const resourcePolicy = (
  { name: api, context }: Pick<Api, 'name' | 'context'>,
  { path: resource, methods, limit }: Resource,
  refusal: Refusal,
): ResourcePolicy | undefined => {
  if (limit === undefined) return undefined;
  const limited = { limit: `resource:${context}${resource}`, api, resource } as const;
  const { by } = limit;
  const keyPrefix = `${by === 'address' ? ADDRESS_KEY : ''}resource ${api} ${methods.join(',')} ${resource} ${by}`;
  return { ...policyOf('resource', limit, refusal, limited), by, keyPrefix };
};
