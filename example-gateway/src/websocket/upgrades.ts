import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ExpressResponse } from '../express-messages';
import { isHandshake } from './handshake-request';
import { serveWithoutUpgrade } from './ignored-upgrade';
import { UpgradedConnection } from './upgraded-connection';

const connections = new WeakMap<IncomingMessage, UpgradedConnection>();

/** Returns the connection of a WebSocket handshake; `undefined` for any other request. */
export const upgradedConnectionOf = (request: IncomingMessage): UpgradedConnection | undefined =>
  connections.get(request);

/** Emits `drain` of the socket on its response, as the HTTP server did until it released the connection. */
const relayDrain = (socket: Socket, response: ServerResponse): void => {
  const onDrain = (): void => void response.emit('drain');
  socket.on('drain', onDrain);
  response.once('close', () => socket.off('drain', onDrain)); // an open WebSocket keeps no response
};

/**
 * Serves the requests with `Upgrade`, which Node does not emit as `request` if there is a listener for upgrades. A
 * WebSocket handshake passes through the same listeners as any other GET, with a response that closes the connection
 * unless it is 101. Other upgrades are ignored.
 */
export class Upgrades {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (isHandshake(request)) this.#serve(request, socket as Socket, head);
      else serveWithoutUpgrade(server, request, socket, head);
    });
  }

  /** Destroys the connections of all handshakes and WebSockets, which the HTTP server has released. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#track(socket);
    const connection = new UpgradedConnection(socket, head);
    connections.set(request, connection);
    const response = new ExpressResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    relayDrain(socket, response);
    response.once('finish', () => connection.closeAfterResponse());
    this.#server.emit('request', request, response);
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
