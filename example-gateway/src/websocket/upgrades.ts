import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ExpressResponse } from '../express-messages';
import { OpenResponses } from '../open-responses';
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
 * Serves the requests with `Upgrade`, which Node does not emit as `request` if there is a listener for upgrades, each
 * after the earlier ones on its connection. A WebSocket handshake passes through the same listeners as any other GET,
 * with a response that closes the connection unless it is 101. Other upgrades are ignored.
 */
export class Upgrades {
  readonly #server: Server;
  readonly #responses: OpenResponses;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    this.#responses = new OpenResponses(server);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const connection = socket as Socket;
      const release = this.#track(connection);
      this.#responses.whenFinished(connection, () => {
        if (isHandshake(request)) return this.#serve(request, connection, head);
        release();
        return serveWithoutUpgrade(server, request, connection, head);
      });
    });
  }

  /** Destroys the connections of all handshakes and WebSockets, which the HTTP server has released. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const connection = new UpgradedConnection(socket, head);
    connections.set(request, connection);
    const response = new ExpressResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    relayDrain(socket, response);
    response.once('finish', () => connection.closeAfterResponse());
    this.#server.emit('request', request, response);
  }

  /** @returns a function for a connection that the HTTP server takes back */
  #track(socket: Socket): () => void {
    const release = (): void => {
      this.#sockets.delete(socket);
      socket.off('close', release);
    };
    this.#sockets.add(socket);
    socket.once('close', release);
    return release;
  }
}
