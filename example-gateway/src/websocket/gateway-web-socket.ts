import type { Response } from 'express';
import { onClosed } from '../observe/closed-response';
import type { OpenWebSockets } from './open-web-sockets';
import { Tunnel, type TunnelEnd } from './tunnel';
import type { Switched } from './web-socket-exchange';
import type { WebSocketFacts, WebSocketListener } from './web-socket-listener';

/** The other WebSockets of a configuration, and the listeners of all. */
export interface WebSocketPlace {
  readonly webSockets: OpenWebSockets;
  readonly webSocketListeners: readonly WebSocketListener[];
}

/** A WebSocket of a client, from its handshake until both connections are closed. */
export class GatewayWebSocket {
  readonly #facts: WebSocketFacts;
  readonly #place: WebSocketPlace;
  readonly #release: () => void;
  #tunnel: Tunnel | undefined;

  /** @param release called once, when it is closed or was not opened */
  constructor(facts: WebSocketFacts, place: WebSocketPlace, release: () => void) {
    this.#facts = facts;
    this.#place = place;
    this.#release = release;
  }

  /** Called before the handshake with the upstream. */
  begin(response: Response): void {
    onClosed(response, () => {
      if (this.#tunnel === undefined) this.#release();
    });
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
    this.#release();
    for (const listener of this.#place.webSocketListeners) listener.onClosed(this.#facts, end, durationMs);
  }
}
