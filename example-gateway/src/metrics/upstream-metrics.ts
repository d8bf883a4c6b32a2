import { Counter, Histogram, type Registry } from 'prom-client';
import type { FailureKind } from '../proxy/upstream-failure';

/** Notified of what upstreams do. */
export interface UpstreamListener {
  /** @param duration milliseconds until the head of the response, the wait for a connection included */
  onResponse(api: string, duration: number): void;
  /** Called for each request that an upstream did not respond to, or not with valid HTTP. */
  onFailure(api: string, kind: FailureKind): void;
}

// From an upstream on the same machine to the 30 seconds after which the gateway gives up.
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Registers the metrics of upstreams. */
export const createUpstreamMetrics = (registry: Registry): UpstreamListener => {
  const registers = [registry];
  const durations = new Histogram({
    name: 'scopegate_upstream_duration_seconds',
    help: 'Time from the forwarding of a request to the head of the response of its upstream',
    labelNames: ['api'],
    buckets: BUCKETS,
    registers,
  });
  const failures = new Counter({
    name: 'scopegate_upstream_failures_total',
    help: 'Requests that an upstream did not respond to, or not with valid HTTP',
    labelNames: ['api', 'reason'],
    registers,
  });
  return {
    onResponse: (api, duration) => durations.observe({ api }, duration / 1_000),
    onFailure: (api, kind) => failures.inc({ api, reason: kind }),
  };
};
