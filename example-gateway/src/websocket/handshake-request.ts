import type { IncomingMessage } from 'node:http';

/** Splits the value of a header that is a list (RFC 9110 §5.6.1). */
export const elementsOf = (value: string | undefined): readonly string[] =>
  (value ?? '')
    .split(',')
    .map((element) => element.trim())
    .filter(Boolean);

/** Checks whether a request names WebSocket in `Upgrade`, alone or among others, with or without a version. */
export const namesWebSocket = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  elementsOf(headers.upgrade).some((protocol) => /^websocket\b/i.test(protocol));

/**
 * Checks whether a request can be a WebSocket handshake (RFC 6455 §4.1): a GET without a body. What else a handshake
 * must have is checked after the guard.
 */
export const isHandshake = (request: IncomingMessage): boolean => {
  const { method, httpVersion, headers } = request;
  if (method !== 'GET' || httpVersion !== '1.1' || !namesWebSocket(request)) return false;
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
};
