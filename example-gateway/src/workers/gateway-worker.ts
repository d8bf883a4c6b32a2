import pino, { type Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { readConfiguration } from '../configuration/configuration';
import { sourceFiles } from '../configuration/source-files';
import type { DemoUpstreams } from '../demo/demos';
import { startGateway, type RunningGateway } from '../gateway';
import type { LogStream } from '../log/log-stream';
import type { Metrics } from '../metrics/metrics';
import {
  toFailure,
  type DemoAddresses,
  type FromWorker,
  type Source,
  type ToWorker,
  type WorkerSettings,
} from './messages';
import { readMetricValues, type MetricValues } from '../metrics/metric-values';

/** Milliseconds to write the last log lines, because their reader may be stalled. */
const FLUSH_DEADLINE = 1_000;

/** Sends to the primary. Resolves when the message is written, or cannot be written because the primary has ended. */
const send = (message: FromWorker): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });

/** The demos that the primary runs. */
const demosAt = (addresses: () => DemoAddresses): DemoUpstreams => ({
  start: async () => undefined,
  urlOf: (environment) => {
    const address = addresses()[environment];
    return address === undefined ? undefined : new URL(address);
  },
  close: () => undefined,
});

/** The gateway of a worker process. The primary starts and stops it by messages. */
export class GatewayWorker {
  readonly #log: LogStream;
  readonly #registry = new Registry();
  #logger: Logger;
  #gateway: RunningGateway | undefined;
  #source: Source = { files: new Map(), demos: { production: undefined, sandbox: undefined } };
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #finalMetrics: readonly MetricValues[] | undefined;
  #onLeft: () => void = () => undefined;

  constructor(log: LogStream) {
    this.#log = log;
    this.#logger = pino({}, log);
    log.onResume((lines) => this.#logger.warn({ lines }, 'Log lines were dropped, because nothing read the log'));
  }

  async receive(message: ToWorker): Promise<void> {
    if (message.kind === 'start') {
      this.#starting = this.#start(message.settings).catch((error: unknown) => this.#fail(error));
      await this.#starting;
    }
    if (message.kind === 'reload') await this.#reload(message.source);
    if (message.kind === 'collect') await this.#sendMetrics(message.request);
    if (message.kind === 'stop') await this.stop();
    if (message.kind === 'left') this.#onLeft();
  }

  /** Finishes the requests in flight, then ends the process. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().catch(() => this.#exit(1));
    return this.#stopping;
  }

  /** Finishes the requests in flight: the primary has closed the channel or has ended. */
  async disconnect(): Promise<void> {
    this.#onLeft();
    await this.stop();
  }

  async #start({ worker, file, port, redis, ...source }: WorkerSettings): Promise<void> {
    this.#logger = this.#logger.child({ worker });
    this.#source = source;
    const environment = process.env;
    this.#gateway = await startGateway({
      file,
      port,
      redis,
      environment,
      logger: this.#logger,
      read: () => sourceFiles.replay(this.#source.files, () => readConfiguration(file, environment)),
      createMetrics: () => this.#createMetrics(),
      onDrain: () => this.#leave(),
      demos: demosAt(() => this.#source.demos),
      droppedLogLines: () => this.#log.droppedTotal,
      onReloaded: () => undefined, // the primary logs the result of all workers
    });
    const { url, portalUrl, isSelfSigned } = this.#gateway;
    await send({ kind: 'ready', ready: { url, portalUrl, isSelfSigned } });
  }

  /** Reloads from other contents of the files. If that is refused, the previous contents stay in use. */
  async #reload(source: Source): Promise<void> {
    await this.#starting;
    const former = this.#source;
    this.#source = source;
    const result = await this.#gateway?.reload();
    if (result?.outcome === 'refused') this.#source = former;
    if (result !== undefined) await send({ kind: 'reloaded', result });
  }

  /** Creates metrics without a listener, because the primary collects and serves them. */
  #createMetrics(): Metrics {
    return {
      registry: this.#registry,
      listen: async () => collectDefaultMetrics({ register: this.#registry }),
      close: async () => undefined,
    };
  }

  async #sendMetrics(request: number): Promise<void> {
    try {
      await send({ kind: 'metrics', request, metrics: await this.#readMetrics() });
    } catch (error) {
      this.#logger.error(
        { error: error instanceof Error ? error.name : typeof error },
        'Metrics could not be collected',
      );
    }
  }

  /** A closed gate removes its metrics, so that those of a stopping worker are read before. */
  async #readMetrics(): Promise<readonly MetricValues[]> {
    return this.#finalMetrics ?? (await readMetricValues(this.#registry));
  }

  /** Requests that the primary passes no more connections. Resolves when all that it has passed before have arrived. */
  async #leave(): Promise<void> {
    const metrics = await this.#readMetrics();
    this.#finalMetrics = metrics;
    if (!process.connected) return;
    await new Promise<void>((resolve) => {
      this.#onLeft = resolve;
      void send({ kind: 'leaving', metrics });
    });
  }

  async #stop(): Promise<void> {
    await this.#gateway?.close();
    await this.#exit(0);
  }

  async #fail(error: unknown): Promise<void> {
    await send({ kind: 'failed', failure: toFailure(error) });
    await this.#exit(1);
  }

  async #exit(code: number): Promise<void> {
    await this.#log.flush(FLUSH_DEADLINE);
    process.exit(code);
  }
}
