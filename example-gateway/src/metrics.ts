import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { answers, methodNotAllowed, send } from './answers';
import type { Address } from './configuration/address';
import { drain, listen, openServer } from './server';

/** Metrics, served by a separate listener so that they are not public beside the APIs. */
export interface Metrics {
  /** Holds scopegate's metrics and those of the process. */
  readonly registry: Registry;
  /** @throws StartError if the port is in use */
  listen(): Promise<void>;
  /** Finishes the requests in flight, and cuts them off after `deadline` milliseconds. */
  close(deadline: number): Promise<void>;
}

const METHODS = ['GET', 'HEAD'];

const serveMetrics =
  (registry: Registry, logger: Logger): RequestListener =>
  ({ url, method = '' }, response) => {
    if (url?.split('?')[0] !== '/metrics') return send(response, answers.notFound);
    if (!METHODS.includes(method)) return send(response, methodNotAllowed(METHODS));
    return void registry
      .metrics()
      .then((text) => response.setHeader('Content-Type', registry.contentType).end(text))
      .catch((error: unknown) => {
        logger.error({ error: error instanceof Error ? error.name : typeof error }, 'Metrics could not be collected');
        send(response, answers.failed);
      })
      .catch(() => response.destroy());
  };

export const createMetrics = (address: Address, logger: Logger): Metrics => {
  const registry = new Registry();
  const server = openServer({ tls: undefined, logger });
  server.on('request', serveMetrics(registry, logger));
  return {
    registry,
    listen: async () => {
      const authority = await listen(server, address, 'choose another for metrics.port');
      collectDefaultMetrics({ register: registry }); // after `listen`: it observes the process and cannot be stopped
      logger.info({ url: `http://${authority}/metrics` }, 'Metrics are served on a port of their own');
    },
    close: (deadline) => drain(server, deadline),
  };
};
