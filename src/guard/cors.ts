import type { Request, RequestHandler, Response } from 'express';
import {
  addVary,
  ALLOW_ORIGIN,
  exposedHeaders,
  isPreflight,
  originHeaders,
  preflightHeaders,
  varyingHeaders,
  type CorsPolicy,
  type Headers,
} from '../protocol/cors';

/** Returns the methods that the path of a request accepts; `undefined` if there is no such path. */
export type MethodsOf = (request: Request) => readonly string[] | undefined;

/** Lets scripts of other origins send requests, by the CORS protocol of the Fetch standard. */
export interface Cors {
  /** False without the option `cors`: nothing is added to any response. */
  readonly isEnabled: boolean;
  /**
   * Makes a middleware that responds to preflight requests, and sets the CORS headers of all other responses before
   * `handler` is called. A request from an origin that is not allowed gets the response that it would get without CORS.
   */
  around(handler: RequestHandler, methodsOf: MethodsOf): RequestHandler;
}

const setHeaders = (response: Response, headers: Headers, varying: readonly string[]): void => {
  for (const [name, value] of headers) response.setHeader(name, value);
  if (varying.length > 0) response.setHeader('Vary', addVary(response.getHeader('Vary'), varying));
};

/** Responds to a preflight request. @returns false if it is not one of an allowed origin for an existing path */
const respondToPreflight = (
  policy: CorsPolicy,
  methodsOf: MethodsOf,
  request: Request,
  response: Response,
): boolean => {
  const allowed = originHeaders(policy, request.headers.origin);
  const methods = allowed === undefined ? undefined : methodsOf(request);
  const headers =
    allowed === undefined || methods === undefined
      ? []
      : [...allowed, ...preflightHeaders(policy, request.headers, methods)];
  setHeaders(response, headers, varyingHeaders(policy, 'preflight'));
  if (headers.length === 0) return false;
  response.statusCode = 204;
  response.end();
  return true;
};

/** Sets the CORS headers, unless the host application has already decided about the origin. */
const allowReading = (policy: CorsPolicy, request: Request, response: Response): void => {
  if (response.hasHeader(ALLOW_ORIGIN)) return;
  const allowed = originHeaders(policy, request.headers.origin);
  const headers = allowed === undefined ? [] : [...allowed, ...exposedHeaders];
  setHeaders(response, headers, varyingHeaders(policy, 'response'));
};

const corsBy = (policy: CorsPolicy): Cors => ({
  isEnabled: true,
  around: (handler, methodsOf) => (request, response, next) => {
    try {
      if (!response.headersSent) {
        if (!isPreflight(request.method, request.headers)) allowReading(policy, request, response);
        else if (respondToPreflight(policy, methodsOf, request, response)) return undefined;
      }
    } catch {
      response.destroy(); // Express treats a middleware that throws `undefined` like one that calls `next()`
      return undefined;
    }
    return handler(request, response, next);
  },
});

/** Leaves CORS to the host application. */
const hostsCors: Cors = { isEnabled: false, around: (handler) => handler };

/** Creates the CORS of a gate. @param policy that of the option `cors` */
export const createCors = (policy: CorsPolicy | undefined): Cors => (policy === undefined ? hostsCors : corsBy(policy));
