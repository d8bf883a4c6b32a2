import type { IncomingMessage } from 'node:http';
import type { BearerCredentials } from './credentials';

/** The subprotocol that announces a token: the element after it in `Sec-WebSocket-Protocol` is the access token. */
const BEARER = 'bearer';

const elementsOf = (field: string | undefined): readonly string[] =>
  field === undefined ? [] : field.split(',').map((element) => element.trim());

const hasElement = (field: string | undefined, element: string): boolean =>
  elementsOf(field).some((one) => one.toLowerCase() === element);

/** Checks whether a request asks to open a WebSocket (RFC 6455 §4.1). */
export const isHandshake = ({ method, httpVersion, headers }: IncomingMessage): boolean =>
  headers.upgrade !== undefined &&
  method === 'GET' &&
  httpVersion === '1.1' &&
  hasElement(headers.upgrade, 'websocket') &&
  hasElement(headers.connection, 'upgrade');

// One with an empty element is no list of tokens (RFC 6455 §4.1, RFC 9110 §5.6.2).
const token = /^[A-Za-z0-9._~+-]+$/;

/**
 * Reads the access token from the subprotocols of a handshake: `bearer, <token>`. Names of subprotocols are compared
 * exactly (RFC 6455 §4.1), so `bearer` in another case is malformed: a client would not accept `bearer` in the response.
 */
export const readSubprotocolCredentials = (field: string | undefined): BearerCredentials => {
  const elements = elementsOf(field);
  const places = elements.flatMap((element, index) => (element.toLowerCase() === BEARER ? [index] : []));
  const [place] = places;
  if (place === undefined) return { kind: 'none' };
  const found = elements[place + 1];
  const isValid = places.length === 1 && elements[place] === BEARER && found !== undefined && token.test(found);
  return isValid ? { kind: 'token', token: found } : { kind: 'malformed' };
};
