import type { RequestListener, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { ConfigurationError, type Gate } from 'scopegate';
import type { Configuration } from './configuration/configuration';
import { cutOff } from './cut-off';
import type { GateMetrics } from './gate-metrics';
import { onClosed } from './observe/closed-response';
import { closeAll, type Opened } from './opened';
import { closeReasons, type CloseReason } from './websocket/close-frame';
import type { OpenWebSockets } from './websocket/open-web-sockets';

export interface ServingParts {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly gate: Gate;
  readonly app: Express;
  readonly metrics: GateMetrics | undefined;
  readonly webSockets: OpenWebSockets;
  readonly opened: Opened;
}

/** Everything that one configuration opens: the gate with its connections, the upstreams and the app. */
export class Serving {
  readonly #parts: ServingParts;
  readonly #inFlight = new Set<ServerResponse>();
  #onFinished: (() => void) | undefined;

  constructor(parts: ServingParts) {
    this.#parts = parts;
  }

  readonly handle: RequestListener = (request, response) => {
    this.#inFlight.add(response);
    onClosed(response, () => {
      this.#inFlight.delete(response);
      if (this.#inFlight.size === 0) this.#onFinished?.();
    });
    this.#parts.app(request, response);
  };

  /** Replaces the metrics and the log level of the previous serving. */
  takeEffect(): void {
    const { metrics, logger, configuration } = this.#parts;
    metrics?.publish();
    logger.level = configuration.log.level;
  }

  /**
   * Waits for the store up to `deadline` milliseconds.
   * @returns whether it is ready
   * @throws StartError if the file declares names that records in the store have
   */
  async ready(deadline: number): Promise<boolean> {
    const { gate, configuration } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), deadline);
    });
    try {
      return await Promise.race([gate.ready().then(() => true), timeout]);
    } catch (error) {
      if (error instanceof ConfigurationError) configuration.refuse(error.faults);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes all WebSockets, and those whose handshakes are in flight when they are opened. */
  closeWebSockets(reason: CloseReason): Promise<void> {
    return this.#parts.webSockets.closeAll(reason);
  }

  /**
   * Closes the WebSockets, waits for the requests in flight, cuts them off after `deadline` milliseconds, and closes what was opened.
   * @returns the number of requests that were cut off
   */
  async close(deadline: number): Promise<number> {
    await Promise.all([this.#finish(deadline), this.closeWebSockets(closeReasons.restarting)]);
    const unfinished = [...this.#inFlight];
    for (const response of unfinished) cutOff(response);
    await closeAll(this.#parts.opened);
    return unfinished.length;
  }

  async #finish(deadline: number): Promise<void> {
    if (this.#inFlight.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onFinished = resolve;
      timer = setTimeout(resolve, deadline);
    });
    clearTimeout(timer);
  }
}
