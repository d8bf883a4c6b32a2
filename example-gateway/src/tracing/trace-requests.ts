import type { ServerResponse } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Gate, RequestFacts } from 'scopegate';
import { boundedMethod } from '../observe/bounded-method';
import { onClosed } from '../observe/closed-response';
import type { RequestSpan, Tracing } from './tracing';

export interface TraceServices {
  readonly gate: Pick<Gate, 'observe'>;
  readonly apis: readonly { readonly name: string; readonly context: string }[];
  readonly tracing: Tracing;
}

const spans = new WeakMap<ServerResponse, RequestSpan>();

/** Returns the span of the request to which this is the response; `undefined` if it is not traced. */
export const spanOf = (response: ServerResponse): RequestSpan | undefined => spans.get(response);

/** The name of a method in the semantic conventions of OpenTelemetry. */
export const methodInTraces = (method: string | undefined): string => {
  const bounded = boundedMethod(method);
  return bounded === 'OTHER' ? '_OTHER' : bounded;
};

/** Creates a span for each request. It has the route as declared, and neither the path nor the query of the request. */
export const traceRequests = ({ gate, apis, tracing }: TraceServices): RequestHandler => {
  const contexts = new Map(apis.map(({ name, context }) => [name, context]));
  const routeOf = ({ api, resource }: RequestFacts): string | undefined =>
    api === undefined || resource === undefined ? undefined : `${contexts.get(api) ?? ''}${resource}`;

  const finish = (response: Response, { span }: RequestSpan, method: string, facts: RequestFacts): void => {
    const route = routeOf(facts);
    if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
    if (facts.api !== undefined) span.setAttribute('scopegate.api', facts.api);
    if (facts.reason !== undefined) span.setAttribute('scopegate.reason', facts.reason);
    if (response.headersSent) span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 500) tracing.markFailed(span, String(response.statusCode));
    span.end();
  };

  return (request: Request, response, next) => {
    const method = methodInTraces(request.method);
    const facts = gate.observe(request);
    const started = tracing.startRequest(method, request.secure ? 'https' : 'http', request.headers);
    if (started === undefined) return next();
    spans.set(response, started);
    onClosed(response, () => tracing.attempt(() => finish(response, started, method, facts)));
    return tracing.run(started.context, next);
  };
};
