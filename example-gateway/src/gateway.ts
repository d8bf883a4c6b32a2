import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createMemoryStore } from 'scopegate';
import { readConfiguration, type Configuration } from './configuration/configuration';
import { urlOf } from './configuration/listen';
import { withOverrides } from './configuration/overrides';
import type { Fields } from './configuration/fields';
import type { Environment } from './configuration/references';
import { Demos, hasDemo, type DemoUpstreams } from './demo/demos';
import { defaultLimits, type Limits } from './limits';
import { Repeats } from './log/repeats';
import { createMetrics, type CreateMetrics } from './metrics/metrics';
import { createGatewayMetrics } from './metrics/gateway-metrics';
import { openServing } from './open-serving';
import { closeAll, type Opened } from './opened';
import { logReload } from './reload/reload-log';
import type { ReloadResult } from './reload/reload-result';
import { Reloads } from './reload/reloads';
import { drain, listen } from './listening';
import { openServer } from './server';
import { closeReasons } from './websocket/close-frame';
import { Upgrades } from './websocket/upgrades';
import { WebSocketSlots } from './websocket/web-socket-slots';

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
  /** Reads and checks the file, at the start and for a reload; left out: from the disk. @throws StartError */
  readonly read?: () => Configuration;
  /** Creates what serves the metrics; left out: a listener at the file's `metrics`. */
  readonly createMetrics?: CreateMetrics;
  /** The demo upstreams; left out: they are started if the file uses them. */
  readonly demos?: DemoUpstreams;
  /** Called with the result of each reload; left out: it is logged. */
  readonly onReloaded?: (result: ReloadResult) => void;
  /** Called after `close`, before the gateway stops accepting connections. */
  readonly onDrain?: () => Promise<void>;
  /** Returns the number of log lines that were dropped, for the metrics; left out: there is no metric of it. */
  readonly droppedLogLines?: () => number;
}

export interface RunningGateway {
  /** The address that it listens on. */
  readonly url: string;
  /** The address of the portal, if it was mounted at the start. */
  readonly portalUrl: string | undefined;
  /** True if it listened with a self-signed certificate at the start. */
  readonly isSelfSigned: boolean;
  /** True if an API was served by a demo upstream at the start. */
  readonly hasDemo: boolean;
  /** The file's options for scopegate at the start. */
  readonly options: Fields;
  /**
   * Reads and checks the file again, with the files that it names, and uses it for all requests from then on. If
   * anything is wrong, nothing changes. Logs the result. Calls during a reload share one that begins after it. Never
   * rejects.
   */
  reload(): Promise<ReloadResult>;
  /**
   * Reports immediately that it is not ready, and serves on for `shutdown.delay`. Then accepts no more connections,
   * finishes the requests in flight, and closes everything that was opened.
   */
  close(): Promise<void>;
}

/** Reads and checks the file. @throws StartError */
const readStarted = (start: StartOptions): Configuration =>
  withOverrides(start.read?.() ?? readConfiguration(start.file, start.environment), start);

/** Opens what requests arrive at: the server and the page of metrics. */
const openListeners = async (start: StartOptions, configuration: Configuration, limits: Limits, opened: Opened) => {
  const { logger } = start;
  const { host, port, tls } = configuration.listen;
  const server = openServer({ tls, logger, clientPause: limits.clientPause });
  const upgrades = new Upgrades(server);
  const drainServer = (deadline: number): Promise<void> => drain(server, deadline, () => upgrades.destroyAll());
  opened.push(() => drainServer(0));
  const metrics = configuration.metrics && (start.createMetrics ?? createMetrics)(configuration.metrics, logger);
  opened.push(() => metrics?.close(0));
  await metrics?.listen();
  const authority = await listen(server, { host, port }, 'choose another with --port');
  return { server, drainServer, metrics, url: urlOf(configuration.listen, authority) };
};

const open = async (start: StartOptions, opened: Opened): Promise<RunningGateway> => {
  const { logger, file } = start;
  const limits: Limits = { ...defaultLimits, ...start.limits };
  const configuration = readStarted(start);
  logger.level = configuration.log.level;
  const demos = start.demos ?? new Demos();
  opened.push(() => demos.close());
  await demos.start(configuration.apis);
  const { server, drainServer, metrics, url } = await openListeners(start, configuration, limits, opened);

  // The issuer may be the address from `listen`. No await until the handler is added, so no request arrives before.
  let closing: Promise<void> | undefined;
  const repeats = new Repeats(logger, limits.logInterval);
  opened.push(() => repeats.close());
  const isDraining = (): boolean => closing !== undefined;
  const gatewayMetrics = metrics && createGatewayMetrics(metrics.registry, start.droppedLogLines);
  const memory = createMemoryStore();
  opened.push(() => memory.close());
  const slots = new WebSocketSlots(limits.webSockets);
  const services = { url, slots, demos, memory, metrics, gatewayMetrics, limits, logger, repeats, isDraining };
  const serving = openServing(configuration, services);
  const finishDeadline = ({ shutdown }: Configuration): number => shutdown.deadline ?? limits.drainDeadline;
  const read = (): Configuration => readStarted(start);
  const onReloaded = start.onReloaded ?? ((result: ReloadResult) => logReload(logger, file, result));
  const reloads = new Reloads(configuration, serving, { ...services, read, server, finishDeadline, onReloaded });
  opened.push(() => reloads.close());
  if (gatewayMetrics !== undefined) server.on('request', gatewayMetrics.http.onRequest);
  server.on('request', reloads.handle);
  await serving.ready(limits.storeDeadline);

  const close = async (): Promise<void> => {
    const { delay } = reloads.configuration.shutdown;
    if (delay > 0) {
      logger.info({ delay }, 'Readiness is 503 now; still serving until the delay is over');
      await after(delay);
    }
    await start.onDrain?.();
    const deadline = finishDeadline(reloads.configuration);
    const webSockets = reloads.closeWebSockets(closeReasons.goingAway);
    await Promise.all([webSockets, drainServer(deadline), metrics?.close(deadline)]);
    await closeAll(opened);
  };
  const {
    portal,
    options,
    listen: { tls },
  } = configuration;
  return {
    url,
    portalUrl: portal && `${url}${portal.path}`,
    isSelfSigned: tls?.isSelfSigned === true,
    hasDemo: hasDemo(configuration.apis),
    options,
    reload: () => reloads.reload(),
    close: () => (closing ??= close()),
  };
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
