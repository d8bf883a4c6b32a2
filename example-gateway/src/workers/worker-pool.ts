import type { Logger } from 'pino';
import { StartError } from '../configuration/fault';
import { toError, type Ready, type Source, type WorkerSettings } from './messages';
import { WorkerSlot } from './worker-slot';

export interface PoolOptions {
  readonly count: number;
  /** The settings of the workers; the pool adds the number, the port and the source. */
  readonly settings: Pick<WorkerSettings, 'file' | 'redis'>;
  readonly source: Source;
  /** The port to listen on; 0 means any free port, the same for all workers. */
  readonly port: number;
  readonly logger: Logger;
}

const NEVER_READY =
  'cannot start: each worker process has ended repeatedly before it could listen; the log has the reasons';

/** The worker processes of one gateway. */
export class WorkerPool {
  readonly slots: readonly WorkerSlot[];
  readonly #options: PoolOptions;
  #port: number;
  #source: Source;
  #url: string | undefined;
  #onChange: () => void = () => undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#source = options.source;
    const services = {
      logger: options.logger,
      settingsFor: (worker: number): WorkerSettings => ({
        ...options.settings,
        ...this.#source,
        worker,
        port: this.#port,
      }),
      onChange: () => this.#update(),
    };
    this.slots = Array.from({ length: options.count }, (_, index) => new WorkerSlot(index + 1, services));
  }

  /**
   * Starts the workers. Resolves when all of them listen, apart from those that end repeatedly.
   * @throws the error of the first one that fails to start, if none listens
   */
  start(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      this.#onChange = () => {
        const [ready] = this.slots.flatMap((slot) => slot.ready ?? []);
        const failed = this.slots.find(({ failure }) => failure !== undefined)?.failure;
        if (ready === undefined && failed !== undefined) return reject(toError(failed));
        if (!this.slots.every((slot) => slot.ready !== undefined || slot.isFailing)) return;
        if (ready === undefined) return reject(new StartError([NEVER_READY], 'gateway-workers'));
        resolve(ready);
      };
      for (const slot of this.slots) slot.start();
    });
  }

  /** Starts further workers from other contents of the files. */
  use(source: Source): void {
    this.#source = source;
  }

  /** Lets all workers finish the requests in flight, and kills those that have not exited after `deadline` milliseconds. */
  async stop(deadline: number): Promise<void> {
    for (const slot of this.slots) slot.stop();
    const timer = setTimeout(() => {
      this.#options.logger.warn('Workers that did not exit in time are killed');
      this.kill();
    }, deadline);
    await this.#whenAllHaveEnded();
    clearTimeout(timer);
  }

  /** Ends all workers immediately. */
  kill(): void {
    for (const slot of this.slots) slot.kill();
  }

  #whenAllHaveEnded(): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = () => {
        if (!this.slots.some(({ hasProcess }) => hasProcess)) resolve();
      };
      this.#onChange();
    });
  }

  #update(): void {
    for (const slot of this.slots) this.#checkAddress(slot);
    // Workers that listen on port 0 share one port while at least one of them listens. Later ones listen on that port.
    if (this.#url !== undefined && this.#port === 0 && !this.slots.some(({ isListening }) => isListening)) {
      this.#port = Number(new URL(this.#url).port);
    }
    this.#onChange();
  }

  /** Replaces a worker that was given another port, because all others ended while it started. */
  #checkAddress(slot: WorkerSlot): void {
    if (slot.ready === undefined) return;
    this.#url ??= slot.ready.url;
    if (slot.ready.url !== this.#url) slot.restart();
  }
}
