import type { Logger } from 'pino';
import type { MemoryStore } from 'scopegate';
import { createApp } from './app';
import { gateLogger } from './client-connection';
import { gateFrom, type Configuration } from './configuration/configuration';
import { DEFAULT_ENDPOINTS } from './configuration/endpoints';
import { isMap, type Fields } from './configuration/fields';
import type { DemoUpstreams } from './demo/demos';
import { GateMetrics } from './gate-metrics';
import type { Limits } from './limits';
import { accessLog, webSocketLog } from './log/access-log';
import type { Repeats } from './log/repeats';
import type { Metrics } from './metrics/metrics';
import type { GatewayMetrics } from './metrics/gateway-metrics';
import { closeAll, type Opened } from './opened';
import { PublicHosts } from './proxy/forwarding';
import { redisAt } from './redis';
import { Serving, type ServingParts } from './serving';
import { openTracing } from './tracing/tracing';
import { openApis } from './upstreams/open-apis';
import { OpenWebSockets } from './websocket/open-web-sockets';
import type { WebSocketSlots } from './websocket/web-socket-slots';

/** The parts that stay open across reloads. */
export interface ServingServices {
  /** The address that the gateway listens on. */
  readonly url: string;
  readonly demos: DemoUpstreams;
  /** Used without Redis, so that tokens survive a reload. */
  readonly memory: MemoryStore;
  readonly metrics: Metrics | undefined;
  readonly gatewayMetrics: GatewayMetrics | undefined;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly repeats: Repeats;
  /** Counts the WebSockets of all configurations. */
  readonly slots: WebSocketSlots;
  readonly isDraining: () => boolean;
}

/** The path of the readiness endpoint; `undefined` if `paths.ready` is `false`. */
const readyPathOf = ({ paths }: Fields): string | undefined => {
  const ready = isMap(paths) ? paths['ready'] : undefined;
  if (ready === false) return undefined;
  return typeof ready === 'string' ? ready : DEFAULT_ENDPOINTS.ready;
};

const openParts = (configuration: Configuration, services: ServingServices, opened: Opened): ServingParts => {
  const { url, memory, gatewayMetrics, logger } = services;
  const { portal, options, trustProxy, strippedHeaders, log } = configuration;
  const upstreamListener = gatewayMetrics?.upstreams;
  const apis = openApis(configuration.apis, { ...services, upstreamListener, opened });
  const redis = configuration.redis === undefined ? undefined : redisAt(configuration.redis);
  opened.push(() => redis?.disconnect());
  const metrics = services.metrics && new GateMetrics(services.metrics.registry);
  const issuer = configuration.issuer ?? url;
  const gate = gateFrom({
    ...options,
    issuer,
    logger: gateLogger(logger),
    ...(redis === undefined ? { memory } : { redis }),
    ...(metrics === undefined ? {} : { metrics }),
  });
  opened.push(() => gate.close());
  const hosts = new PublicHosts(issuer, url);
  const readyPath = readyPathOf(options);
  const requestListeners = [
    ...(log.access ? [accessLog(logger)] : []),
    ...(gatewayMetrics === undefined ? [] : [gatewayMetrics.http.onFinished]),
  ];
  const decidesCors = options['cors'] !== undefined && options['cors'] !== false;
  const declared = { apis, portal, readyPath, trustProxy, hosts, strippedHeaders, decidesCors };
  const webSocketListeners = [
    ...(log.access ? [webSocketLog(logger)] : []),
    ...(gatewayMetrics === undefined ? [] : [gatewayMetrics.webSockets]),
  ];
  const observing = { requestListeners, webSocketListeners, upstreamListener };
  const tracing = openTracing((error) => {
    const name = error instanceof Error ? error.name : typeof error;
    services.repeats.write('error', { error: name }, 'A request could not be traced');
  });
  const webSockets = new OpenWebSockets();
  const app = createApp({ ...services, ...declared, ...observing, tracing, gate, webSockets });
  return { configuration, logger, gate, app, metrics, webSockets, opened };
};

/** Opens what a configuration needs. The demos that it names must run. */
export const openServing = (configuration: Configuration, services: ServingServices): Serving => {
  const opened: Opened = [];
  try {
    return new Serving(openParts(configuration, services, opened));
  } catch (error) {
    closeAll(opened).catch(() => undefined);
    throw error;
  }
};
