import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { copyHeaders, type Edit } from '../proxy/response-headers';
import { rawHeadersOf } from './raw-headers';

/** Headers that the gateway sets, and those that a 101 must not have (RFC 9110 §8.6). */
const OWN = new Set(['secwebsocketprotocol', 'contentlength']);

export interface Switch {
  readonly edit: Edit;
  readonly subprotocol: string | undefined;
}

/**
 * Sends the 101 of the upstream to the client and releases the connection from the response, which ends: what logs and
 * counts requests gets a complete one.
 *
 * @throws TypeError for a header line that HTTP does not allow; nothing is sent then
 */
export const sendSwitch = (
  response: ServerResponse,
  socket: Socket,
  incoming: IncomingMessage,
  { edit, subprotocol }: Switch,
): void => {
  response.statusCode = 101;
  copyHeaders(rawHeadersOf(incoming), response, (folded, value) => (OWN.has(folded) ? undefined : edit(folded, value)));
  response.setHeader('Connection', 'Upgrade').setHeader('Upgrade', 'websocket');
  if (subprotocol !== undefined) response.setHeader('Sec-WebSocket-Protocol', subprotocol);
  response.once('finish', () => {
    response.detachSocket(socket);
    response.emit('close');
  });
  response.end();
};
