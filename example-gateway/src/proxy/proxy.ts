import type { Request, RequestHandler, Response } from 'express';
import type { Auth, Environment } from 'scopegate';
import type { Timeouts } from '../limits';
import type { Repeats } from '../log/repeats';
import { onClosed } from '../observe/closed-response';
import { requestIdOf } from '../observe/request-id';
import type { UpstreamListener } from '../metrics/upstream-metrics';
import { methodInTraces, spanOf } from '../tracing/trace-requests';
import type { Tracing, UpstreamSpan } from '../tracing/tracing';
import { closeWithToken, type Watch } from './event-streams';
import { Exchange, type ExchangeOptions } from './exchange';
import { forwardingHeaders, type PublicHosts } from './forwarding';
import { identityHeaders } from './identity';
import { requestHeaders } from './request-headers';
import { belowContext, upstreamTarget } from './request-target';
import type { UpstreamServers } from './servers';
import type { ClientShares } from './client-shares';
import { kindOfFailure } from './upstream-failure';

export interface ProxyServices {
  readonly api: string;
  /** The environment of these servers, for the log. */
  readonly environment: Environment;
  readonly servers: UpstreamServers;
  /** Returns the caller; `undefined` on a public resource. */
  readonly authOf: (request: Request) => Auth | undefined;
  /** Watches the token of a request that was authorized by one. */
  readonly watch: Watch;
  readonly hosts: PublicHosts;
  /** Checks whether a header, by its folded name, is removed from a client request. */
  readonly isRefused: (folded: string) => boolean;
  /** True if the CORS headers of the gate replace those of the upstream. */
  readonly decidesCors: boolean;
  /** Left out: requests are not traced. */
  readonly tracing: Tracing | undefined;
  readonly timeouts: Timeouts;
  readonly uploads: ClientShares;
  /** Responses that their clients do not read. */
  readonly stalls: ClientShares;
  readonly failures: Repeats;
  /** Left out: no clock is read for it. */
  readonly upstreamListener: UpstreamListener | undefined;
}

/** Starts the span of the request to the upstream, if the request is traced. It ends with the response. */
export const startSpan = (request: Request, response: Response, { tracing }: ProxyServices) => {
  const parent = spanOf(response);
  if (tracing === undefined || parent === undefined) return undefined;
  const span = tracing.startUpstream(methodInTraces(request.method), parent);
  if (span !== undefined) onClosed(response, () => span.end());
  return span;
};

/** Returns the callbacks of an exchange: they log, count and trace its result. */
export const reportsOf = (
  { method }: Request,
  { api, environment, failures, upstreamListener }: ProxyServices,
  span: UpstreamSpan | undefined,
): Pick<ExchangeOptions, 'onAttempt' | 'onRepeated' | 'onResponse' | 'report' | 'onIncomplete'> => {
  const began = upstreamListener && performance.now();
  let server: string | undefined;
  return {
    onAttempt: ({ authority, host }) => {
      server = authority;
      span?.onAttempt(host);
    },
    onRepeated: (reason) => upstreamListener?.onFailure(api, kindOfFailure(reason)),
    onResponse: (status) => {
      if (began !== undefined) upstreamListener?.onResponse(api, performance.now() - began);
      span?.onResponse(status);
    },
    report: ({ status }, reason) => {
      upstreamListener?.onFailure(api, kindOfFailure(reason));
      span?.onFailure(reason);
      const fields = { api, environment, ...(server === undefined ? {} : { server }), method, status, reason };
      failures.write('warn', fields, 'An upstream failed');
    },
    onIncomplete: (reason) => {
      span?.onFailure(reason);
      failures.write('warn', { api, environment, method, reason }, 'An upstream did not complete its response');
    },
  };
};

/** Sends requests that passed the guard to the API's upstream. Mounted at the API's context. */
export const proxyTo =
  (services: ProxyServices): RequestHandler =>
  (request, response) => {
    const span = startSpan(request, response, services);
    const auth = services.authOf(request);
    const origin = forwardingHeaders(request, services.hosts, request.baseUrl);
    const forwarding = {
      origin,
      requestId: requestIdOf(response),
      trace: span?.headers ?? {},
      identity: identityHeaders(auth),
      isRefused: services.isRefused,
    };
    const reports = reportsOf(request, services, span);
    new Exchange(request, response, {
      servers: services.servers,
      target: upstreamTarget(belowContext(request)),
      headersFor: ({ authority }) => requestHeaders(request, { ...forwarding, host: authority }),
      isGuarded: auth !== undefined,
      decidesCors: services.decidesCors,
      timeouts: services.timeouts,
      beginUpload: () => services.uploads.begin(request.ip ?? ''),
      beginStall: () => services.stalls.begin(request.ip ?? ''),
      ...reports,
      onResponse: (status) => {
        reports.onResponse(status);
        if (auth !== undefined) closeWithToken(request, response, services.watch);
      },
    }).start();
  };
