import type { Registry } from 'prom-client';
import { createHttpMetrics, type HttpMetrics } from './http-metrics';
import { createUpstreamMetrics, type UpstreamListener } from './upstream-metrics';

/** The metrics of the gateway itself, besides those of scopegate and of the process. */
export interface GatewayMetrics {
  readonly http: HttpMetrics;
  readonly upstreams: UpstreamListener;
}

export const createGatewayMetrics = (registry: Registry): GatewayMetrics => ({
  http: createHttpMetrics(registry),
  upstreams: createUpstreamMetrics(registry),
});
