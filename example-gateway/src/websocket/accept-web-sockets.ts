import type { Request, RequestHandler, Response } from 'express';
import type { Gate } from 'scopegate';
import { answers, send } from '../answers';
import { onClosed } from '../observe/closed-response';
import { requestIdOf } from '../observe/request-id';
import { withoutCors } from '../proxy/cors-headers';
import { forwardingHeaders } from '../proxy/forwarding';
import { identityHeaders } from '../proxy/identity';
import { reportsOf, startSpan, type ProxyServices } from '../proxy/proxy';
import { requestHeaders } from '../proxy/request-headers';
import { belowContext, joinTarget, upstreamTarget } from '../proxy/request-target';
import { editGuarded, editPublic } from '../proxy/response-headers';
import type { Upstream } from '../proxy/upstream';
import type { UpstreamSpan } from '../tracing/tracing';
import { clientKeyOf } from './client-key';
import { GatewayWebSocket, type WebSocketPlace } from './gateway-web-socket';
import { namesWebSocket, refusalOfHandshake } from './handshake-request';
import { subprotocolsIn, type Subprotocols } from './subprotocols';
import { upgradedConnectionOf } from './upgrades';
import { WebSocketExchange } from './web-socket-exchange';
import type { WebSocketSlots } from './web-socket-slots';
import { withoutTicket } from './web-socket-target';

export interface WebSocketServices extends ProxyServices, WebSocketPlace {
  readonly gate: Pick<Gate, 'findAuth' | 'observe' | 'watch'>;
  readonly slots: WebSocketSlots;
  readonly isDraining: () => boolean;
}

/** Returns the headers of the handshake with an upstream: those of any request, and the subprotocols without a token. */
const headersFor = (
  request: Request,
  response: Response,
  { hosts, authOf, isRefused }: WebSocketServices,
  { others }: Subprotocols,
  span: UpstreamSpan | undefined,
) => {
  const forwarding = {
    origin: forwardingHeaders(request, hosts, request.baseUrl),
    requestId: requestIdOf(response),
    trace: span?.headers ?? {},
    identity: identityHeaders(authOf(request)),
    isRefused: (folded: string) => folded === 'secwebsocketprotocol' || isRefused(folded),
  };
  const own = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    ...(others.length === 0 ? {} : { 'sec-websocket-protocol': others.join(', ') }),
  };
  return ({ authority }: Upstream) => ({ ...requestHeaders(request, { ...forwarding, host: authority }), ...own });
};

/** Accepts WebSocket handshakes that passed the guard of an API; other requests are for the proxy. */
export const withWebSockets =
  (proxy: RequestHandler, services: WebSocketServices): RequestHandler =>
  (request, response, next) => {
    if (!namesWebSocket(request)) return proxy(request, response, next);
    const connection = upgradedConnectionOf(request);
    const refusal = refusalOfHandshake(request);
    if (refusal !== undefined || connection === undefined) return send(response, refusal ?? answers.badHandshake);
    if (services.isDraining()) return send(response, answers.draining);
    const auth = services.authOf(request);
    const release = services.slots.take(clientKeyOf(auth, request.ip));
    if (release === 'client') return send(response, answers.tooManyWebSockets);
    if (release === 'total') return send(response, answers.webSocketsFull);

    const { api, resource, clientId } = services.gate.observe(request);
    const facts = { api: api ?? services.api, resource, clientId, requestId: requestIdOf(response) };
    const webSocket = new GatewayWebSocket(facts, services, release);
    onClosed(response, () => webSocket.onAnswered());
    const span = startSpan(request, response, services);
    const subprotocols = subprotocolsIn(request.headers['sec-websocket-protocol']);
    const target = upstreamTarget(withoutTicket(belowContext(request)));
    const headers = headersFor(request, response, services, subprotocols, span);
    const edit = auth === undefined ? editPublic : editGuarded;
    const { onAttempt, onRepeated, ...reports } = reportsOf(request, services, span);
    const exchange = new WebSocketExchange(request, response, {
      connection,
      upstream: {
        onAttempt,
        onRepeated,
        servers: services.servers,
        timeouts: services.timeouts,
        requestTo: (server) => ({ path: joinTarget(server, target), headers: headers(server) }),
      },
      subprotocols,
      isGuarded: auth !== undefined,
      edit: services.decidesCors ? withoutCors(edit) : edit,
      onSwitched: (switched) => webSocket.open(switched),
      ...reports,
    });
    webSocket.begin(request, exchange);
    return exchange.start();
  };
