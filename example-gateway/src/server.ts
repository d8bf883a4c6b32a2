import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { bodyOf, type Answer } from './answers';
import { transportSecurityLine } from './client-connection';
import { authorityOf, type Address } from './configuration/address';
import { StartError } from './configuration/fault';
import type { Listen, Tls } from './configuration/listen';
import { errorCode } from './error-code';
import { expressMessages } from './express-messages';
import { defaultLimits } from './limits';
import { lingerAfterEarlyResponse } from './lingering';
import { newRequestIdLine } from './observe/request-id';
import { hasBody } from './proxy/request-body';

const limits = {
  // Bounds how long a client that sends its headers byte by byte can hold a connection.
  headersTimeout: 10_000,
  // Bodies stream, and a large upload over a slow line takes long; a stalled one already ends after the client's pause.
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 5_000,
  requireHostHeader: false, // refused in ingress.ts, with a body
};

const BETWEEN_SWEEPS = 50;

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

const unreadable = (code: string | undefined): Answer => {
  const error = 'invalid_request';
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, error, description: 'The headers are too long.' };
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return { status: 413, error, description: 'The body is too long.' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, error, description: 'The request took too long.' };
  return { status: 400, error, description: 'The request is malformed.' };
};

/** Responds to bytes that could not be parsed as a request, and closes the connection. */
const respondAndClose = (socket: Duplex, answer: Answer): void => {
  const body = bodyOf(answer);
  const lines = [
    `HTTP/1.1 ${answer.status} ${reasons[answer.status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    newRequestIdLine(),
    ...('encrypted' in socket ? [transportSecurityLine] : []),
  ];
  socket.on('error', () => undefined);
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};

/** Checks whether a connection is idle because its client sends nothing, or reads nothing of the response. */
const isClientAwaited = ({ req, writableFinished, writableLength }: ServerResponse): boolean =>
  writableFinished || writableLength > 0 || (!req.complete && req.readableLength === 0);

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
    const isInFlight = response !== undefined && response.headersSent && !response.writableFinished;
    if (isInFlight || !socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else respondAndClose(socket, unreadable(error.code));
  });
  server.on('connect', (_request, socket: Duplex) => respondAndClose(socket, unreadable(undefined)));
  return server;
};

/** Uses another certificate for new connections. Open connections keep theirs. */
export const changeCertificate = (server: Server, { cert, key }: Tls): void => {
  if (server instanceof TlsServer) server.setSecureContext({ cert, key });
};

const whenListening = (server: Server, { host, port }: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/**
 * Resolves with `host:port`, as written in a URL, once the server listens.
 *
 * @throws StartError if it cannot listen; `cure` is the advice for a port that is in use
 */
export const listen = async (server: Server, address: Address, cure: string): Promise<string> => {
  const { host, port } = address;
  try {
    return authorityOf({ host, port: await whenListening(server, address) });
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'EADDRINUSE' ? `the port is in use; ${cure}` : code;
    throw new StartError([`cannot listen on ${host}:${port}: ${why}`], 'gateway-address');
  }
};

/**
 * Accepts no more connections and waits for the requests in flight; cuts them off after `deadline` milliseconds.
 *
 * @param onCut called then, for connections that the HTTP server has released
 */
export const drain = (server: Server, deadline: number, onCut?: () => void): Promise<void> =>
  new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), BETWEEN_SWEEPS);
    const cut = setTimeout(() => {
      server.closeAllConnections();
      onCut?.();
    }, deadline);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
  });
