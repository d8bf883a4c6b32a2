import { cumulativeOf, labelProcess, sumOf, type MetricValues } from '../metrics/metric-values';

/**
 * The metrics of one worker and of the ended processes that it has replaced: their last known counters stay in the sum,
 * so that a counter never decreases.
 */
export class SlotMetrics {
  readonly #worker: string;
  #ended: readonly MetricValues[] = [];
  #latest: readonly MetricValues[] = [];

  constructor(worker: number) {
    this.#worker = String(worker);
  }

  /** Takes the values of the current process. */
  update(metrics: readonly MetricValues[]): void {
    this.#latest = labelProcess(metrics, this.#worker);
  }

  /** Adds the counters of the current process, which has ended, to those of its predecessors. */
  end(): void {
    this.#ended = sumOf([this.#ended, cumulativeOf(this.#latest)]);
    this.#latest = [];
  }

  /** The values of a worker that has just sent them. */
  fresh(): readonly (readonly MetricValues[])[] {
    return [this.#ended, this.#latest];
  }

  /** The last known counters of a worker that has not replied. Its gauges are left out, because they may be outdated. */
  known(): readonly (readonly MetricValues[])[] {
    return [this.#ended, cumulativeOf(this.#latest)];
  }
}
