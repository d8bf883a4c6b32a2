import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FailureKind } from '../proxy/upstream-failure';

/** Notified of what upstreams do. */
export interface UpstreamListener {
  /** @param duration milliseconds until the head of the response, the wait for a connection included */
  onResponse(api: string, duration: number): void;
  /** Called for each attempt that an upstream did not respond to, or not with valid HTTP. */
  onFailure(api: string, kind: FailureKind): void;
  /** Called when an API has several servers, some of which may be left out. */
  onOpenedGroup(api: string): void;
  /** Called when a server of an API is left out. */
  onEjected(api: string): void;
  /** Called when it is used again, or the group that left it out is closed. */
  onReturned(api: string): void;
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
    help: 'Attempts that an upstream did not respond to, or not with valid HTTP',
    labelNames: ['api', 'reason'],
    registers,
  });
  const ejected = new Gauge({
    name: 'scopegate_upstream_servers_ejected',
    help: 'Servers of an API that are left out because connections to them fail',
    labelNames: ['api'],
    aggregator: 'max', // each worker has a view of its own of the same servers
    registers,
  });
  return {
    onResponse: (api, duration) => durations.observe({ api }, duration / 1_000),
    onFailure: (api, kind) => failures.inc({ api, reason: kind }),
    onOpenedGroup: (api) => ejected.inc({ api }, 0), // so that the series begins with 0
    onEjected: (api) => ejected.inc({ api }),
    onReturned: (api) => ejected.dec({ api }),
  };
};
