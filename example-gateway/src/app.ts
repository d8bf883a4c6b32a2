import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { answers, send } from './answers';
import { proxyToApi, type ApiProxyServices } from './api-proxy';
import { addStrictTransportSecurity, reportIgnoredHeaders } from './client-connection';
import type { Portal } from './configuration/portal';
import type { TrustProxy } from './configuration/trust-proxy';
import { keepPrototypes } from './express-messages';
import { refuseAmbiguous, refuseWebSockets } from './ingress';
import type { Limits } from './limits';
import { openPortalAtRoot } from './portal-entrance';
import type { FinishedRequestListener } from './observe/finished-request';
import { addRequestId } from './observe/request-id';
import { observeRequests } from './observe/request-observer';
import { ClientShares } from './proxy/client-shares';
import { traceRequests } from './tracing/trace-requests';
import type { OpenedApi } from './upstreams/open-apis';

export interface AppServices extends Omit<ApiProxyServices, 'uploads' | 'stalls'> {
  readonly apis: readonly OpenedApi[];
  readonly portal: Portal | undefined;
  /** The path of the gate's readiness endpoint; `undefined` if it has none. */
  readonly readyPath: string | undefined;
  readonly trustProxy: TrustProxy;
  readonly limits: Pick<Limits, 'uploadsPerClient'>;
  readonly logger: Logger;
  /** Called with each finished request, such as for the access log; without any, requests are not observed. */
  readonly requestListeners: readonly FinishedRequestListener[];
}

/** After a stop signal, moves clients to other instances: readiness returns 503, and their connections are closed. */
const closeWhileDraining =
  ({ isDraining, readyPath }: AppServices): RequestHandler =>
  (request, response, next) => {
    if (!isDraining()) return next();
    response.setHeader('Connection', 'close');
    return request.path === readyPath ? send(response, answers.draining) : next();
  };

/** Assembles the app: ambiguous requests are refused before routing, and nothing is proxied without a guard. */
export const createApp = (services: AppServices): Express => {
  const { gate, apis, portal, repeats } = services;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('trust proxy', services.trustProxy);

  keepPrototypes(app);

  const { tracing } = services;
  app.use(addRequestId);
  if (tracing !== undefined) app.use(traceRequests({ ...services, tracing }));
  if (services.requestListeners.length > 0) app.use(observeRequests(services));

  // The gateway owns the root of its host, so it also serves the metadata of an issuer that has a path.
  app.use(reportIgnoredHeaders(services), addStrictTransportSecurity);
  app.use(refuseAmbiguous, gate.canonicalPaths(), closeWhileDraining(services), gate.routes(), gate.wellKnown());

  // The configuration ensures that this path overlaps no context or endpoint.
  if (portal !== undefined) app.use(portal.path, gate.portal(portal.options));

  const { uploadsPerClient } = services.limits;
  const proxyServices = {
    ...services,
    uploads: new ClientShares(uploadsPerClient),
    stalls: new ClientShares(uploadsPerClient),
  };
  // Longer contexts first, so that /orders/archive is not routed to /orders.
  for (const api of [...apis].sort((a, b) => b.context.length - a.context.length)) {
    const guards = [gate.api(api.name), ...(api.websocket ? [] : [refuseWebSockets])];
    app.use(api.context, ...guards, proxyToApi(api, proxyServices));
  }

  if (portal !== undefined) app.use(openPortalAtRoot(portal));
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
