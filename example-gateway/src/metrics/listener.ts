import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { answers, methodNotAllowed, send } from '../answers';
import type { Address } from '../configuration/address';
import { drain, listen } from '../listening';
import { openServer } from '../server';

/** The page of metrics, such as a registry of prom-client. */
export interface MetricsPage {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** A server of its own for the page, so that metrics are not public beside the APIs. */
export interface MetricsListener {
  /** @throws StartError if the port is in use */
  listen(): Promise<void>;
  /** Finishes the requests in flight, and cuts them off after `deadline` milliseconds. */
  close(deadline: number): Promise<void>;
}

const METHODS = ['GET', 'HEAD'];

/** Connections at a time; further ones are closed. A page that is not read holds its text in memory. */
const MAX_CONNECTIONS = 50;

/** Milliseconds without progress after which a connection is closed, so that slow readers do not keep others out. */
const MAX_SILENCE = 10_000;

const serve =
  (page: MetricsPage, logger: Logger): RequestListener =>
  ({ url, method = '' }, response) => {
    response.setHeader('Connection', 'close'); // one page for each connection, also if requests are pipelined
    if (url?.split('?')[0] !== '/metrics') return send(response, answers.notFound);
    if (!METHODS.includes(method)) return send(response, methodNotAllowed(METHODS));
    return void page
      .metrics()
      .then((text) => response.setHeader('Content-Type', page.contentType).end(text))
      .catch((error: unknown) => {
        logger.error({ error: error instanceof Error ? error.name : typeof error }, 'Metrics could not be collected');
        send(response, answers.failed);
      })
      .catch(() => response.destroy());
  };

export const createMetricsListener = (address: Address, page: MetricsPage, logger: Logger): MetricsListener => {
  const server = openServer({ tls: undefined, logger });
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(MAX_SILENCE);
  server.on('request', serve(page, logger));
  return {
    listen: async () => {
      const authority = await listen(server, address, 'choose another for metrics.port');
      logger.info({ url: `http://${authority}/metrics` }, 'Metrics are served on a port of their own');
    },
    close: (deadline) => drain(server, deadline),
  };
};
