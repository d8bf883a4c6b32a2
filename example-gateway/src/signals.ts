import type { Logger } from 'pino';
import type { RunningGateway } from './gateway';

// One press of Ctrl-C can reach this process twice: from the terminal, and again from npm, which forwards the signal.
const SAME_PRESS_MS = 500;

/**
 * Handles the signals of the process from its construction on. SIGTERM and SIGINT stop the gateway, and end the process
 * at the second one. SIGHUP reloads its file. SIGUSR2 is ignored, because Node's default would end the process.
 */
export class Signals {
  readonly #logger: Logger;
  readonly #flush: () => Promise<void>;
  #gateway: Pick<RunningGateway, 'reload' | 'close'> | undefined;
  #isReloadRequested = false;
  #stoppedAt: number | undefined;

  /** @param flush writes the last log lines; called before the process ends */
  constructor(logger: Logger, flush: () => Promise<void>) {
    this.#logger = logger;
    this.#flush = flush;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#stop(signal));
    process.on('SIGHUP', () => this.#reload());
    process.on('SIGUSR2', (signal) => logger.info({ signal }, 'Signal ignored. Use SIGHUP to reload the file'));
  }

  /** Passes the gateway to the handlers. A reload that was requested during the start begins now. */
  onStarted(gateway: Pick<RunningGateway, 'reload' | 'close'>): void {
    this.#gateway = gateway;
    if (this.#isReloadRequested) void gateway.reload();
  }

  #reload(): void {
    this.#isReloadRequested = true;
    void this.#gateway?.reload();
  }

  #stop(signal: string): void {
    if (this.#stoppedAt !== undefined) {
      if (performance.now() - this.#stoppedAt > SAME_PRESS_MS) process.exit(1);
      return;
    }
    this.#stoppedAt = performance.now();
    this.#logger.info({ signal }, 'Stopping: requests in flight are finished first');
    const closed = this.#gateway?.close() ?? Promise.resolve();
    closed.then(
      () => this.#exit(0),
      () => this.#exit(1),
    );
  }

  async #exit(code: number): Promise<void> {
    await this.#flush();
    process.exit(code);
  }
}
