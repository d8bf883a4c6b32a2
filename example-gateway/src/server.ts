import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Listen, Tls } from './configuration/listen';
import { errorCode } from './error-code';
import { expressMessages } from './express-messages';
import { defaultLimits } from './limits';
import { lingerAfterEarlyResponse } from './lingering';
import { hasBody } from './proxy/request-body';
import { refuseUnreadable } from './unreadable-request';

const limits = {
  // Bounds how long a client that sends its headers byte by byte can hold a connection.
  headersTimeout: 10_000,
  // Bodies stream, and a large upload over a slow line takes long; a stalled one already ends after the client's pause.
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 5_000,
  requireHostHeader: false, // refused in ingress.ts, with a body
};

/** Checks whether a connection is idle because its client sends nothing, or reads nothing of the response. */
const isClientAwaited = ({ req, writableFinished, writableLength }: ServerResponse): boolean =>
  writableFinished || writableLength > 0 || (!req.complete && req.readableLength === 0);

/** Checks whether a client would take a refusal for, or into, the response to an earlier request. */
const isForEarlier = (last: ServerResponse | undefined): boolean =>
  last !== undefined && !last.writableFinished && (last.headersSent || last.req.complete || last.socket === null);

interface ServerOptions extends Pick<Listen, 'tls'> {
  readonly logger: Logger;
  /** See `Limits`. */
  readonly clientPause?: number;
}

/** Creates the HTTP server with strict parsing. Handlers are added as listeners of `request`. */
export const openServer = ({ tls, logger, clientPause = defaultLimits.clientPause }: ServerOptions): Server => {
  const options = { ...limits, ...expressMessages };
  const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls });
  server.setTimeout(clientPause);
  // Node would hide the lines behind the first thousand, such as the length of a body. A head is limited by its bytes.
  server.maxHeadersCount = 0;
  // The server emits an error for a connection that it cannot accept, such as when file descriptors run out.
  server.on('error', (error) => {
    if (server.listening) logger.error({ code: errorCode(error) }, 'A connection could not be accepted');
  });

  const lastResponse = new WeakMap<object, ServerResponse>();
  server.on('request', (request: IncomingMessage & { readonly upgrade?: boolean }, response: ServerResponse) => {
    if (request.upgrade !== true) lastResponse.set(request.socket, response); // Node parses no more after an upgrade
    if (hasBody(request)) lingerAfterEarlyResponse(request, response);
  });
  server.on('timeout', (socket: Socket) => {
    const response = lastResponse.get(socket);
    if (response === undefined || isClientAwaited(response)) socket.destroy();
    else socket.setTimeout(clientPause);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const response = lastResponse.get(socket);
    if (response?.writableFinished === true && response.getHeader('connection') === 'close') return; // the response has been sent
    if (isForEarlier(response) || !socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else refuseUnreadable(socket, error.code);
  });
  // Node's own response would have no body and no id. See ingress.ts.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
  server.on('connect', (_request, socket: Duplex) => {
    if (isForEarlier(lastResponse.get(socket))) socket.destroy();
    else refuseUnreadable(socket);
  });
  return server;
};

/** Uses another certificate for new connections. Open connections keep theirs. */
export const changeCertificate = (server: Server, { cert, key }: Tls): void => {
  if (server instanceof TlsServer) server.setSecureContext({ cert, key });
};
