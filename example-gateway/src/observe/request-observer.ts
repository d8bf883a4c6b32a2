import type { Request, RequestHandler, Response } from 'express';
import type { Gate, RequestFacts } from 'scopegate';
import { reasonOf } from '../answers';
import type { Repeats } from '../log/repeats';
import { spanOf } from '../tracing/trace-requests';
import { readTraceparent } from '../tracing/w3c-context';
import { boundedMethod } from './bounded-method';
import { onClosed } from './closed-response';
import type { FinishedRequest, FinishedRequestListener } from './finished-request';
import { requestIdOf } from './request-id';

/** The status in logs and metrics of a request whose client disconnected before a response began, as in nginx. */
const CLIENT_CLOSED_REQUEST = 499;

export interface ObserverServices {
  readonly gate: Pick<Gate, 'observe'>;
  readonly requestListeners: readonly FinishedRequestListener[];
  readonly repeats: Repeats;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Describes a request after its response is finished or its connection is closed. */
const finishedRequest = (
  request: Request,
  response: Response,
  facts: RequestFacts,
  durationMs: number,
): FinishedRequest => {
  const finished: Writable<FinishedRequest> = {
    ...facts,
    method: boundedMethod(request.method),
    status: response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST,
    durationMs,
    requestId: requestIdOf(response),
    isAborted: !response.writableFinished,
  };
  const reason = facts.reason ?? reasonOf(response);
  if (reason !== undefined) finished.reason = reason;
  const trace = spanOf(response)?.span.spanContext() ?? readTraceparent(request.headers['traceparent']);
  if (trace !== undefined) finished.traceId = trace.traceId;
  return finished;
};

/** Calls the listeners with each finished request. Mounted first, so that refused requests are observed too. */
export const observeRequests = ({ gate, requestListeners, repeats }: ObserverServices): RequestHandler => {
  const notify = (finished: FinishedRequest): void => {
    for (const listener of requestListeners) {
      try {
        listener(finished);
      } catch (error) {
        // Thrown into the event of the response, it would end the process.
        const kind = error instanceof Error ? error.name : typeof error;
        repeats.write('error', { error: kind }, 'A request could not be logged or counted');
      }
    }
  };
  return (request, response, next) => {
    const began = performance.now();
    const facts = gate.observe(request);
    onClosed(response, () => notify(finishedRequest(request, response, facts, performance.now() - began)));
    next();
  };
};
