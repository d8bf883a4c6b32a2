import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { answers, type Answer } from '../answers';
import { errorCode } from '../error-code';
import type { Timeouts } from '../limits';
import { ServerChoice } from '../proxy/server-choice';
import type { UpstreamServers } from '../proxy/servers';
import type { Upstream } from '../proxy/upstream';
import { REASONS } from '../proxy/upstream-failure';

/** A listener without a scope, so that the socket of an open WebSocket keeps nothing of its handshake. */
const ignore = (): void => undefined;

/** Called once with the result of a handshake. */
export interface HandshakeListener {
  /** @param head bytes that followed the response */
  readonly onSwitched: (incoming: IncomingMessage, socket: Socket, head: Buffer) => void;
  /** Called for any other response than 101. */
  readonly onResponse: (incoming: IncomingMessage) => void;
  readonly onFailure: (answer: Answer, reason: string) => void;
}

export interface HandshakeOptions {
  readonly servers: UpstreamServers;
  readonly timeouts: Timeouts;
  /** Returns path and headers of the request to a server. */
  readonly requestTo: (server: Upstream) => Pick<RequestOptions, 'path' | 'headers'>;
  /** Called with each server before the attempt to connect to it. */
  readonly onAttempt: (server: Upstream) => void;
  /** Called when another server is tried, with the reason why the one before failed. */
  readonly onRepeated: (reason: string) => void;
}

/**
 * A WebSocket handshake with one of the servers of an API, over a connection of its own. Tries another server if no
 * connection can be opened, because a handshake has no effect before it arrives.
 */
export class UpstreamHandshake {
  readonly #options: HandshakeOptions;
  readonly #listener: HandshakeListener;
  readonly #choice: ServerChoice;
  #timer: NodeJS.Timeout | undefined;
  #socket: Socket | undefined;
  #isSettled = false;

  constructor(options: HandshakeOptions, listener: HandshakeListener) {
    const { servers, timeouts } = options;
    this.#options = options;
    this.#listener = listener;
    this.#choice = new ServerChoice({ servers, connect: timeouts.connect, isRepeatable: true });
  }

  start(): void {
    this.#connectTo(this.#choice.chooseFirst());
  }

  /** Ends the handshake without a call of the listener; no effect after its result. */
  abort(): void {
    if (this.#settle()) this.#socket?.destroy();
  }

  /** @returns whether there is a server */
  #connectTo(server: Upstream | undefined): boolean {
    if (server === undefined) return false;
    this.#options.onAttempt(server);
    const socket = server.opener.connect((error) => {
      if (this.#isSettled || this.#socket !== socket) return;
      if (error === undefined) this.#send(server, socket);
      else this.#onConnectionFailure(answers.badGateway, errorCode(error));
    });
    this.#socket = socket.on('error', ignore);
    this.#timer = setTimeout(
      () => this.#onConnectionFailure(answers.gatewayTimeout, REASONS.notConnected),
      this.#choice.timeToConnect(),
    );
    return true;
  }

  #onConnectionFailure(answer: Answer, reason: string): void {
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#choice.onConnectionFailure();
    if (this.#connectTo(this.#choice.chooseOther())) this.#options.onRepeated(reason);
    else this.#fail(answer, reason);
  }

  #send(server: Upstream, socket: Socket): void {
    clearTimeout(this.#timer);
    const onSilence = (): void => this.#fail(answers.gatewayTimeout, REASONS.silent);
    this.#timer = setTimeout(onSilence, this.#options.timeouts.response);
    const outgoing = request({ ...this.#options.requestTo(server), method: 'GET', createConnection: () => socket });
    outgoing.once('upgrade', (incoming, _socket, head) => this.#onSwitched(incoming, socket, head));
    outgoing.once('response', (incoming) => this.#onResponse(incoming));
    outgoing.on('error', (error) => this.#fail(answers.badGateway, errorCode(error)));
    // Covers a connection that ends without a response and without an error.
    outgoing.once('close', () => this.#fail(answers.badGateway, REASONS.closed));
    outgoing.end();
  }

  #onSwitched(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!this.#settle()) return void socket.destroy();
    this.#choice.onResponse();
    this.#listener.onSwitched(incoming, socket, head);
  }

  #onResponse(incoming: IncomingMessage): void {
    if (!this.#settle()) return void incoming.destroy();
    this.#choice.onResponse();
    this.#listener.onResponse(incoming);
  }

  #fail(answer: Answer, reason: string): void {
    if (!this.#settle()) return;
    this.#socket?.destroy();
    this.#listener.onFailure(answer, reason);
  }

  /** @returns whether there was no result yet */
  #settle(): boolean {
    const isFirst = !this.#isSettled;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    return isFirst;
  }
}
