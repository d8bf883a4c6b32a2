import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricsPage } from '../metrics/listener';
import { aggregate, labelProcess, readMetricValues, type MetricValues } from '../metrics/metric-values';
import type { WorkerSlot } from './worker-slot';

/** Milliseconds that a worker has to send its metrics. Prometheus waits for ten seconds. */
const DEADLINE = 2_000;

interface Reply {
  readonly slot: WorkerSlot;
  readonly hasReplied: boolean;
}

/** The metrics about the workers themselves. */
const describeWorkers = (replies: readonly Reply[]): readonly MetricValues[] => {
  const ready = replies.filter(({ slot }) => slot.ready !== undefined);
  const states = { configured: replies, ready, silent: ready.filter(({ hasReplied }) => !hasReplied) };
  return [
    {
      name: 'scopegate_workers',
      help: 'Worker processes: configured, ready (they listen), and silent (ready, but they did not send their metrics in time)',
      type: 'gauge',
      aggregator: 'sum',
      values: Object.entries(states).map(([state, { length }]) => ({ labels: { state }, value: length })),
    },
    {
      name: 'scopegate_worker_crashes_total',
      help: 'Worker processes that ended unexpectedly',
      type: 'counter',
      aggregator: 'sum',
      values: replies.map(({ slot }) => ({ labels: { worker: slot.worker }, value: slot.crashes })),
    },
  ];
};

/** The page of metrics of all workers, which the primary serves. */
export class WorkersPage implements MetricsPage {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #slots: readonly WorkerSlot[];
  /** The metrics of the primary's own process. */
  readonly #registry = new Registry();
  #current: Promise<string> | undefined;

  constructor(slots: readonly WorkerSlot[]) {
    this.#slots = slots;
  }

  /** Starts to observe the primary's own process, which cannot be stopped. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Returns the page. Concurrent requests share one collection. */
  metrics(): Promise<string> {
    this.#current ??= this.#collect().finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  async #collect(): Promise<string> {
    const replies = await Promise.all(
      this.#slots.map(async (slot): Promise<Reply> => {
        return { slot, hasReplied: slot.ready !== undefined && (await slot.collect(DEADLINE)) };
      }),
    );
    const workers = replies.flatMap(({ slot, hasReplied }) =>
      hasReplied ? slot.metrics.fresh() : slot.metrics.known(),
    );
    const primary = labelProcess(await readMetricValues(this.#registry), 'primary');
    return aggregate([...workers, primary, describeWorkers(replies)]).metrics();
  }
}
