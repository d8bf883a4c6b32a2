import type { Logger } from 'pino';
import type { Configuration } from '../configuration/configuration';
import type { FileSnapshot } from '../configuration/source-files';
import { Demos, hasDemo } from '../demo/demos';
import type { RunningGateway, StartOptions } from '../gateway';
import { defaultLimits } from '../limits';
import { createMetricsListener } from '../metrics/listener';
import { WorkerPool } from './worker-pool';
import { sourceOf, WorkerReloads } from './worker-reloads';
import { WorkersPage } from './workers-page';

/** A configuration, with what overrides the file, and the contents of the files that it has been read from. */
export interface ReadConfiguration {
  readonly configuration: Configuration;
  readonly files: FileSnapshot;
}

export interface WorkersStart extends Pick<StartOptions, 'file' | 'redis'>, ReadConfiguration {
  /** Reads the files again for a reload. @throws StartError */
  readonly readAgain: () => ReadConfiguration;
  readonly logger: Logger;
}

/** Milliseconds for the exit of a worker after its last request, and for its reply after a reload. */
const REPLY_DEADLINE = 5_000;

const createPool = ({ configuration, files, logger, file, redis }: WorkersStart, demos: Demos): WorkerPool =>
  new WorkerPool({
    count: configuration.workers,
    port: configuration.listen.port,
    logger,
    settings: { file, redis },
    source: sourceOf(files, demos),
  });

const openPage = async ({ configuration, logger }: WorkersStart, { slots }: WorkerPool) => {
  if (configuration.metrics === undefined) return undefined;
  const page = new WorkersPage(slots);
  const listener = createMetricsListener(configuration.metrics, page, logger);
  await listener.listen();
  page.observeProcess();
  return listener;
};

/**
 * Starts the workers of a gateway, and the listener of their metrics in this process.
 *
 * @throws StartError as `startGateway`; nothing is left running then
 */
export const startWorkers = async (start: WorkersStart): Promise<RunningGateway> => {
  const { configuration, file, logger, readAgain: read } = start;
  const { drainDeadline, reloadDeadline } = defaultLimits;
  logger.level = configuration.log.level;
  const demos = new Demos();
  await demos.start(configuration.apis);
  const pool = createPool(start, demos);
  const kill = (): void => pool.kill();
  process.on('exit', kill); // workers exit by themselves when the primary has ended, unless they are blocked
  let page: Awaited<ReturnType<typeof openPage>>;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const { delay, deadline = drainDeadline } = reloads.configuration.shutdown;
    await pool.stop(delay + deadline + REPLY_DEADLINE);
    await page?.close(0);
    demos.close();
    process.off('exit', kill);
  };
  const isStopping = (): boolean => closing !== undefined;
  const reloads: WorkerReloads = new WorkerReloads(configuration, {
    file,
    read,
    pool,
    demos,
    logger,
    isStopping,
    // A reload first waits for the requests that began before the one before it.
    deadlineOf: ({ shutdown: { deadline = drainDeadline } }) => deadline + reloadDeadline + REPLY_DEADLINE,
  });
  try {
    page = await openPage(start, pool);
    const ready = await pool.start();
    const { options, apis } = configuration;
    return {
      ...ready,
      hasDemo: hasDemo(apis),
      options,
      reload: () => reloads.reload(),
      close: () => (closing ??= close()),
    };
  } catch (error) {
    pool.kill();
    await close();
    throw error;
  }
};
