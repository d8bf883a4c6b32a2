import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import type { ReloadResult } from '../reload/reload-result';
import type { Failure, FromWorker, Ready, Source, ToWorker, WorkerSettings } from './messages';
import type { MetricValues } from '../metrics/metric-values';
import { PassedConnection } from './passed-connection';

/** How a process has ended, for the log. */
export interface Ending {
  readonly code?: number;
  readonly signal?: string;
}

export interface WorkerListeners {
  readonly onReady: (ready: Ready) => void;
  readonly onFailed: (failure: Failure) => void;
  readonly onLeaving: () => void;
  readonly onMetrics: (metrics: readonly MetricValues[]) => void;
  /** Called once, after the last message. */
  readonly onEnd: (ending: Ending) => void;
}

const fork = (): Worker => {
  cluster.setupPrimary({
    exec: join(__dirname, 'worker.js'),
    args: [],
    serialization: 'advanced', // for the contents of files
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return cluster.fork();
};

/** The primary's connection to one worker process. */
export class WorkerProcess {
  readonly #worker: Worker;
  readonly #passedConnection: PassedConnection;
  readonly #listeners: WorkerListeners;
  #requests = 0;
  #onCollected: (hasReplied: boolean) => void = () => undefined;
  #onReloaded: (result: ReloadResult | undefined) => void = () => undefined;
  #hasEnded = false;

  constructor(settings: WorkerSettings, listeners: WorkerListeners) {
    this.#listeners = listeners;
    this.#worker = fork();
    this.#passedConnection = new PassedConnection(this.#worker.process);
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', () => this.#endUnlessRunning());
    this.#worker.once('exit', (code: number | null, signal: string | null) => this.#exit(code, signal));
    this.#send({ kind: 'start', settings });
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  /** Requests the metrics. Resolves with false if they have not arrived within `deadline` milliseconds. */
  collect(deadline: number): Promise<boolean> {
    const request = (this.#requests += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), deadline);
      this.#onCollected = (hasReplied) => {
        clearTimeout(timer);
        resolve(hasReplied);
      };
      this.#send({ kind: 'collect', request });
    });
  }

  /** Reloads the worker. Resolves with `undefined` if it has ended, or has not replied within `deadline` milliseconds. */
  reload(source: Source, deadline: number): Promise<ReloadResult | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), deadline);
      this.#onReloaded = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
      this.#send({ kind: 'reload', source });
    });
  }

  /** Asks the worker to finish the requests in flight and to exit. */
  stop(): void {
    this.#send({ kind: 'stop' });
  }

  /** Ends the process immediately. */
  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  #send(message: ToWorker): void {
    this.#worker.send(message, (error) => {
      if (error !== null) this.#onCollected(false); // the process has ended or has closed the channel
    });
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') this.#listeners.onReady(message.ready);
    if (message.kind === 'failed') this.#listeners.onFailed(message.failure);
    if (message.kind === 'reloaded') this.#onReloaded(message.result);
    if (message.kind === 'leaving') this.#onLeaving(message.metrics);
    if (message.kind !== 'metrics') return;
    this.#listeners.onMetrics(message.metrics);
    if (message.request === this.#requests) this.#onCollected(true);
  }

  /**
   * Removes the worker from the distribution of connections. If a worker stopped to listen by itself, connections that
   * are on their way to it could be lost.
   */
  #onLeaving(metrics: readonly MetricValues[]): void {
    this.#listeners.onMetrics(metrics);
    this.#listeners.onLeaving();
    this.#worker.disconnect();
    this.#send({ kind: 'left' });
  }

  /** The last messages may arrive after the exit, but not after the channel is closed. */
  #exit(code: number | null, signal: string | null): void {
    const ending = signal === null ? { code: code ?? 0 } : { signal };
    if (this.#worker.isConnected()) this.#worker.once('disconnect', () => this.#end(ending));
    else this.#end(ending);
  }

  /** An error before the process exists, such as too many processes: there is no `exit` then. */
  #endUnlessRunning(): void {
    if (this.#worker.process.pid === undefined) this.#end({});
  }

  #end(ending: Ending): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#passedConnection.close();
    this.#onCollected(false);
    this.#onReloaded(undefined);
    this.#listeners.onEnd(ending);
  }
}
