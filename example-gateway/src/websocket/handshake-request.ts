import type { IncomingMessage } from 'node:http';
import { answers, type Answer } from '../answers';

/** Splits the value of a header that is a list (RFC 9110 §5.6.1). */
export const elementsOf = (value: string | undefined): readonly string[] =>
  (value ?? '')
    .split(',')
    .map((element) => element.trim())
    .filter(Boolean);

/** Checks whether a list contains an element, given in lower case. */
export const hasElement = (value: string | undefined, element: string): boolean =>
  elementsOf(value).some((one) => one.toLowerCase() === element);

/** Checks whether a request names WebSocket in `Upgrade`, alone or among others, with or without a version. */
export const namesWebSocket = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers.upgrade !== undefined && elementsOf(headers.upgrade).some((protocol) => /^websocket\b/i.test(protocol));

/**
 * Checks whether a request can be a WebSocket handshake (RFC 6455 §4.1): a GET without a body. What else a handshake
 * must have is checked after the guard.
 */
export const isHandshake = (request: IncomingMessage): boolean => {
  const { method, httpVersion, headers } = request;
  if (method !== 'GET' || httpVersion !== '1.1' || !namesWebSocket(request)) return false;
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
};

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

const VERSION = '13';

/**
 * Returns the refusal of a request that names WebSocket and is no valid handshake (RFC 6455 §4.2.1); `undefined` for a
 * valid one. `Host` was checked before.
 */
export const refusalOfHandshake = (request: IncomingMessage): Answer | undefined => {
  const { headers } = request;
  const isAsked = hasElement(headers.upgrade, 'websocket') && hasElement(headers.connection, 'upgrade');
  if (!isHandshake(request) || !isAsked) return answers.badHandshake;
  if (headers['sec-websocket-version'] !== VERSION) return answers.otherWebSocketVersion;
  return KEY.test(headers['sec-websocket-key'] ?? '') ? undefined : answers.badHandshake;
};
