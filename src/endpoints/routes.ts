import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Responds to every request or passes it on. Never rejects, because Express 4 does not handle a rejected promise. */
export type Endpoint = (request: Request, response: Response, next: NextFunction) => void;

/** A path below the mount, or `false` if the endpoint is not mounted, and its handler. */
export type Mounted = readonly [path: string | false, handler: Endpoint];

/**
 * Makes one middleware for all endpoints: a lookup in a table, and no router that would delay all other requests.
 * @param pages are those of `mounted` that are served at every path below their own as well
 */
export const routes = (mounted: readonly Mounted[], pages: readonly Mounted[] = []): RequestHandler => {
  const handlers = new Map(mounted.filter(([path]) => path !== false));
  const folders = pages.flatMap(([path, handler]) => (path === false ? [] : [[`${path}/`, handler] as const]));
  return (request, response, next) => {
    const { url } = request;
    const query = url.indexOf('?');
    const handler = handlers.get(query === -1 ? url : url.slice(0, query));
    const found = handler ?? folders.find(([folder]) => url.startsWith(folder))?.[1];
    if (found === undefined) next();
    else found(request, response, next);
  };
};

/** Calls `act` once, when the first request arrives: everything is mounted then. */
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
