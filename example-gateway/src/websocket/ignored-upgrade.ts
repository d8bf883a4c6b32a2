import type { IncomingMessage, Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { elementsOf, namesWebSocket } from './handshake-request';

const LINE_END = '\r\n';

/** Both make Node's parser stop for an upgrade. */
const CONNECTION = new Set(['connection', 'proxy-connection']);

const withoutUpgrade = (options: string): string =>
  elementsOf(options)
    .filter((option) => option.toLowerCase() !== 'upgrade')
    .join(', ');

/**
 * Returns the value of a header line without an upgrade; `undefined` for a line that is left out. A line `Upgrade` that
 * names WebSocket stays, because such a request is refused; any other is left out.
 */
const plainValue = (folded: string, value: string, isKept: boolean): string | undefined => {
  if (folded === 'upgrade') return isKept ? value : undefined;
  return CONNECTION.has(folded) ? withoutUpgrade(value) || undefined : value;
};

/** Writes the head of a request as it was received, without the upgrade. */
const plainHead = (request: IncomingMessage): Buffer => {
  const { method, url, httpVersion, rawHeaders } = request;
  const isKept = namesWebSocket(request);
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = plainValue(name.toLowerCase(), rawHeaders[index + 1] ?? '', isKept);
    if (value !== undefined) lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join(LINE_END)}${LINE_END}${LINE_END}`, 'latin1');
};

/**
 * Serves a request whose upgrade the gateway ignores, such as `h2c` of Java clients, as the plain request that it also
 * is (RFC 9110 §7.8). Node's parser has stopped behind its head, so the connection begins again with the same head
 * without the upgrade. So the body and the requests that follow are read as well: without a listener for upgrades, Node
 * would drop what follows in the same packet.
 */
export const serveWithoutUpgrade = (server: Server, request: IncomingMessage, socket: Duplex, rest: Buffer): void => {
  socket.removeAllListeners('timeout'); // Node's own, which it adds again
  socket.unshift(Buffer.concat([plainHead(request), rest]));
  server.emit(server instanceof TlsServer ? 'secureConnection' : 'connection', socket);
};
