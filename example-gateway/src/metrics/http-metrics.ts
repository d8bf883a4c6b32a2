import { STATUS_CODES, type RequestListener } from 'node:http';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { onClosed } from '../observe/closed-response';
import type { FinishedRequest } from '../observe/finished-request';

/** Values of the labels `api` and `resource` outside of declared names and paths, which never begin with a bracket. */
const NONE = '(none)';
const GATE = '(gate)';
const PORTAL = '(portal)';

/** The status of a request whose client disconnected before a response began. */
const CLIENT_CLOSED_REQUEST = 499;

// From a refusal to an upstream that uses all of its 30 seconds.
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const classOf = (status: number): string => `${Math.floor(status / 100)}xx`;

/** Returns the status; only the class of one that no standard defines, because upstreams choose it. */
const boundedStatus = (status: number): string =>
  STATUS_CODES[status] === undefined && status !== CLIENT_CLOSED_REQUEST ? classOf(status) : String(status);

/** Returns the API and the path of its resource as declared, or the endpoint of the gate. */
const placeOf = ({ place, api, resource }: FinishedRequest): { readonly api: string; readonly resource: string } => {
  if (api !== undefined) return { api, resource: resource ?? NONE };
  if (place === 'portal') return { api: PORTAL, resource: NONE };
  return place === undefined || place === 'guard' ? { api: NONE, resource: NONE } : { api: GATE, resource: place };
};

export interface HttpMetrics {
  /** Counts the requests in flight. */
  readonly onRequest: RequestListener;
  /** Counts and measures a request. */
  readonly onFinished: (request: FinishedRequest) => void;
}

/** Registers the metrics of requests. All label values are from lists that the file bounds. */
export const createHttpMetrics = (registry: Registry): HttpMetrics => {
  const registers = [registry];
  const requests = new Counter({
    name: 'scopegate_http_requests_total',
    help: 'Requests, by the API, its resource as declared, method and status',
    labelNames: ['api', 'resource', 'method', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'scopegate_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its response',
    labelNames: ['api', 'resource', 'method', 'status_class'],
    buckets: BUCKETS,
    registers,
  });
  let inFlight = 0; // counted without the gauge, because a scrape is much rarer than a request
  const gauge: Gauge = new Gauge({
    name: 'scopegate_http_requests_in_flight',
    help: 'Requests that have no complete response yet',
    registers,
    collect: () => gauge.set(inFlight),
  });
  return {
    onRequest: (_request, response) => {
      inFlight += 1;
      onClosed(response, () => {
        inFlight -= 1;
      });
    },
    onFinished: (request) => {
      const { method, status, durationMs } = request;
      const { api, resource } = placeOf(request);
      requests.inc({ api, resource, method, status: boundedStatus(status) });
      durations.observe({ api, resource, method, status_class: classOf(status) }, durationMs / 1_000);
    },
  };
};
