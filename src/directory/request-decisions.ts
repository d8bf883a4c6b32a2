import { DirectoryError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { checkId, type ApplicationServices } from './application-changes';
import { infoOf } from './application-info';
import type { ApplicationRequests } from './application-requests';
import { subscribedTo } from './application-rights';
import type { Application, SubscriptionRequest } from './records';
import { readApproved, readDecision, readRejection } from './request-arguments';
import { emitRequest } from './request-events';
import { isPending, requestFor, withRequest } from './subscription-requests';
import { checkKey, readCall } from './values';

/** Returns the pending request of an application that a decision is about. @throws DirectoryError */
const pendingRequestOf = (application: Application, api: string, id: string | undefined): SubscriptionRequest => {
  const request = requestFor(application, api);
  if (request !== undefined && isPending(request) && (id ?? request.id) === request.id) return request;
  const problem = `the application has no such pending request for the API ${printValue(api)}: it was withdrawn, replaced or decided`;
  throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', problem);
};

/** The calls that decide about requests. */
export const createRequestDecisions = ({
  directory: { applications, clock },
  apis,
  emit,
}: ApplicationServices): Pick<ApplicationRequests, 'approve' | 'reject'> => ({
  approve: async (id, api, options) => {
    checkKey(api, 'api');
    const { request } = readCall((checks) => readDecision(checks, options));
    let approved: SubscriptionRequest | undefined;
    const changed = await applications.change(checkId(id), (application) => {
      const pending = pendingRequestOf(application, api, request);
      approved = pending;
      const subscription = readCall((checks) => readApproved(checks, pending, apis));
      return subscribedTo(application, subscription);
    });
    emitRequest(emit, 'approved', changed, approved);
    return infoOf(changed);
  },
  reject: async (id, api, options) => {
    checkKey(api, 'api');
    const { request, reason } = readCall((checks) => readRejection(checks, options));
    const rejected = { at: Math.floor(clock()), ...(reason === undefined ? {} : { reason }) };
    const changed = await applications.change(checkId(id), (application) =>
      withRequest(application, { ...pendingRequestOf(application, api, request), rejected }),
    );
    emitRequest(emit, 'rejected', changed, requestFor(changed, api));
    return infoOf(changed);
  },
});
