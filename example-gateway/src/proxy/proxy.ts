import type { Request, RequestHandler, Response } from 'express';
import { createProxyMiddleware, type Options } from 'http-proxy-middleware';
import type { Auth, Environment } from 'scopegate';
import { answers } from '../answers';
import { errorCode } from '../error-code';
import type { Limits } from '../limits';
import type { Repeats } from '../log/repeats';
import { requestIdOf } from '../observe/request-id';
import type { UpstreamListener } from '../metrics/upstream-metrics';
import { Exchange } from './exchange';
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
  readonly limits: Limits;
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

/** Sends requests that passed the guard to the API's upstream. Mounted at the API's context. */
export const proxyTo = (services: ProxyServices): RequestHandler => {
  const { api, environment, upstream, limits, failures, upstreamListener } = services;
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
    const report = (answer: { readonly status: number }, reason: string): void => {
      upstreamListener?.onFailure(api, kindOfFailure(reason));
      failures.write(
        'warn',
        { api, environment, method: request.method, status: answer.status, reason },
        'An upstream failed',
      );
    };
    const began = upstreamListener && performance.now();
    const onResponse = (): void => {
      if (began !== undefined) upstreamListener?.onResponse(api, performance.now() - began);
    };
    const auth = services.authOf(request);
    exchanges.set(
      request,
      new Exchange(request, response, { isGuarded: auth !== undefined, limits, onResponse, report }),
    );
    const forwarding = {
      host: upstream.authority,
      origin: forwardingHeaders(request, services.hosts, request.baseUrl),
      requestId: requestIdOf(response),
      identity: identityHeaders(auth),
      isRefused: services.isRefused,
    };
    // Frozen: the proxy library would mark a chunked DELETE as empty and still send its body.
    request.headers = Object.freeze(requestHeaders(request, forwarding));
    request.url = upstreamTarget(request.url);
    forward(request, response, next).catch(next);
  };
};
