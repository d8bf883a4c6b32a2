import type { Logger } from 'pino';
import type { Configuration } from '../configuration/configuration';
import type { FileSnapshot } from '../configuration/source-files';
import type { RunningGateway, StartOptions } from '../gateway';
import { defaultLimits } from '../limits';
import { createMetricsListener } from '../metrics/listener';
import { Demos } from '../demo/demos';
import { logReload } from '../reload/reload-log';
import type { ReloadResult } from '../reload/reload-result';
import { WorkerPool } from './worker-pool';
import { WorkersPage } from './workers-page';

export interface WorkersStart extends Pick<StartOptions, 'file' | 'redis'> {
  /** The checked contents of the file, with what overrides them. */
  readonly configuration: Configuration;
  /** The contents of the files that `configuration` has been read from. */
  readonly files: FileSnapshot;
  readonly logger: Logger;
}

/** Milliseconds for the exit of a worker after its last request. */
const EXIT_DEADLINE = 5_000;

const createPool = ({ configuration, files, logger, ...start }: WorkersStart, demos: Demos): WorkerPool =>
  new WorkerPool({
    count: configuration.workers,
    port: configuration.listen.port,
    logger,
    settings: {
      file: start.file,
      files,
      redis: start.redis,
      demos: { production: demos.urlOf('production')?.href, sandbox: demos.urlOf('sandbox')?.href },
    },
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
  const { configuration } = start;
  const demos = new Demos();
  await demos.start(configuration.apis);
  const pool = createPool(start, demos);
  const kill = (): void => pool.kill();
  process.on('exit', kill); // workers exit by themselves when the primary has ended, unless they are blocked
  let page: Awaited<ReturnType<typeof openPage>>;
  const close = async (): Promise<void> => {
    const { drainDeadline } = defaultLimits;
    await Promise.all([pool.stop(drainDeadline + EXIT_DEADLINE), page?.close(drainDeadline)]);
    demos.close();
    process.off('exit', kill);
  };
  try {
    page = await openPage(start, pool);
    const ready = await pool.start();
    let closing: Promise<void> | undefined;
    const { logger, file } = start;
    const reload = async (): Promise<ReloadResult> => {
      const result = { outcome: 'refused', messages: ['workers cannot reload; restart the gateway'] } as const;
      logReload(logger, file, result);
      return result;
    };
    return { ...ready, options: configuration.options, reload, close: () => (closing ??= close()) };
  } catch (error) {
    pool.kill();
    await close();
    throw error;
  }
};
