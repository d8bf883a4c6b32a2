import type { ScopegateOptions } from 'scopegate';
import { rawRequest, sendRaw, serve, type RawResponse } from '../http/raw-http';
import { anApiGate, apis, type ApiScope } from './api-gate';
import { APPLICATION, JOHN, type Pair } from './gate';

/** The lines of a WebSocket handshake besides the request line. */
export const HANDSHAKE = [
  'Host: x',
  'Connection: keep-alive, Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
] as const;

/** A request as raw lines, because HTTP clients do not send a handshake with any fault. */
export interface RawLines {
  /** The request line. @default `GET /orders/ HTTP/1.1` */
  readonly first?: string;
  /** The header fields. @default those of a handshake */
  readonly fields?: readonly string[];
  /** Further header fields. */
  readonly more?: readonly string[];
}

/**
 * A served gate whose API orders accepts WebSocket handshakes, and whose API stock does not. The application subscribes
 * to both.
 */
export const aWebSocketGate = async (overrides: Partial<ScopegateOptions<ApiScope>> = {}) => {
  const { orders, stock } = apis;
  if (orders === undefined || stock === undefined) throw new Error('an API is missing');
  const [key, secret] = APPLICATION;
  const application = { name: 'Orders app', owner: JOHN[0], consumerKey: key, consumerSecret: secret };
  const api = anApiGate({
    apis: { orders: { ...orders, websocket: true }, stock },
    applications: [{ ...application, subscriptions: ['orders', 'stock'] }],
    ...overrides,
  });
  const { port, url } = await serve(api.app);
  const send = ({ first = 'GET /orders/ HTTP/1.1', fields = HANDSHAKE, more = [] }: RawLines): Promise<RawResponse> =>
    sendRaw(port, rawRequest([first, ...fields, ...more]));
  const signIn = (scope = 'read', credentials: Pair = APPLICATION) => api.signIn(credentials, scope);
  return { ...api, url, send, signIn };
};
