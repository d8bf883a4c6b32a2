import type { ServerResponse } from 'node:http';
import { cutOff } from './cut-off';

/** A response that the gateway itself generates. All of them have this shape. */
export interface Answer {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  /** The reason in the access log and in metrics. @default the error */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const answers = {
  notFound: { status: 404, error: 'not_found', description: 'There is no such resource.' },
  ambiguous: {
    status: 400,
    error: 'invalid_request',
    reason: 'ambiguous',
    description: 'The request can be read in more than one way.',
  },
  unmetExpectation: {
    status: 417,
    error: 'invalid_request',
    reason: 'expectation',
    description: 'The gateway meets no expectation other than 100-continue.',
  },
  draining: {
    status: 503,
    error: 'temporarily_unavailable',
    reason: 'draining',
    description: 'The gateway is draining: it is shutting down.',
    headers: { 'Retry-After': '1' },
  },
  failed: { status: 500, error: 'server_error', description: 'The gateway met an unexpected condition.' },
  badGateway: { status: 502, error: 'bad_gateway', description: 'The upstream sent no usable response.' },
  noUpgrade: {
    status: 501,
    error: 'not_implemented',
    description: 'This API does not accept WebSocket connections.',
  },
  badHandshake: {
    status: 400,
    error: 'invalid_request',
    reason: 'bad_handshake',
    description: 'The WebSocket handshake is malformed.',
  },
  otherWebSocketVersion: {
    status: 426,
    error: 'invalid_request',
    reason: 'bad_handshake',
    description: 'Use version 13 of the WebSocket protocol.',
    headers: { 'Sec-WebSocket-Version': '13', Upgrade: 'websocket', Connection: 'Upgrade, close' },
  },
  tooManyWebSockets: {
    status: 429,
    error: 'too_many_requests',
    reason: 'websockets',
    description: 'This client has too many open WebSockets. Close one first.',
    headers: { 'Retry-After': '10' },
  },
  webSocketsFull: {
    status: 503,
    error: 'temporarily_unavailable',
    reason: 'websockets',
    description: 'The gateway has too many open WebSockets.',
    headers: { 'Retry-After': '10' },
  },
  tokenEnded: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token has ended.',
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  },
  cannotCheck: {
    status: 503,
    error: 'temporarily_unavailable',
    reason: 'store',
    description: 'The access token cannot be checked.',
    headers: { 'Retry-After': '1' },
  },
  overloaded: {
    status: 503,
    error: 'temporarily_unavailable',
    reason: 'overloaded',
    description: 'Too many requests wait for the upstream.',
    headers: { 'Retry-After': '1' },
  },
  tooManyUploads: {
    status: 429,
    error: 'too_many_requests',
    reason: 'uploads',
    description: 'Too many bodies of this client have not arrived completely.',
    headers: { 'Retry-After': '1' },
  },
  gatewayTimeout: { status: 504, error: 'gateway_timeout', description: 'The upstream did not respond in time.' },
} as const satisfies Readonly<Record<string, Answer>>;

export const methodNotAllowed = (methods: readonly string[]): Answer => ({
  status: 405,
  error: 'method_not_allowed',
  description: 'This resource does not support this method.',
  headers: { Allow: methods.join(', ') },
});

/** Headers that describe the connection or the request; `send` keeps them. */
const kept = new Set(['connection', 'strict-transport-security', 'x-request-id']);

const sent = new WeakMap<ServerResponse, Answer>();

/** Returns the reason of an answer that `send` has sent; `undefined` for any other response. */
export const reasonOf = (response: ServerResponse): string | undefined => {
  const answer = sent.get(response);
  return answer?.reason ?? answer?.error;
};

export const bodyOf = ({ error, description }: Answer): string =>
  JSON.stringify({ error, error_description: description });

/** Sends an answer. Destroys a response that has already begun, so that the client detects the truncation. */
export const send = (response: ServerResponse, answer: Answer): void => {
  if (response.headersSent) {
    if (!response.writableFinished) cutOff(response);
    return;
  }
  for (const name of response.getHeaderNames()) if (!kept.has(name)) response.removeHeader(name);
  sent.set(response, answer);
  response.statusCode = answer.status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.end(bodyOf(answer));
};
