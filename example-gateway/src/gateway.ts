import type { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import { ConfigurationError, type Gate } from 'scopegate';
import { createApp } from './app';
import { gateLogger } from './client-connection';
import { gateFrom, readConfiguration, type Configuration } from './configuration/configuration';
import { DEFAULT_ENDPOINTS } from './configuration/endpoints';
import { isMap, type Fields } from './configuration/fields';
import type { Environment } from './configuration/references';
import { defaultLimits, type Limits } from './limits';
import { accessLog } from './log/access-log';
import { Repeats } from './log/repeats';
import { createMetrics, type Metrics } from './metrics';
import type { FinishedRequestListener } from './observe/finished-request';
import { createUpstreamMetrics } from './metrics/upstream-metrics';
import { PublicHosts } from './proxy/forwarding';
import { redisAt } from './redis';
import { drain, listen, openServer } from './server';
import { openApis } from './upstreams';

export interface StartOptions {
  /** The YAML file. */
  readonly file: string;
  /** Overrides the file's `listen.port`. */
  readonly port?: number | undefined;
  /** Overrides the file's `redis`. */
  readonly redis?: string | undefined;
  /** The variables for `${NAME}` references. */
  readonly environment: Environment;
  readonly logger: Logger;
  readonly limits?: Partial<Limits>;
}

export interface RunningGateway {
  /** The address that it listens on. */
  readonly url: string;
  /** The address of the portal, if it is mounted. */
  readonly portalUrl: string | undefined;
  /** True if it listens with a self-signed certificate. */
  readonly isSelfSigned: boolean;
  /** The file's options for scopegate. */
  readonly options: Fields;
  /** Finishes the requests in flight, then closes everything that was opened. */
  close(): Promise<void>;
}

/** The path of the readiness endpoint; `undefined` if `paths.ready` is `false`. */
const readyPathOf = ({ paths }: Fields): string | undefined => {
  const ready = isMap(paths) ? paths['ready'] : undefined;
  if (ready === false) return undefined;
  return typeof ready === 'string' ? ready : DEFAULT_ENDPOINTS.ready;
};

/**
 * Waits for the store up to the deadline. The gateway starts without it: readiness returns 503 until it is back.
 * @throws StartError if the file declares names that records in the store have
 */
const awaitStore = async (gate: Gate, { refuse }: Configuration, deadline: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadline);
  });
  try {
    await Promise.race([gate.ready(), timeout]);
  } catch (error) {
    if (error instanceof ConfigurationError) refuse(error.faults);
    throw error;
  } finally {
    clearTimeout(timer);
  }
};

/** Functions that close what has been opened so far; they are called in reverse order. */
type Opened = (() => unknown)[];

const closeAll = async (opened: Opened): Promise<void> => {
  for (const close of opened.reverse()) await close();
};

/** Opens what requests arrive at and are sent to: the server, the upstreams and the page of metrics. */
const openConnections = async (start: StartOptions, configuration: Configuration, limits: Limits, opened: Opened) => {
  const { logger } = start;
  const { host, port, tls } = configuration.listen;
  const server = openServer({ tls, logger });
  opened.push(() => drain(server, 0));
  const upstreams = await openApis(configuration.apis, limits.upstreamSockets);
  opened.push(() => upstreams.close());
  const metrics = configuration.metrics && createMetrics(configuration.metrics, logger);
  opened.push(() => metrics?.close(0));
  await metrics?.listen();
  const authority = await listen(server, { host, port: start.port ?? port }, 'choose another with --port');
  return { server, upstreams, metrics, url: `${tls === undefined ? 'http' : 'https'}://${authority}` };
};

/** Inputs of a gate in addition to the options in the file. */
interface GateInputs {
  readonly issuer: string;
  readonly redis: Redis | Cluster | undefined;
  readonly metrics: Metrics | undefined;
  readonly logger: Logger;
}

const openGate = (options: Fields, { issuer, redis, metrics, logger }: GateInputs): Gate =>
  gateFrom({
    ...options,
    issuer,
    logger: gateLogger(logger),
    ...(redis === undefined ? {} : { redis }),
    ...(metrics === undefined ? {} : { metrics: metrics.registry }),
  });

const open = async (start: StartOptions, opened: Opened): Promise<RunningGateway> => {
  const { logger } = start;
  const limits: Limits = { ...defaultLimits, ...start.limits };
  const configuration = readConfiguration(start.file, start.environment);
  const { portal, options, trustProxy, strippedHeaders, log } = configuration;
  logger.level = log.level;
  const { server, upstreams, metrics, url } = await openConnections(start, configuration, limits, opened);

  // The issuer may be the address from `listen`. No await until the handlers are added, so no request arrives before.
  const redisAddress = start.redis ?? configuration.redis;
  const redis = redisAddress === undefined ? undefined : redisAt(redisAddress);
  const issuer = configuration.issuer ?? url;
  opened.push(() => redis?.disconnect());
  const gate = openGate(options, { issuer, redis, metrics, logger });
  opened.push(() => gate.close());
  const repeats = new Repeats(logger, limits.logInterval);
  opened.push(() => repeats.close());

  let closing: Promise<void> | undefined;
  const isDraining = (): boolean => closing !== undefined;
  const hosts = new PublicHosts(issuer, url);
  const [readyPath, { apis }] = [readyPathOf(options), upstreams];
  const services = { gate, apis, portal, readyPath, isDraining, trustProxy, hosts, strippedHeaders, limits, logger };
  const requestListeners: readonly FinishedRequestListener[] = log.access ? [accessLog(logger)] : [];
  const upstreamListener = metrics && createUpstreamMetrics(metrics.registry);
  server.on('request', createApp({ ...services, repeats, requestListeners, upstreamListener }));
  await awaitStore(gate, configuration, limits.storeDeadline);

  const close = async (): Promise<void> => {
    await Promise.all([drain(server, limits.drainDeadline), metrics?.close(limits.drainDeadline)]);
    await closeAll(opened);
  };
  const portalUrl = portal && `${url}${portal.path}`;
  const isSelfSigned = configuration.listen.tls?.isSelfSigned === true;
  return { url, portalUrl, isSelfSigned, options, close: () => (closing ??= close()) };
};

/**
 * Reads the file and starts the gateway that it describes.
 *
 * @throws StartError if the file has faults or a port is in use; nothing is left running then
 */
export const startGateway = async (start: StartOptions): Promise<RunningGateway> => {
  const opened: Opened = [];
  try {
    return await open(start, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
};
