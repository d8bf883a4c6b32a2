import type { Metric, Registry } from 'prom-client';
import type { MetricsRegistry } from 'scopegate';
import { continueMetric } from './metrics/continued-metric';

/**
 * The metrics of one gate. They are registered when the gate begins to serve, in place of those of the previous gate:
 * a registry has one metric of each name, and both gates exist while a reload is in progress.
 */
export class GateMetrics implements MetricsRegistry {
  readonly #registry: Registry;
  readonly #metrics = new Map<string, Metric>();
  readonly #published = new Map<string, Metric>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  registerMetric(metric: Metric): void {
    this.#metrics.set(nameOf(metric), metric);
  }

  removeSingleMetric(name: string): void {
    const published = this.#published.get(name);
    if (published !== undefined && this.#registry.getSingleMetric(name) === published) {
      this.#registry.removeSingleMetric(name);
    }
    this.#published.delete(name);
    this.#metrics.delete(name);
  }

  /** Replaces the metrics of the previous gate. Counters continue with their values. */
  publish(): void {
    for (const [name, metric] of this.#metrics) {
      const published = continueMetric(name, this.#registry.getSingleMetric(name), metric);
      this.#registry.removeSingleMetric(name);
      this.#registry.registerMetric(published);
      this.#published.set(name, published);
    }
  }
}

/** The name is missing from prom-client's type. */
const nameOf = (metric: Metric): string => (metric as unknown as { readonly name: string }).name;
