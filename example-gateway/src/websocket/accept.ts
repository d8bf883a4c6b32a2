import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { elementsOf, hasElement } from './handshake-request';

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
  /** The value of `Sec-WebSocket-Extensions`. */
  readonly extensions: string | undefined;
}

/** The names in a list of extensions, without their parameters (RFC 6455 §9.1). */
const namesIn = (extensions: string | undefined): readonly string[] =>
  elementsOf(extensions).map((extension) => (extension.split(';')[0] ?? '').trim());

/** Checks whether an upstream has selected extensions among those that were offered. */
const areOffered = (selected: string | undefined, offered: string | undefined): boolean => {
  const names = namesIn(offered);
  return selected === undefined || (selected !== '' && namesIn(selected).every((name) => names.includes(name)));
};

/** Checks whether a 101 accepts the handshake as a client would (RFC 6455 §4.1). */
export const isAcceptance = (incoming: IncomingMessage, { key, subprotocols, extensions }: Offer): boolean => {
  const { httpVersion, headers } = incoming;
  const selected = headers['sec-websocket-protocol'];
  return (
    httpVersion === '1.1' &&
    hasElement(headers.upgrade, 'websocket') &&
    hasElement(headers.connection, 'upgrade') &&
    headers['sec-websocket-accept'] === acceptOf(key) &&
    (selected === undefined || subprotocols.includes(selected)) &&
    areOffered(headers['sec-websocket-extensions'], extensions)
  );
};
