import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { answers, methodNotAllowed, send } from '../answers';
import type { Address } from '../configuration/address';
import { drain, listen, openServer } from '../server';

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

const serve =
  (page: MetricsPage, logger: Logger): RequestListener =>
  ({ url, method = '' }, response) => {
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
  server.on('request', serve(page, logger));
  return {
    listen: async () => {
      const authority = await listen(server, address, 'choose another for metrics.port');
      logger.info({ url: `http://${authority}/metrics` }, 'Metrics are served on a port of their own');
    },
    close: (deadline) => drain(server, deadline),
  };
};
