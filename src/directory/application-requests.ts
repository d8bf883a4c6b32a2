import { DirectoryError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { randomText } from '../protocol/secrets';
import { checkId, type ApplicationServices } from './application-changes';
import { infoOf, type ApplicationInfo } from './application-info';
import { subscribedTo } from './application-rights';
import type { Directory } from './directory';
import type { PendingRequest } from './pending-requests';
import type { Application, SubscriptionRequest } from './records';
import {
  readApproved,
  readDecision,
  readRejection,
  readRequested,
  type DecisionOptions,
  type RejectOptions,
  type RequestOptions,
} from './request-arguments';
import { isPending, requestFor, withoutRequest, withRequest } from './subscription-requests';
import { planNameOf } from './subscriptions';
import { checkKey, readCall } from './values';

/** Subscriptions that need approval: the requests for them, and the decisions about these. */
export interface ApplicationRequests {
  /**
   * Requests a subscription, or another plan of one, instead of an earlier request for the same API. The present
   * subscription, if any, stays in effect until the request is approved. Requests nothing if the application already has
   * the subscription with this plan.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` for an API or a plan that is not declared
   */
  request(id: string, api: string, options?: RequestOptions): Promise<ApplicationInfo>;
  /** Removes the request for an API, pending or rejected, if there is one. */
  withdraw(id: string, api: string): Promise<ApplicationInfo>;
  /** Yields all pending requests of enabled and disabled applications; of each organization the oldest first. */
  requests(): AsyncIterable<PendingRequest>;
  /**
   * Subscribes the application to the API, with the plan that was requested, in one step with the end of the request.
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if there is no such pending request, `ERR_SCOPEGATE_VALUE` if its
   *   API or its plan is no longer declared
   */
  approve(id: string, api: string, options?: DecisionOptions): Promise<ApplicationInfo>;
  /** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if there is no such pending request */
  reject(id: string, api: string, options?: RejectOptions): Promise<ApplicationInfo>;
}

/** Returns the pending request of an application that a decision is about. @throws DirectoryError */
const pendingRequestOf = (application: Application, api: string, id: string | undefined): SubscriptionRequest => {
  const request = requestFor(application, api);
  if (request !== undefined && isPending(request) && (id ?? request.id) === request.id) return request;
  const problem = `the application has no such pending request for the API ${printValue(api)}: it was withdrawn, replaced or decided`;
  throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', problem);
};

const rejectedIn = (
  application: Application,
  request: SubscriptionRequest,
  rejected: Required<SubscriptionRequest>['rejected'],
): Application => withRequest(application, { ...request, rejected });

async function* allRequests({ organizations, applications }: Directory): AsyncGenerator<PendingRequest> {
  for await (const { key } of organizations.list()) yield* applications.listRequests(key);
  for await (const { key } of organizations.elsewhere.list()) yield* applications.listRequests(key);
  yield* applications.listRequests(undefined);
}

export const createApplicationRequests = (services: ApplicationServices): ApplicationRequests => {
  const { directory, apis } = services;
  const { applications } = directory;

  /** Returns the plan that a request is for. It is named, so that a later order of the plans does not change it. */
  const planOf = (application: Application, api: string, plan: string | undefined): string | undefined =>
    plan ?? planNameOf(application, api) ?? apis.get(api)?.[0];

  const isSubscribed = (application: Application, api: string, plan: string | undefined): boolean =>
    application.subscriptions.includes(api) && planOf(application, api, undefined) === plan;

  return {
    request: async (id, given, options) => {
      const { api, plan: named, ...by } = readCall((checks) => readRequested(checks, given, options, apis));
      const requestId = randomText(9);
      const requestedAt = Math.round(directory.clock() * 1000) / 1000;
      const change = (application: Application): Application => {
        const plan = planOf(application, api, named);
        if (isSubscribed(application, api, plan)) return withoutRequest(application, api);
        return withRequest(application, {
          id: requestId,
          api,
          ...(plan === undefined ? {} : { plan }),
          requestedAt,
          ...by,
        });
      };
      return infoOf(await applications.change(checkId(id), change));
    },
    withdraw: async (id, api) => {
      checkKey(api, 'api');
      return infoOf(await applications.change(checkId(id), (application) => withoutRequest(application, api)));
    },
    requests: () => allRequests(directory),
    approve: async (id, api, options) => {
      checkKey(api, 'api');
      const { request } = readCall((checks) => readDecision(checks, options));
      const change = (application: Application): Application => {
        const pending = pendingRequestOf(application, api, request);
        return subscribedTo(
          application,
          readCall((checks) => readApproved(checks, pending, apis)),
        );
      };
      return infoOf(await applications.change(checkId(id), change));
    },
    reject: async (id, api, options) => {
      checkKey(api, 'api');
      const { request, reason } = readCall((checks) => readRejection(checks, options));
      const rejected = { at: Math.floor(directory.clock()), ...(reason === undefined ? {} : { reason }) };
      const change = (application: Application): Application =>
        rejectedIn(application, pendingRequestOf(application, api, request), rejected);
      return infoOf(await applications.change(checkId(id), change));
    },
  };
};
