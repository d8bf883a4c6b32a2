import { Agent, createServer, get, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from '../../../test/support/time/waiting';

const BETWEEN_CHECKS_MS = 50;

interface Backend {
  readonly port: number;
  readonly agent: Agent;
  isReady: boolean;
}

export interface Balancer {
  readonly url: string;
  /** The number of requests that got no response of a gateway. */
  readonly failures: () => number;
  /** The ports of the gateways that get requests at the moment. */
  readonly readyPorts: () => readonly number[];
  close(): void;
}

const isReady = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = get({ port, host: '127.0.0.1', path: '/health/ready', agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => resolve(false));
  });

/**
 * A simple load balancer: sends requests by turns to the gateways that its health checks found ready, over connections
 * that it keeps. It repeats nothing: a request that a gateway does not answer fails with 502.
 */
export const aBalancer = async (ports: readonly number[]): Promise<Balancer> => {
  const backends: readonly Backend[] = ports.map((port) => ({
    port,
    agent: new Agent({ keepAlive: true }),
    isReady: false,
  }));
  let turn = 0;
  let failures = 0;
  let isClosed = false;

  const fail = (response: ServerResponse, reason: string): void => {
    failures += 1;
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end(reason);
  };
  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    const ready = backends.filter((backend) => backend.isReady);
    const backend = ready[(turn += 1) % ready.length];
    if (backend === undefined) return fail(response, 'no gateway is ready');
    const { method, url: path, headers } = request;
    const { port, agent } = backend;
    const outgoing = send({ host: '127.0.0.1', port, agent, method, path, headers }, (incoming) => {
      const { connection: _, 'keep-alive': __, ...kept } = incoming.headers;
      response.writeHead(incoming.statusCode ?? 502, kept);
      incoming.on('error', (error) => fail(response, error.message)).pipe(response);
    });
    outgoing.on('error', (error) => fail(response, error.message));
    request.pipe(outgoing);
  };
  const check = async (backend: Backend): Promise<void> => {
    while (!isClosed) {
      backend.isReady = await isReady(backend.port);
      await after(BETWEEN_CHECKS_MS);
    }
  };

  const server = createServer(forward);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const checks = Promise.all(backends.map(check));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures: () => failures,
    readyPorts: () => backends.filter((backend) => backend.isReady).map(({ port }) => port),
    close: () => {
      isClosed = true;
      server.close();
      server.closeAllConnections();
      for (const { agent } of backends) agent.destroy();
      void checks;
    },
  };
};
