import type { RequestListener, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { ConfigurationError, type Gate } from 'scopegate';
import { createApp } from './app';
import { gateLogger } from './client-connection';
import { gateFrom, type Configuration } from './configuration/configuration';
import { DEFAULT_ENDPOINTS } from './configuration/endpoints';
import { isMap, type Fields } from './configuration/fields';
import type { Demos } from './demo/demos';
import { GateMetrics } from './gate-metrics';
import type { Limits } from './limits';
import { accessLog } from './log/access-log';
import type { Repeats } from './log/repeats';
import type { Metrics } from './metrics';
import type { UpstreamListener } from './metrics/upstream-metrics';
import { closeAll, type Opened } from './opened';
import { PublicHosts } from './proxy/forwarding';
import { redisAt } from './redis';
import { openApis } from './upstreams';

/** The parts that stay open across reloads. */
export interface ServingServices {
  /** The address that the gateway listens on. */
  readonly url: string;
  readonly demos: Demos;
  readonly metrics: Metrics | undefined;
  readonly upstreamListener: UpstreamListener | undefined;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly repeats: Repeats;
  readonly isDraining: () => boolean;
}

interface ServingParts {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly gate: Gate;
  readonly app: Express;
  readonly metrics: GateMetrics | undefined;
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

/** The path of the readiness endpoint; `undefined` if `paths.ready` is `false`. */
const readyPathOf = ({ paths }: Fields): string | undefined => {
  const ready = isMap(paths) ? paths['ready'] : undefined;
  if (ready === false) return undefined;
  return typeof ready === 'string' ? ready : DEFAULT_ENDPOINTS.ready;
};

const openParts = (configuration: Configuration, services: ServingServices, opened: Opened): ServingParts => {
  const { url, demos, limits, logger } = services;
  const { portal, options, trustProxy, strippedHeaders, log } = configuration;
  const upstreams = openApis(configuration.apis, limits.upstreamSockets, demos);
  opened.push(() => upstreams.close());
  const redis = configuration.redis === undefined ? undefined : redisAt(configuration.redis);
  opened.push(() => redis?.disconnect());
  const metrics = services.metrics && new GateMetrics(services.metrics.registry);
  const issuer = configuration.issuer ?? url;
  const gate = gateFrom({
    ...options,
    issuer,
    logger: gateLogger(logger),
    ...(redis === undefined ? {} : { redis }),
    ...(metrics === undefined ? {} : { metrics }),
  });
  opened.push(() => gate.close());
  const hosts = new PublicHosts(issuer, url);
  const { apis } = upstreams;
  const readyPath = readyPathOf(options);
  const requestListeners = log.access ? [accessLog(logger)] : [];
  const declared = { apis, portal, readyPath, trustProxy, hosts, strippedHeaders, requestListeners };
  const app = createApp({ ...services, ...declared, gate });
  return { configuration, logger, gate, app, metrics, opened };
};

/** Opens what a configuration needs. The demos that it names must run. */
export const openServing = (configuration: Configuration, services: ServingServices): Serving => {
  const opened: Opened = [];
  try {
    return new Serving(openParts(configuration, services, opened));
  } catch (error) {
    closeAll(opened).catch(() => undefined);
    throw error;
  }
};
