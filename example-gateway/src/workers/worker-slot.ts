import type { Logger } from 'pino';
import { describeFailure, type Failure, type Ready, type Source, type WorkerSettings } from './messages';
import type { ReloadResult } from '../reload/reload-result';
import { Restarts } from './restarts';
import { SlotMetrics } from './slot-metrics';
import { WorkerProcess, type Ending } from './worker-process';

export interface SlotServices {
  readonly logger: Logger;
  /** The settings of the next process. */
  readonly settingsFor: (worker: number) => WorkerSettings;
  /** Called when the worker listens, has failed or has ended. */
  readonly onChange: () => void;
}

/** Keeps one worker running: a process that ends is replaced until `stop` is called. */
export class WorkerSlot {
  readonly worker: number;
  readonly metrics: SlotMetrics;
  readonly #services: SlotServices;
  readonly #restarts = new Restarts();
  #process: WorkerProcess | undefined;
  #ready: Ready | undefined;
  #failure: Failure | undefined;
  #isFailing = false;
  #isStopping = false;
  #isLeaving = false;
  #replacing: NodeJS.Timeout | undefined;
  #crashes = 0;

  constructor(worker: number, services: SlotServices) {
    this.worker = worker;
    this.metrics = new SlotMetrics(worker);
    this.#services = services;
  }

  /** The properties of the worker while it listens. */
  get ready(): Ready | undefined {
    return this.#ready;
  }

  /** The error with which the last start of the worker failed. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** True if the worker has ended repeatedly and does not listen. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  get hasProcess(): boolean {
    return this.#process !== undefined;
  }

  /** True if the worker listens or starts, so that the port remains open. */
  get isListening(): boolean {
    return this.#process !== undefined && !this.#isLeaving;
  }

  /** Processes that have ended unexpectedly. */
  get crashes(): number {
    return this.#crashes;
  }

  start(): void {
    const { settingsFor, onChange, logger } = this.#services;
    const started = new WorkerProcess(settingsFor(this.worker), {
      onReady: (ready) => {
        this.#ready = ready;
        this.#isFailing = false;
        this.#failure = undefined;
        logger.info({ worker: this.worker, workerPid: started.pid }, 'A worker listens');
        onChange();
      },
      onFailed: (failure) => {
        this.#failure = failure;
        onChange();
      },
      onLeaving: () => {
        this.#ready = undefined;
        this.#isLeaving = true;
        onChange();
      },
      onMetrics: (metrics) => this.metrics.update(metrics),
      onEnd: (ending) => this.#onEnd(ending),
    });
    this.#process = started;
  }

  /** Requests the metrics. Resolves with false if they have not arrived within `deadline` milliseconds. */
  collect(deadline: number): Promise<boolean> {
    return this.#process?.collect(deadline) ?? Promise.resolve(false);
  }

  /** Reloads the worker. Resolves with `undefined` if it has ended, or has not replied within `deadline` milliseconds. */
  reload(source: Source, deadline: number): Promise<ReloadResult | undefined> {
    return this.#process?.reload(source, deadline) ?? Promise.resolve(undefined);
  }

  /** Lets the worker finish the requests in flight. It is replaced. */
  replace(): void {
    this.#process?.stop();
  }

  /** Ends the worker immediately. It is replaced. */
  restart(): void {
    this.#process?.kill();
  }

  /** Lets the worker finish the requests in flight. It is not replaced. */
  stop(): void {
    this.#isStopping = true;
    clearTimeout(this.#replacing);
    this.#process?.stop();
  }

  /** Ends the worker immediately. It is not replaced. */
  kill(): void {
    this.#isStopping = true;
    clearTimeout(this.#replacing);
    this.#process?.kill();
  }

  #onEnd(ending: Ending): void {
    this.#process = undefined;
    this.#ready = undefined;
    this.#isLeaving = false;
    this.metrics.end();
    if (!this.#isStopping) this.#replace(ending);
    this.#services.onChange();
  }

  #replace(ending: Ending): void {
    const { logger } = this.#services;
    const { delay, isRepeated } = this.#restarts.afterFailure(performance.now());
    const reason = this.#failure && describeFailure(this.#failure);
    const fields = { worker: this.worker, ...ending, ...(reason === undefined ? {} : { reason }), delayMs: delay };
    this.#crashes += 1;
    this.#isFailing = isRepeated;
    if (isRepeated) logger.error(fields, 'A worker ends repeatedly; the others continue to serve requests');
    else logger.warn(fields, 'A worker has ended and is replaced');
    this.#replacing = setTimeout(() => this.start(), delay);
  }
}
