import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onClosed } from '../observe/closed-response';

const ignore = (): void => undefined;

/** The responses before an upgrade on each connection of a server: a client may have sent it behind other requests. */
export class EarlierResponses {
  /** In their order, those at the front possibly closed. */
  readonly #responses = new WeakMap<Socket, ServerResponse[]>();

  constructor(server: Server) {
    server.on('request', (request: IncomingMessage & { readonly upgrade?: boolean }, response) => {
      if (request.upgrade !== true) this.#openOf(request.socket).push(response); // an open WebSocket keeps no response
    });
  }

  /**
   * Calls a function when all earlier responses of a connection are finished; never if it closes before. Node has
   * released the connection, so what it did for these responses is done here.
   */
  whenFinished(socket: Socket, begin: () => void): void {
    const responses = this.#openOf(socket);
    const last = responses.at(-1);
    if (last === undefined) return begin();
    const onDrain = (): void => void responses.find((response) => response.socket === socket)?.emit('drain');
    socket.on('drain', onDrain).on('error', ignore); // `close` follows an error
    return onClosed(last, () => {
      socket.off('drain', onDrain);
      if (socket.destroyed || socket.writableEnded) return;
      socket.off('error', ignore);
      begin();
    });
  }

  #openOf(socket: Socket): ServerResponse[] {
    const responses = this.#responses.get(socket) ?? [];
    while (responses[0]?.closed === true) responses.shift();
    if (responses.length === 0) this.#responses.set(socket, responses);
    return responses;
  }
}
