import { OAuthError } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';
import { RefusalSpacer } from './refusal-spacer';

export interface WorkQueueOptions {
  /** Maximum number of concurrent jobs. */
  readonly concurrency: number;
  /** Maximum number of waiting jobs. */
  readonly queue: number;
  /** Maximum wait of a job. */
  readonly queueDeadline: Milliseconds;
}

interface Waiting {
  start(): void;
  giveUp(): void;
  readonly timer: NodeJS.Timeout;
}

const overloaded = (reason: string): OAuthError =>
  new OAuthError('temporarily_unavailable', 'Too many sign-ins at the moment. Try again shortly.', {
    headers: { 'Retry-After': '1' },
    cause: new Error(reason),
  });

const queueFull = (): OAuthError => overloaded('queue full');

/** 200 refusals per second, each sent within the second that `Retry-After` announces. */
const REFUSALS = { spacing: 5, maxWait: 1_000, maxWaiting: 1_000 };

/**
 * Runs a few heavy jobs concurrently and lets a bounded number wait for a bounded time. Further jobs are refused
 * immediately, so that a flood of sign-ins neither grows without limit nor blocks the thread pool for everything else.
 */
export class WorkQueue {
  readonly #waiting: Waiting[] = [];
  readonly #options: WorkQueueOptions;
  readonly #refusals = new RefusalSpacer(REFUSALS);
  #running = 0;
  #admitted = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /**
   * Admits an attempt that will call `run`, or refuses it before it has cost anything. An admitted attempt counts
   * immediately: otherwise each free place would admit all attempts until the first one takes it. Refusals are
   * spaced evenly.
   * @throws OAuthError `temporarily_unavailable` if there is no room
   */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    const present = Math.max(this.#admitted, this.#running + this.#waiting.length);
    if (present >= this.#options.concurrency + this.#options.queue) {
      await this.#refusals.wait();
      throw queueFull();
    }
    this.#admitted += 1;
    try {
      return await work();
    } finally {
      this.#admitted -= 1;
    }
  }

  /** @throws OAuthError `temporarily_unavailable` if there is no room or the wait was too long */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#running < this.#options.concurrency) this.#running += 1;
    else await this.#waitForPlace();
    try {
      return await job();
    } finally {
      this.#handOver();
    }
  }

  /** Waits for the place of a job that ends. */
  #waitForPlace(): Promise<void> {
    if (this.#waiting.length >= this.#options.queue) return Promise.reject(queueFull());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: resolve,
        giveUp: () => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
          reject(overloaded('queue deadline'));
        },
        timer: setTimeout(() => waiting.giveUp(), this.#options.queueDeadline),
      };
      this.#waiting.push(waiting);
    });
  }

  #handOver(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    clearTimeout(next.timer);
    next.start();
  }
}
