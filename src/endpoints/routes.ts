import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Answers every request itself or passes it on; it never rejects, because Express 4 would not notice. */
export type Endpoint = (request: Request, response: Response, next: NextFunction) => void;

/** A path below the mount, or `false` where the endpoint is left out, and what answers there. */
export type Mounted = readonly [path: string | false, handler: Endpoint];

/** One middleware for all endpoints: a look at a table, and no router in the way of everybody else's requests. */
export const routes = (mounted: readonly Mounted[]): RequestHandler => {
  const handlers = new Map(mounted.filter(([path]) => path !== false));
  return (request, response, next) => {
    const query = request.url.indexOf('?');
    const handler = handlers.get(query === -1 ? request.url : request.url.slice(0, query));
    if (handler === undefined) next();
    else handler(request, response, next);
  };
};

/** Does something once, when the first request comes: all is mounted by then. */
export const onFirstRequest = (act: () => void, handler: RequestHandler): RequestHandler => {
  let isFirst = true;
  return (request, response, next) => {
    if (isFirst) {
      isFirst = false;
      act();
    }
    return handler(request, response, next);
  };
};
