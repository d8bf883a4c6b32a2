import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onClosed } from './observe/closed-response';

const ignore = (): void => undefined;

/** Closes responses that wait for others on their connection: Node closes only the one that is being sent. */
const closeWaiting = (responses: readonly ServerResponse[]): void => {
  for (const response of responses) {
    if (response.closed || response.socket !== null) continue;
    response.destroy();
    response.emit('close');
  }
};

/** The responses of each connection of a server that are not closed: a client may send requests behind each other. */
export class OpenResponses {
  /** In their order, those at the front possibly closed. */
  readonly #responses = new WeakMap<Socket, ServerResponse[]>();

  constructor(server: Server) {
    server.on('request', (request: IncomingMessage & { readonly upgrade?: boolean }, response) => {
      if (request.upgrade !== true) this.#of(request.socket).push(response); // an open WebSocket keeps no response
    });
  }

  /**
   * Calls a function when all responses before an upgrade are finished; never if the connection closes before. Node has
   * released the connection, so what it did for these responses is done here.
   */
  whenFinished(socket: Socket, begin: () => void): void {
    const responses = this.#of(socket);
    const last = responses.at(-1);
    if (last === undefined) return begin();
    const onDrain = (): void => void responses.find((response) => response.socket === socket)?.emit('drain');
    const onEnd = (): void => void socket.destroy(); // its client waits for no response, as for a request
    socket.on('drain', onDrain).on('end', onEnd).on('error', ignore); // `close` follows an error
    return onClosed(last, () => {
      socket.off('drain', onDrain);
      if (socket.destroyed || socket.writableEnded) return;
      socket.off('end', onEnd).off('error', ignore);
      begin();
    });
  }

  #of(socket: Socket): ServerResponse[] {
    const responses = this.#responses.get(socket) ?? this.#begin(socket);
    while (responses[0]?.closed === true) responses.shift();
    return responses;
  }

  #begin(socket: Socket): ServerResponse[] {
    const responses: ServerResponse[] = [];
    this.#responses.set(socket, responses);
    socket.once('close', () => closeWaiting(responses));
    return responses;
  }
}
