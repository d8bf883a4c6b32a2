import type { TunnelEnd } from './tunnel';

/** A WebSocket, for the log and the metrics. */
export interface WebSocketFacts {
  readonly api: string;
  /** The path as declared. */
  readonly resource?: string | undefined;
  readonly clientId?: string | undefined;
  /** The id of the handshake. */
  readonly requestId: string;
}

/** Notified of the WebSockets that are opened and closed. */
export interface WebSocketListener {
  onOpened(facts: WebSocketFacts): void;
  /** @param durationMs milliseconds since it was opened */
  onClosed(facts: WebSocketFacts, end: TunnelEnd, durationMs: number): void;
}
