import type { RequestHandler } from 'express';
import { deprecationHeaders } from '../protocol/deprecation';
import type { Guard } from './guard';
import type { ProtectedResource } from './protected-resource';

/**
 * Applies the lifecycle of an API to one of its handlers: the headers of its dates, and 410 if it is retired. Decided when
 * a guard is made: the handler of a published API without dates is returned as it is.
 */
export const withLifecycle = (
  handler: RequestHandler,
  resource: ProtectedResource,
  guard: Pick<Guard, 'refuse'>,
): RequestHandler => {
  const lifecycle = resource.api?.lifecycle;
  if (lifecycle === undefined) return handler;
  const { retired } = resource.refusals;
  const handle: RequestHandler =
    lifecycle.status === 'retired'
      ? (request, response) => guard.refuse(request, response, retired, resource)
      : handler;
  const headers = Object.entries(deprecationHeaders(lifecycle));
  if (headers.length === 0) return handle;
  return (request, response, next) => {
    if (!response.headersSent) for (const [name, value] of headers) response.setHeader(name, value);
    return handle(request, response, next);
  };
};
