import type { IncomingMessage, Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { elementsOf } from './handshake-request';

const LINE_END = '\r\n';

const withoutUpgrade = (connection: string): string =>
  elementsOf(connection)
    .filter((option) => option.toLowerCase() !== 'upgrade')
    .join(', ');

/** Writes the head of a request as it was received, without the option `upgrade` of `Connection`. */
const plainHead = ({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer => {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const isConnection = name.toLowerCase() === 'connection';
    const kept = isConnection ? withoutUpgrade(value) : value;
    if (!isConnection || kept !== '') lines.push(`${name}: ${kept}`);
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
