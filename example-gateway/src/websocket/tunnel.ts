import type { Socket } from 'node:net';
import { closeFrame, closeReasons, maskedCloseFrame, type CloseReason } from './close-frame';
import { FramePipe } from './frame-pipe';
import { endAfterLastBytes, endInTime } from './last-bytes';

/** How a WebSocket was closed, for the log and the metrics. */
export interface TunnelEnd {
  readonly closedBy: 'client' | 'upstream' | 'gateway';
  /** The code of the gateway's own Close frame. Codes of the two sides are not read. */
  readonly code?: number;
}

/** Milliseconds for the end of a frame and the Close frame of the client after the gateway has closed a WebSocket. */
const CLOSE_DEADLINE = 1_000;

/** Milliseconds without data after which the system checks whether the peer of a connection still exists. */
const KEEP_ALIVE = 60_000;

/**
 * An open WebSocket: the connection of the client and that of the upstream, which pass bytes to each other unchanged. If
 * one ends, so does the other, after what was received before.
 */
export class Tunnel {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #onClosed: (end: TunnelEnd) => void;
  readonly #toUpstream: FramePipe;
  readonly #toClient: FramePipe;
  #end: TunnelEnd | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;
  #open = 2;

  /** @param onClosed called once, when both connections are closed */
  constructor(client: Socket, upstream: Socket, onClosed: (end: TunnelEnd) => void) {
    this.#client = client;
    this.#upstream = upstream;
    this.#onClosed = onClosed;
    this.#toUpstream = new FramePipe(client, upstream, () => this.#onFrames());
    this.#toClient = new FramePipe(upstream, client, () => this.#onFrames());
  }

  /** @param clientHead bytes of the client, and of the upstream, that were read with the handshake */
  start(clientHead: Buffer, upstreamHead: Buffer): void {
    for (const socket of [this.#client, this.#upstream]) {
      socket.setTimeout(0);
      socket.setKeepAlive(true, KEEP_ALIVE);
      socket.on('error', () => undefined); // `close` follows
      socket.once('close', () => this.#onClose());
    }
    this.#client.once('end', () => this.#onClientGone());
    this.#client.once('close', () => this.#onClientGone());
    this.#upstream.once('end', () => this.#onUpstreamGone());
    this.#upstream.once('close', () => this.#onUpstreamGone());
    this.#toUpstream.start(clientHead);
    this.#toClient.start(upstreamHead);
  }

  /**
   * Closes the WebSocket: passes nothing of the client on any more, and sends a Close frame to both sides, to the client
   * after the present frame of the upstream. Both connections are closed within a second.
   */
  close(reason: CloseReason): void {
    if (this.#timer !== undefined) return;
    this.#end ??= { closedBy: 'gateway', code: reason.code };
    this.#timer = setTimeout(() => this.#destroy(), CLOSE_DEADLINE);
    if (this.#toUpstream.cut() && !this.#toUpstream.hasClosed) this.#upstream.write(maskedCloseFrame(reason));
    this.#upstream.end();
    this.#toClient.endWith(closeFrame(reason));
    this.#onFrames();
  }

  /** Ends the connection of the client when the gateway and the client have both sent a Close frame. */
  #onFrames(): void {
    if (this.#toUpstream.hasClosed) this.#end ??= { closedBy: 'client' };
    if (this.#toClient.hasClosed) this.#end ??= { closedBy: 'upstream' };
    if (this.#toClient.isEnded && this.#toUpstream.hasClosed) this.#client.end();
  }

  #onClientGone(): void {
    this.#end ??= { closedBy: 'client' };
    this.#toClient.cut();
    this.#endBoth();
  }

  /** Without a Close frame of the upstream, the client receives one that says so. */
  #onUpstreamGone(): void {
    this.#end ??= { closedBy: 'upstream' };
    if (this.#toClient.cut() && !this.#toClient.hasClosed) {
      this.#client.write(closeFrame(closeReasons.upstreamGone));
    }
    this.#toUpstream.cut();
    this.#endBoth();
  }

  #endBoth(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    endAfterLastBytes(this.#client);
    endInTime(this.#upstream);
  }

  #destroy(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }

  #onClose(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    clearTimeout(this.#timer);
    this.#onClosed(this.#end ?? { closedBy: 'gateway' });
  }
}
