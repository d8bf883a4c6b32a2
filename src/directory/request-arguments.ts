import type { Checks } from '../protocol/checks';
import type { SubscriptionRequest } from './records';
import { readPlanName, type PlansOfApis } from './subscriptions';
import { rules } from './values';

export interface RequestOptions {
  /** One of the plans of the API. @default that of the present subscription, or the first plan of the API */
  readonly plan?: string;
  /** Full name of the user who requests it. */
  readonly by?: string;
}

/** Selects the request that a decision is about. */
export interface DecisionOptions {
  /** Id of the request; the call is refused if it is no longer the pending one. @default the pending request */
  readonly request?: string;
}

export interface RejectOptions extends DecisionOptions {
  /** Shown to the owner of the application: at most 200 characters. */
  readonly reason?: string;
}

/** Subject of a new request, and the user who makes it. */
export type RequestedSubscription = Pick<SubscriptionRequest, 'api' | 'plan' | 'requestedBy'>;

/** Reads the arguments of a new request. */
export const readRequested = (
  checks: Checks,
  given: unknown,
  options: unknown,
  apis: PlansOfApis,
): RequestedSubscription | undefined => {
  const api = checks.oneOf(given ?? null, ['api'], [...apis.keys()]);
  const fields = checks.fields(options, [], ['plan', 'by']);
  const plan = readPlanName(checks, fields?.['plan'], ['plan'], apis, api);
  const by = checks.text(fields?.['by'], ['by'], rules.owner.pattern, rules.owner.text);
  if (api === undefined) return undefined;
  return { api, ...(plan === undefined ? {} : { plan }), ...(by === undefined ? {} : { requestedBy: by }) };
};

/** Checks that what was requested is still declared. */
export const readApproved = (
  checks: Checks,
  { api, plan }: SubscriptionRequest,
  apis: PlansOfApis,
): Pick<SubscriptionRequest, 'api' | 'plan'> | undefined => {
  const declared = checks.oneOf(api, ['api'], [...apis.keys()]);
  const name = readPlanName(checks, plan, ['plan'], apis, declared);
  return declared === undefined ? undefined : { api: declared, ...(name === undefined ? {} : { plan: name }) };
};

const readId = (checks: Checks, value: unknown): DecisionOptions => {
  const request = checks.text(value, ['request'], rules.key.pattern, rules.key.text);
  return request === undefined ? {} : { request };
};

export const readDecision = (checks: Checks, value: unknown): DecisionOptions =>
  readId(checks, checks.fields(value, [], ['request'])?.['request']);

export const readRejection = (checks: Checks, value: unknown): RejectOptions => {
  const fields = checks.fields(value, [], ['request', 'reason']);
  const reason = checks.text(fields?.['reason'], ['reason'], rules.reason.pattern, rules.reason.text);
  return { ...readId(checks, fields?.['request']), ...(reason === undefined || reason === '' ? {} : { reason }) };
};
