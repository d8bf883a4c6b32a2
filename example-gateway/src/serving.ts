import type { RequestListener, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { ConfigurationError, type Gate } from 'scopegate';
import type { Configuration } from './configuration/configuration';
import type { GateMetrics } from './gate-metrics';
import { closeAll, type Opened } from './opened';

/**
 * Above the number of listeners for the end of one response: those of the log, the metrics and the proxy, and the seven
 * that Node adds to copy a stream. Node's default of 10 would print a warning.
 */
const MAX_LISTENERS = 30;

export interface ServingParts {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly gate: Gate;
  readonly app: Express;
  readonly metrics: GateMetrics | undefined;
  readonly opened: Opened;
}

// The gate, the proxy, the access log and metrics each wait for the end of a response; Node warns from the eleventh on.
const MAX_LISTENERS = 20;

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
    response.setMaxListeners(MAX_LISTENERS);
    response.once('close', () => {
      this.#inFlight.delete(response);
      if (this.#inFlight.size === 0) this.#onFinished?.();
    });
    this.#parts.app(request, response);
  };

  /** Replaces the metrics and the log level of the serving before. */
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

  /**
   * Waits for the requests in flight, cuts them off after `deadline` milliseconds, and closes what was opened.
   * @returns the number of requests that were cut off
   */
  async close(deadline: number): Promise<number> {
    await this.#finish(deadline);
    const unfinished = [...this.#inFlight];
    for (const response of unfinished) response.destroy();
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
