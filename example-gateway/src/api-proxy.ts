import type { Request, RequestHandler } from 'express';
import type { Auth, Environment, Gate } from 'scopegate';
import type { Repeats } from './log/repeats';
import type { UpstreamListener } from './metrics/upstream-metrics';
import type { Watch } from './proxy/event-streams';
import type { PublicHosts } from './proxy/forwarding';
import { proxyTo } from './proxy/proxy';
import { refusalOf } from './proxy/refused-headers';
import type { UpstreamServers } from './proxy/servers';
import type { ClientShares } from './proxy/client-shares';
import type { Tracing } from './tracing/tracing';
import type { OpenedApi } from './upstreams/open-apis';
import { withWebSockets } from './websocket/accept-web-sockets';
import type { OpenWebSockets } from './websocket/open-web-sockets';
import type { WebSocketListener } from './websocket/web-socket-listener';
import type { WebSocketSlots } from './websocket/web-socket-slots';

export interface ApiProxyServices {
  readonly gate: Gate;
  readonly hosts: PublicHosts;
  /** Header names to remove from client requests, in addition to the built-in list. */
  readonly strippedHeaders: readonly string[];
  /** True if the gate decides which origins may read responses, and not the upstreams. */
  readonly decidesCors: boolean;
  /** Left out: requests are not traced. */
  readonly tracing: Tracing | undefined;
  /** Shared by all APIs. */
  readonly uploads: ClientShares;
  readonly stalls: ClientShares;
  /** For log lines that clients or upstreams can cause repeatedly. */
  readonly repeats: Repeats;
  /** Notified of what upstreams do; `undefined` without metrics. */
  readonly upstreamListener: UpstreamListener | undefined;
  readonly isDraining: () => boolean;
  readonly slots: WebSocketSlots;
  readonly webSockets: OpenWebSockets;
  readonly webSocketListeners: readonly WebSocketListener[];
}

/**
 * Proxies requests that passed the guard of an API. A request with a sandbox token never reaches the production upstream.
 */
export const proxyToApi = (
  { name, timeouts, websocket, upstream, sandbox }: OpenedApi,
  services: ApiProxyServices,
): RequestHandler => {
  const { gate, hosts, decidesCors, tracing, uploads, stalls, upstreamListener, repeats: failures } = services;
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
      stalls,
      failures,
      upstreamListener,
    };
    const proxy = proxyTo(proxying);
    return websocket ? withWebSockets(proxy, { ...services, ...proxying }) : proxy;
  };

  const proxies: Readonly<Record<Environment, RequestHandler | undefined>> = {
    production: proxyInto('production', upstream),
    sandbox: proxyInto('sandbox', sandbox),
  };
  return (request, response, next) => {
    // Public resources have no token. If the API has no sandbox, its guard has already refused sandbox tokens.
    const proxy = proxies[gate.findAuth(request)?.environment ?? 'production'];
    return proxy === undefined ? next() : proxy(request, response, next);
  };
};
