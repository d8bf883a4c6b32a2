import type { Request, RequestHandler, Response } from 'express';
import { createProxyMiddleware, type Options } from 'http-proxy-middleware';
import type { Auth, Environment } from 'scopegate';
import { answers } from '../answers';
import { errorCode } from '../error-code';
import type { Timeouts } from '../limits';
import type { Repeats } from '../log/repeats';
import { onClosed } from '../observe/closed-response';
import { requestIdOf } from '../observe/request-id';
import type { UpstreamListener } from '../metrics/upstream-metrics';
import { methodInTraces, spanOf } from '../tracing/trace-requests';
import type { Tracing, UpstreamSpan } from '../tracing/tracing';
import { Exchange, type ExchangeOptions } from './exchange';
import { forwardingHeaders, type PublicHosts } from './forwarding';
import { identityHeaders } from './identity';
import { requestHeaders } from './request-headers';
import { upstreamTarget } from './request-target';
import type { Upstream } from './upstream';
import { kindOfFailure } from './upstream-failure';

export interface ProxyServices {
  readonly api: string;
  /** The environment of this upstream, for the log. */
  readonly environment: Environment;
  readonly upstream: Upstream;
  /** Returns the caller; `undefined` on a public resource. */
  readonly authOf: (request: Request) => Auth | undefined;
  readonly hosts: PublicHosts;
  /** Checks whether a header, by its folded name, is removed from a client request. */
  readonly isRefused: (folded: string) => boolean;
  /** True if the CORS headers of the gate replace those of the upstream. */
  readonly decidesCors: boolean;
  /** Left out: requests are not traced. */
  readonly tracing: Tracing | undefined;
  readonly timeouts: Timeouts;
  readonly failures: Repeats;
  /** Left out: no clock is read for it. */
  readonly upstreamListener: UpstreamListener | undefined;
}

type Plugin = NonNullable<Options<Request, Response>['plugins']>[number];

/** Passes the events of the proxy library to the exchange that they belong to. */
const reportTo =
  (exchanges: WeakMap<Request, Exchange>): Plugin =>
  (server) => {
    server.on('proxyReq', (outgoing, request) => exchanges.get(request)?.onSocket(outgoing));
    server.on('proxyRes', (incoming, request) => exchanges.get(request)?.onResponse(incoming));
    server.on('error', (error, request) => exchanges.get(request)?.fail(answers.badGateway, errorCode(error)));
    server.on('econnreset', (error, request) => exchanges.get(request)?.fail(answers.badGateway, errorCode(error)));
  };

/** Starts the span of the request to the upstream, if the request is traced. It ends with the response. */
const startSpan = (request: Request, response: Response, { tracing, upstream }: ProxyServices) => {
  const parent = spanOf(response);
  if (tracing === undefined || parent === undefined) return undefined;
  const span = tracing.startUpstream(methodInTraces(request.method), upstream.target.host, parent);
  if (span !== undefined) onClosed(response, () => span.end());
  return span;
};

/** Returns the callbacks of an exchange: they log, count and trace its result. */
const reportsOf = (
  { method }: Request,
  { api, environment, failures, upstreamListener }: ProxyServices,
  span: UpstreamSpan | undefined,
): Pick<ExchangeOptions, 'onResponse' | 'report'> => {
  const began = upstreamListener && performance.now();
  return {
    onResponse: (status) => {
      if (began !== undefined) upstreamListener?.onResponse(api, performance.now() - began);
      span?.onResponse(status);
    },
    report: ({ status }, reason) => {
      upstreamListener?.onFailure(api, kindOfFailure(reason));
      span?.onFailure(reason);
      failures.write('warn', { api, environment, method, status, reason }, 'An upstream failed');
    },
  };
};

/** Sends requests that passed the guard to the API's upstream. Mounted at the API's context. */
export const proxyTo = (services: ProxyServices): RequestHandler => {
  const { upstream, decidesCors, timeouts } = services;
  const exchanges = new WeakMap<Request, Exchange>();

  const forward = createProxyMiddleware<Request, Response>({
    target: upstream.target,
    agent: upstream.agent,
    toProxy: true, // sends the target byte for byte
    selfHandleResponse: true,
    ejectPlugins: true,
    plugins: [reportTo(exchanges)],
  });

  return (request, response, next) => {
    const span = startSpan(request, response, services);
    const auth = services.authOf(request);
    const options = { isGuarded: auth !== undefined, decidesCors, timeouts, ...reportsOf(request, services, span) };
    exchanges.set(request, new Exchange(request, response, options));
    const forwarding = {
      host: upstream.authority,
      origin: forwardingHeaders(request, services.hosts, request.baseUrl),
      requestId: requestIdOf(response),
      trace: span?.headers ?? {},
      identity: identityHeaders(auth),
      isRefused: services.isRefused,
    };
    // Frozen: the proxy library would mark a chunked DELETE as empty and still send its body.
    request.headers = Object.freeze(requestHeaders(request, forwarding));
    request.url = upstreamTarget(request.url);
    forward(request, response, next).catch(next);
  };
};
