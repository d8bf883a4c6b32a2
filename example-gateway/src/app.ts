import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Gate } from 'scopegate';
import { answers, send } from './answers';
import { refuseAmbiguous } from './ingress';
import type { Limits } from './limits';
import { identityHeaders } from './proxy/identity';
import { proxyTo } from './proxy/proxy';
import type { Upstream } from './proxy/upstream';

export interface MountedUpstream {
  readonly name: string;
  readonly context: string;
  readonly upstream: Upstream;
}

export interface AppServices {
  readonly gate: Gate;
  readonly apis: readonly MountedUpstream[];
  /** The path at which the gate says whether it is ready. */
  readonly readyPath: string;
  readonly isDraining: () => boolean;
  readonly limits: Limits;
  readonly logger: Logger;
}

/** Once the gateway was told to stop, clients are sent elsewhere: by readiness, and by closing their connections. */
const leave =
  ({ isDraining, readyPath }: AppServices): RequestHandler =>
  (request, response, next) => {
    if (!isDraining()) return next();
    response.setHeader('Connection', 'close');
    return request.path === readyPath ? send(response, answers.draining) : next();
  };

/** The order of things: nothing is routed before its target can be read in one way only, nothing proxied unguarded. */
export const createApp = (services: AppServices): Express => {
  const { gate, apis, limits, logger } = services;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');

  app.use(refuseAmbiguous, gate.canonicalPaths(), leave(services), gate.routes());

  const identityOf = (request: Request): Readonly<Record<string, string>> => identityHeaders(gate.findAuth(request));
  // The longer of two contexts first, so that /orders/archive is not taken for a part of /orders.
  for (const { name, context, upstream } of [...apis].sort((a, b) => b.context.length - a.context.length)) {
    app.use(context, gate.api(name), proxyTo({ api: name, upstream, identityOf, limits, logger }));
  }

  app.use((_request, response) => send(response, answers.notFound));
  const failed: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    logger.error({ error: error instanceof Error ? error.name : typeof error }, 'A request failed unexpectedly');
    send(response, answers.failed);
  };
  app.use(failed);
  return app;
};
