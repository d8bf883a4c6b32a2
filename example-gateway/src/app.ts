import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Auth, Environment, Gate } from 'scopegate';
import { answers, send } from './answers';
import { addStrictTransportSecurity, reportIgnoredHeaders } from './client-connection';
import type { Portal } from './configuration/portal';
import type { TrustProxy } from './configuration/trust-proxy';
import { keepPrototypes } from './express-messages';
import { refuseAmbiguous, refuseWebSockets } from './ingress';
import type { Repeats } from './log/repeats';
import type { Limits } from './limits';
import type { FinishedRequestListener } from './observe/finished-request';
import { addRequestId } from './observe/request-id';
import { observeRequests } from './observe/request-observer';
import type { UpstreamListener } from './metrics/upstream-metrics';
import type { PublicHosts } from './proxy/forwarding';
import type { Watch } from './proxy/event-streams';
import { proxyTo } from './proxy/proxy';
import { refusalOf } from './proxy/refused-headers';
import type { UpstreamServers } from './proxy/servers';
import { Uploads } from './proxy/uploads';
import { traceRequests } from './tracing/trace-requests';
import type { Tracing } from './tracing/tracing';
import type { OpenedApi } from './upstreams/open-apis';
import { withWebSockets } from './websocket/accept-web-sockets';
import type { OpenWebSockets } from './websocket/open-web-sockets';
import type { WebSocketListener } from './websocket/web-socket-listener';
import type { WebSocketSlots } from './websocket/web-socket-slots';

export interface AppServices {
  readonly gate: Gate;
  readonly apis: readonly OpenedApi[];
  readonly portal: Portal | undefined;
  /** The path of the gate's readiness endpoint; `undefined` if it has none. */
  readonly readyPath: string | undefined;
  readonly isDraining: () => boolean;
  readonly trustProxy: TrustProxy;
  readonly hosts: PublicHosts;
  /** Header names to remove from client requests, in addition to the built-in list. */
  readonly strippedHeaders: readonly string[];
  /** True if the gate decides which origins may read responses, and not the upstreams. */
  readonly decidesCors: boolean;
  readonly limits: Pick<Limits, 'uploadsPerClient'>;
  readonly logger: Logger;
  /** Left out: requests are not traced. */
  readonly tracing: Tracing | undefined;
  /** Called with each finished request, such as for the access log; without any, requests are not observed. */
  readonly requestListeners: readonly FinishedRequestListener[];
  /** For log lines that clients or upstreams can cause repeatedly. */
  readonly repeats: Repeats;
  /** Notified of what upstreams do; `undefined` without metrics. */
  readonly upstreamListener: UpstreamListener | undefined;
  readonly slots: WebSocketSlots;
  readonly webSockets: OpenWebSockets;
  readonly webSocketListeners: readonly WebSocketListener[];
}

/** After a stop signal, moves clients to other instances: readiness returns 503, and their connections are closed. */
const closeWhileDraining =
  ({ isDraining, readyPath }: AppServices): RequestHandler =>
  (request, response, next) => {
    if (!isDraining()) return next();
    response.setHeader('Connection', 'close');
    return request.path === readyPath ? send(response, answers.draining) : next();
  };

/** Runs after the guard of an API. A request with a sandbox token never reaches the production upstream. */
const proxyToApi = (
  services: AppServices,
  uploads: Uploads,
  { name, timeouts, websocket, ...targets }: OpenedApi,
): RequestHandler => {
  const { gate, hosts, decidesCors, tracing, upstreamListener, repeats: failures } = services;
  const authOf = (request: Request): Auth | undefined => gate.findAuth(request);
  const watch: Watch = (request, onEnded) => gate.watch(request, onEnded);
  const isRefused = refusalOf([...services.strippedHeaders, ...(tracing?.headers ?? [])]);
  const proxyInto = (environment: Environment, servers: UpstreamServers | undefined): RequestHandler | undefined => {
    if (servers === undefined) return undefined;
    const proxying = {
      api: name,
      environment,
      servers,
      authOf,
      watch,
      hosts,
      isRefused,
      decidesCors,
      tracing,
      timeouts,
      uploads,
      failures,
      upstreamListener,
    };
    const proxy = proxyTo(proxying);
    return websocket ? withWebSockets(proxy, { ...services, ...proxying }) : proxy;
  };
  const proxies: Readonly<Record<Environment, RequestHandler | undefined>> = {
    production: proxyInto('production', targets.upstream),
    sandbox: proxyInto('sandbox', targets.sandbox),
  };
  return (request, response, next) => {
    // Public resources have no token. If the API has no sandbox, its guard has already refused sandbox tokens.
    const proxy = proxies[gate.findAuth(request)?.environment ?? 'production'];
    return proxy === undefined ? next() : proxy(request, response, next);
  };
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

  const uploads = new Uploads(services.limits.uploadsPerClient);
  // Longer contexts first, so that /orders/archive is not routed to /orders.
  for (const api of [...apis].sort((a, b) => b.context.length - a.context.length)) {
    const guards = [gate.api(api.name), ...(api.websocket ? [] : [refuseWebSockets])];
    app.use(api.context, ...guards, proxyToApi(services, uploads, api));
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
