import type { Request } from 'express';
import type { Gate, WatchEnd } from 'scopegate';
import { answers, type Answer } from '../answers';
import { closeReasons, type CloseReason } from './close-frame';
import type { OpenWebSockets } from './open-web-sockets';
import { Tunnel, type TunnelEnd } from './tunnel';
import type { Switched, WebSocketExchange } from './web-socket-exchange';
import type { WebSocketFacts, WebSocketListener } from './web-socket-listener';

/** The answer to a handshake, and the reason of a Close frame, when the token can no longer be used. */
const ENDS: Readonly<Record<WatchEnd, { readonly answer: Answer; readonly closing: CloseReason }>> = {
  expired: { answer: answers.tokenEnded, closing: closeReasons.tokenExpired },
  ended: { answer: answers.tokenEnded, closing: closeReasons.tokenEnded },
  unavailable: { answer: answers.cannotCheck, closing: closeReasons.cannotCheck },
};

/** The gate, the other WebSockets of a configuration, and the listeners of all. */
export interface WebSocketPlace {
  readonly gate: Pick<Gate, 'findAuth' | 'watch'>;
  readonly webSockets: OpenWebSockets;
  readonly webSocketListeners: readonly WebSocketListener[];
}

/** A WebSocket of a client, from its handshake until both connections are closed. */
export class GatewayWebSocket {
  readonly #facts: WebSocketFacts;
  readonly #place: WebSocketPlace;
  readonly #release: () => void;
  /** The handshake, until it is over: a WebSocket keeps neither its request nor its response. */
  #exchange: WebSocketExchange | undefined;
  #stopWatching: () => void = () => undefined;
  #tunnel: Tunnel | undefined;

  /** @param release called once, when it is closed or was not opened */
  constructor(facts: WebSocketFacts, place: WebSocketPlace, release: () => void) {
    this.#facts = facts;
    this.#place = place;
    this.#release = release;
  }

  /** Called before the handshake with the upstream. Watches the token from now on, unless the resource is public. */
  begin(request: Request, exchange: WebSocketExchange): void {
    const { gate } = this.#place;
    this.#exchange = exchange;
    if (gate.findAuth(request) !== undefined) {
      this.#stopWatching = gate.watch(request, (reason) => this.#onTokenEnded(reason));
    }
  }

  /** Called when the client has the response to its handshake, or has disconnected. */
  onAnswered(): void {
    this.#exchange = undefined;
    if (this.#tunnel === undefined) this.#finish();
  }

  /** Connects the two sides after the handshake. */
  open({ client, clientHead, upstream, upstreamHead }: Switched): void {
    const { webSockets, webSocketListeners } = this.#place;
    const opened = performance.now();
    const tunnel = new Tunnel(client, upstream, (end) => {
      webSockets.delete(tunnel);
      this.#onClosed(end, performance.now() - opened);
    });
    this.#tunnel = tunnel;
    for (const listener of webSocketListeners) listener.onOpened(this.#facts);
    webSockets.add(tunnel);
    tunnel.start(clientHead, upstreamHead);
  }

  #onClosed(end: TunnelEnd, durationMs: number): void {
    this.#finish();
    for (const listener of this.#place.webSocketListeners) listener.onClosed(this.#facts, end, durationMs);
  }

  #onTokenEnded(reason: WatchEnd): void {
    const { answer, closing } = ENDS[reason];
    if (this.#tunnel === undefined) this.#exchange?.refuse(answer);
    else this.#tunnel.close(closing);
  }

  #finish(): void {
    this.#stopWatching();
    this.#release();
  }
}
