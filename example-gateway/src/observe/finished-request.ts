import type { RequestFacts } from 'scopegate';

/**
 * A request whose response is finished or whose connection is closed. Except for `clientId` and `requestId`, all texts
 * are from lists that the configuration bounds, so they can be labels of metrics.
 */
export interface FinishedRequest extends RequestFacts {
  /** `OTHER` for a method that is not in RFC 9110 or RFC 5789. */
  readonly method: string;
  /** The status that was sent; 499 if the client disconnected before a response began. */
  readonly status: number;
  /** Milliseconds from the arrival of the request's head to the end of the response. */
  readonly durationMs: number;
  readonly requestId: string;
  /** The trace to which the request belongs, if it is traced or has a valid `traceparent`. */
  readonly traceId?: string;
  /** True if the connection was closed before the response was complete. */
  readonly isAborted: boolean;
}

/** Called once for each request. An error that it throws is logged and has no other effect. */
export type FinishedRequestListener = (request: FinishedRequest) => void;
