import { randomText } from '../protocol/secrets';
import { checkId, type ApplicationServices } from './application-changes';
import { infoOf } from './application-info';
import type { ApplicationRequests } from './application-requests';
import type { Application, SubscriptionRequest } from './records';
import { readRequested } from './request-arguments';
import { emitRequest } from './request-events';
import { isPending, requestFor, withoutRequest, withRequest } from './subscription-requests';
import { planNameOf } from './subscriptions';
import { checkKey, readCall } from './values';

/** The calls by which the owner of an application makes and withdraws requests. */
export const createRequestSubmission = ({
  directory: { applications, clock },
  apis,
  emit,
}: ApplicationServices): Pick<ApplicationRequests, 'request' | 'withdraw'> => {
  /** Returns the plan that a request is for. It is named, so that a later order of the plans does not change it. */
  const planOf = (application: Application, api: string, plan?: string): string | undefined =>
    plan ?? planNameOf(application, api) ?? apis.get(api)?.[0];

  return {
    request: async (id, given, options) => {
      const { api, plan: named, ...by } = readCall((checks) => readRequested(checks, given, options, apis));
      const [requestId, requestedAt] = [randomText(9), Math.round(clock() * 1000) / 1000];
      const changed = await applications.change(checkId(id), (application) => {
        const plan = planOf(application, api, named);
        const isSubscribed = application.subscriptions.includes(api) && planOf(application, api) === plan;
        if (isSubscribed) return withoutRequest(application, api);
        const request = { id: requestId, api, ...(plan === undefined ? {} : { plan }), requestedAt, ...by };
        return withRequest(application, request);
      });
      emitRequest(emit, 'pending', changed, requestFor(changed, api));
      return infoOf(changed);
    },
    withdraw: async (id, api) => {
      checkKey(api, 'api');
      let withdrawn: SubscriptionRequest | undefined;
      const changed = await applications.change(checkId(id), (application) => {
        withdrawn = requestFor(application, api);
        return withoutRequest(application, api);
      });
      if (withdrawn !== undefined && isPending(withdrawn)) emitRequest(emit, 'withdrawn', changed, withdrawn);
      return infoOf(changed);
    },
  };
};
