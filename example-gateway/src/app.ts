import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Auth, Environment, Gate } from 'scopegate';
import { answers, send } from './answers';
import { keepHttps, reportIgnoredHeaders } from './client-connection';
import type { Portal } from './configuration/portal';
import type { TrustProxy } from './configuration/trust-proxy';
import { refuseAmbiguous, refuseWebSockets } from './ingress';
import type { Limits } from './limits';
import type { Repeats } from './log/repeats';
import type { PublicHosts } from './proxy/forwarding';
import { proxyTo } from './proxy/proxy';
import { refusalOf } from './proxy/refused-headers';
import type { Upstream } from './proxy/upstream';
import type { OpenedApi } from './upstreams';

export interface AppServices {
  readonly gate: Gate;
  readonly apis: readonly OpenedApi[];
  readonly portal: Portal | undefined;
  /** The path at which the gate says whether it is ready; `undefined`: there is none. */
  readonly readyPath: string | undefined;
  readonly isDraining: () => boolean;
  readonly trustProxy: TrustProxy;
  readonly hosts: PublicHosts;
  /** Names of headers that no client may send to an upstream, beside those that none may ever. */
  readonly strippedHeaders: readonly string[];
  readonly limits: Limits;
  readonly logger: Logger;
  /** For lines that clients or upstreams can repeat. */
  readonly repeats: Repeats;
}

/** After a stop signal, sends clients elsewhere: readiness answers 503, and their connections are closed. */
const leave =
  ({ isDraining, readyPath }: AppServices): RequestHandler =>
  (request, response, next) => {
    if (!isDraining()) return next();
    response.setHeader('Connection', 'close');
    return request.path === readyPath ? send(response, answers.draining) : next();
  };

/** Behind the guard of an API: what comes with a token of a sandbox key never reaches the production upstream. */
const proxyToApi = (services: AppServices, { name, upstream, sandbox }: OpenedApi): RequestHandler => {
  const { gate, hosts, limits, repeats: failures } = services;
  const authOf = (request: Request): Auth | undefined => gate.findAuth(request);
  const isRefused = refusalOf(services.strippedHeaders);
  const proxyInto = (environment: Environment, target: Upstream | undefined): RequestHandler | undefined =>
    target && proxyTo({ api: name, environment, upstream: target, authOf, hosts, isRefused, limits, failures });
  const proxies: Readonly<Record<Environment, RequestHandler | undefined>> = {
    production: proxyInto('production', upstream),
    sandbox: proxyInto('sandbox', sandbox),
  };
  return (request, response, next) => {
    // Public resources have no token. Where there is no sandbox the guard has refused its tokens.
    const proxy = proxies[gate.findAuth(request)?.environment ?? 'production'];
    return proxy === undefined ? next() : proxy(request, response, next);
  };
};

/** The order of things: nothing is routed before its target can be read in one way only, nothing proxied unguarded. */
export const createApp = (services: AppServices): Express => {
  const { gate, apis, portal, repeats } = services;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('trust proxy', services.trustProxy);

  // The gateway has the root of its host, so metadata of an issuer with a path are here as well.
  app.use(reportIgnoredHeaders(services), keepHttps);
  app.use(refuseAmbiguous, gate.canonicalPaths(), leave(services), gate.routes(), gate.wellKnown());

  // The file keeps it apart from every context and endpoint.
  if (portal !== undefined) app.use(portal.path, gate.portal(portal.options));

  // The longer of two contexts first, so that /orders/archive is not taken for a part of /orders.
  for (const api of [...apis].sort((a, b) => b.context.length - a.context.length)) {
    app.use(api.context, gate.api(api.name), refuseWebSockets, proxyToApi(services, api));
  }

  app.use((_request, response) => send(response, answers.notFound));
  const failed: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    repeats.write(
      'error',
      { error: error instanceof Error ? error.name : typeof error },
      'A request failed unexpectedly',
    );
    send(response, answers.failed);
  };
  app.use(failed);
  return app;
};
