import type { ApplicationInfo } from './application-info';
import type { PendingRequest } from './pending-requests';
import type { DecisionOptions, RejectOptions, RequestOptions } from './request-arguments';

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
