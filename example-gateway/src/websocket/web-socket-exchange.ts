import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Request, Response } from 'express';
import { answers, send, type Answer } from '../answers';
import { onClosed } from '../observe/closed-response';
import { copyHeaders, varyByToken, type Edit } from '../proxy/response-headers';
import { REASONS } from '../proxy/upstream-failure';
import { isAcceptance } from './accept';
import { rawHeadersOf } from './raw-headers';
import { selectedFor, type Subprotocols } from './subprotocols';
import { sendSwitch } from './switched-response';
import type { UpgradedConnection } from './upgraded-connection';
import { UpstreamHandshake, type HandshakeOptions } from './upstream-handshake';

/** Two connections that have switched to WebSocket, with the bytes that were read before. */
export interface Switched {
  readonly client: Socket;
  readonly clientHead: Buffer;
  readonly upstream: Socket;
  readonly upstreamHead: Buffer;
}

export interface WebSocketExchangeOptions {
  readonly connection: UpgradedConnection;
  readonly upstream: HandshakeOptions;
  readonly subprotocols: Subprotocols;
  /** True if the handshake was authorized by a token. */
  readonly isGuarded: boolean;
  readonly edit: Edit;
  /** Called with the status of the upstream when its response is passed on. */
  readonly onResponse: (status: number) => void;
  readonly onSwitched: (switched: Switched) => void;
  readonly report: (answer: Answer, reason: string) => void;
}

/** A handshake with a client and the one with an upstream. On any failure the client gets one response. */
export class WebSocketExchange {
  readonly #request: Request;
  readonly #response: Response;
  readonly #options: WebSocketExchangeOptions;
  readonly #handshake: UpstreamHandshake;

  constructor(request: Request, response: Response, options: WebSocketExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#handshake = new UpstreamHandshake(options.upstream, {
      onSwitched: (incoming, socket, head) => this.#onSwitched(incoming, socket, head),
      onResponse: (incoming) => this.#onResponse(incoming),
      onFailure: (answer, reason) => this.#fail(answer, reason),
    });
    onClosed(response, () => this.#handshake.abort());
  }

  start(): void {
    this.#options.connection.socket.setTimeout(0); // the time limits of the API apply instead
    this.#handshake.start();
  }

  /** Answers the client without a response of the upstream, or cuts that off if it has begun: it may have no end. */
  refuse(answer: Answer): void {
    this.#handshake.abort();
    send(this.#response, answer);
  }

  #onSwitched(incoming: IncomingMessage, upstream: Socket, upstreamHead: Buffer): void {
    const { connection, subprotocols, edit, onResponse, onSwitched } = this.#options;
    const { headers } = this.#request;
    const offer = {
      key: headers['sec-websocket-key'] ?? '',
      subprotocols: subprotocols.others,
      extensions: headers['sec-websocket-extensions'],
    };
    if (!isAcceptance(incoming, offer)) return this.#discard(upstream, REASONS.badHandshake);
    const client = connection.socket;
    const subprotocol = selectedFor(subprotocols, incoming.headers['sec-websocket-protocol']);
    try {
      sendSwitch(this.#response, client, incoming, { edit, subprotocol });
    } catch {
      return this.#discard(upstream, REASONS.invalidHeaders);
    }
    onResponse(101);
    onSwitched({ client, clientHead: connection.take(), upstream, upstreamHead });
  }

  /** Passes on a refusal of the upstream, which has a body like any response. */
  #onResponse(incoming: IncomingMessage): void {
    const { connection, edit, isGuarded, onResponse, upstream } = this.#options;
    // Node emits a 101 without Upgrade as a response.
    if (incoming.statusCode === 101) return this.#discard(incoming.socket, REASONS.badHandshake);
    this.#response.statusCode = incoming.statusCode ?? 502;
    try {
      copyHeaders(rawHeadersOf(incoming), this.#response, edit);
      if (isGuarded) varyByToken(this.#response);
      this.#response.flushHeaders();
    } catch {
      return this.#discard(incoming.socket, REASONS.invalidHeaders);
    }
    onResponse(this.#response.statusCode);
    connection.socket.setTimeout(upstream.timeouts.idle);
    incoming.socket.setTimeout(upstream.timeouts.idle, () => incoming.destroy());
    pipeline(incoming, this.#response, () => undefined);
  }

  #discard(upstream: Socket, reason: string): void {
    upstream.destroy();
    this.#fail(answers.badGateway, reason);
  }

  #fail(answer: Answer, reason: string): void {
    send(this.#response, answer);
    this.#options.report(answer, reason);
  }
}
