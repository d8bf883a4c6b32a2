import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { Gate } from 'scopegate';
import { createApp, type MountedUpstream } from './app';
import { gateFrom, readConfiguration, type Configuration } from './configuration/configuration';
import { StartError } from './configuration/fault';
import { isMap, type Fields } from './configuration/fields';
import type { Environment } from './configuration/references';
import { startOrders, type Demo } from './demo/orders';
import { errorCode } from './error-code';
import { defaultLimits, type Limits } from './limits';
import { openUpstream } from './proxy/upstream';
import { redisAt } from './redis';
import { drain, listen, openServer } from './server';

export interface StartOptions {
  /** The YAML file. */
  readonly file: string;
  /** Instead of the file's. */
  readonly port?: number | undefined;
  /** Instead of the file's. */
  readonly redis?: string | undefined;
  /** What `${NAME}` is looked up in. */
  readonly environment: Environment;
  readonly logger: Logger;
  readonly limits?: Partial<Limits>;
}

export interface RunningGateway {
  /** Where it listens. */
  readonly url: string;
  /** What the file gave to scopegate. */
  readonly options: Fields;
  /** Finishes the requests in flight, then ends all that was opened. */
  close(): Promise<void>;
}

const addressOf = ({ host, tls }: Configuration['listen'], port: number): string =>
  `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

const bind = async (server: Server, host: string, port: number): Promise<number> => {
  try {
    return await listen(server, host, port);
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'EADDRINUSE' ? 'the port is in use; choose another with --port' : code;
    throw new StartError([`cannot listen on ${host}:${port}: ${why}`]);
  }
};

const startDemo = async ({ apis }: Configuration): Promise<Demo | undefined> =>
  apis.some(({ upstream }) => upstream.kind === 'demo') ? startOrders() : undefined;

const openUpstreams = ({ apis }: Configuration, demo: Demo | undefined, limits: Limits): MountedUpstream[] =>
  apis.flatMap(({ name, context, upstream }) => {
    const url = upstream.kind === 'demo' ? demo?.url : upstream.url;
    return url === undefined ? [] : [{ name, context, upstream: openUpstream(url, limits.upstreamSockets) }];
  });

const readyPathOf = ({ paths }: Fields): string => {
  const ready = isMap(paths) ? paths['ready'] : undefined;
  return typeof ready === 'string' ? ready : '/health/ready';
};

/** A store that is away does not keep the gateway from starting: readiness says so until it is back. */
const awaitStore = async (gate: Gate, deadline: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadline);
  });
  await Promise.race([gate.ready(), patience]);
  clearTimeout(timer);
};

/**
 * Reads the file and starts what it describes.
 *
 * @throws StartError when the file is faulty or the port is taken; nothing is left running then
 */
export const startGateway = async (start: StartOptions): Promise<RunningGateway> => {
  const { logger } = start;
  const limits: Limits = { ...defaultLimits, ...start.limits };
  const configuration = readConfiguration(start.file, start.environment);
  const redisUrl = start.redis ?? configuration.redis;

  const server = openServer(configuration.listen);
  const { host } = configuration.listen;
  const demo = await startDemo(configuration);
  const url = await bind(server, host, start.port ?? configuration.listen.port)
    .then((port) => addressOf(configuration.listen, port))
    .catch((error: unknown) => {
      demo?.close();
      throw error;
    });

  // The issuer may be the address that was just found. Nobody is served in between: all of this is one turn.
  const redis = redisUrl === undefined ? undefined : redisAt(redisUrl);
  const issuer = configuration.issuer ?? url;
  const gate = gateFrom({ ...configuration.options, issuer, logger, ...(redis === undefined ? {} : { redis }) });
  const apis = openUpstreams(configuration, demo, limits);
  let closing: Promise<void> | undefined;
  const isDraining = (): boolean => closing !== undefined;
  server.on(
    'request',
    createApp({ gate, apis, readyPath: readyPathOf(configuration.options), isDraining, limits, logger }),
  );
  await awaitStore(gate, limits.storeDeadline);

  const close = async (): Promise<void> => {
    await drain(server, limits.drainDeadline);
    await gate.close();
    redis?.disconnect();
    for (const { upstream } of apis) upstream.agent.destroy();
    demo?.close();
  };
  return { url, options: configuration.options, close: () => (closing ??= close()) };
};
