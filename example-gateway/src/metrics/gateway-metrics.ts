import { Counter, type Registry } from 'prom-client';
import { createHttpMetrics, type HttpMetrics } from './http-metrics';
import type { WebSocketListener } from '../websocket/web-socket-listener';
import { createUpstreamMetrics, type UpstreamListener } from './upstream-metrics';
import { createWebSocketMetrics } from './websocket-metrics';

/** The metrics of the gateway itself, besides those of scopegate and of the process. */
export interface GatewayMetrics {
  readonly http: HttpMetrics;
  readonly upstreams: UpstreamListener;
  readonly webSockets: WebSocketListener;
}

const registerDroppedLogLines = (registry: Registry, droppedLogLines: () => number): void => {
  const dropped = new Counter({
    name: 'scopegate_log_lines_dropped_total',
    help: 'Log lines that were dropped because nothing read the log in time',
    registers: [registry],
    collect: () => {
      dropped.reset();
      dropped.inc(droppedLogLines());
    },
  });
};

/**
 * Registers the metrics of the gateway.
 *
 * @param droppedLogLines is called at each scrape; `undefined` if that is not known
 */
export const createGatewayMetrics = (
  registry: Registry,
  droppedLogLines: (() => number) | undefined,
): GatewayMetrics => {
  if (droppedLogLines !== undefined) registerDroppedLogLines(registry, droppedLogLines);
  return {
    http: createHttpMetrics(registry),
    upstreams: createUpstreamMetrics(registry),
    webSockets: createWebSocketMetrics(registry),
  };
};
