import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hasElement } from './handshake-request';

/** The value that a server appends to the key (RFC 6455 §1.3). */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Returns the `Sec-WebSocket-Accept` for a key (RFC 6455 §4.2.2). */
export const acceptOf = (key: string): string =>
  createHash('sha1')
    .update(key + GUID)
    .digest('base64');

/** The handshake that an upstream has received. */
export interface Offer {
  readonly key: string;
  readonly subprotocols: readonly string[];
  readonly hasExtensions: boolean;
}

/** Checks whether a 101 accepts the handshake as a client would (RFC 6455 §4.1). */
export const isAcceptance = ({ headers }: IncomingMessage, { key, subprotocols, hasExtensions }: Offer): boolean => {
  const selected = headers['sec-websocket-protocol'];
  return (
    hasElement(headers.upgrade, 'websocket') &&
    hasElement(headers.connection, 'upgrade') &&
    headers['sec-websocket-accept'] === acceptOf(key) &&
    (selected === undefined || subprotocols.includes(selected)) &&
    (headers['sec-websocket-extensions'] === undefined || hasExtensions)
  );
};
