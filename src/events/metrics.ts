import { ConfigurationError } from '../protocol/errors';
import type { Durations } from './durations';
import type { Emitter } from './emitter';
import { createEventCounters } from './event-counters';
import { createPasswordGrantCounter } from './password-grant-counter';
import {
  createCacheReadings,
  createPasswordQueueReadings,
  createStoreReadings,
  createUsageReadings,
  type CacheCounts,
  type PasswordQueueLoad,
  type StoreReadings,
} from './readings';
import type { Metric } from './series';

/** The part of a prom-client registry that scopegate needs, as a structural type, so that prom-client is optional. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/** Sources of the metrics of one gate. */
export interface MetricSources {
  readonly emitter: Emitter;
  readonly store: StoreReadings;
  readonly passwordQueue: () => PasswordQueueLoad;
  /** Number of requests that could not be counted for the usage of applications. */
  readonly droppedUsage: () => number;
  readonly durations: Durations;
  /** Absent if the gate has no cache. */
  readonly cacheCounts?: () => CacheCounts;
}

const createMetrics = ({
  emitter,
  store,
  passwordQueue,
  droppedUsage,
  durations,
  cacheCounts,
}: MetricSources): readonly Metric[] => [
  ...createEventCounters(emitter),
  createPasswordGrantCounter(emitter),
  ...createStoreReadings(store),
  ...(cacheCounts === undefined ? [] : [createCacheReadings(cacheCounts)]),
  ...createPasswordQueueReadings(passwordQueue),
  createUsageReadings(droppedUsage),
  ...Object.values(durations).filter((histogram) => histogram !== undefined),
];

const isTaken = (registry: MetricsRegistry & { getSingleMetric?: (name: string) => unknown }, name: string): boolean =>
  registry.getSingleMetric?.(name) !== undefined;

const faultOf = (registry: MetricsRegistry, name: string, thrown: unknown): ConfigurationError => {
  const problem = isTaken(registry, name)
    ? `has a metric "${name}" already: give each gate a registry of its own`
    : `did not take the metric "${name}": ${thrown instanceof Error ? thrown.message : 'a value that is not an Error was thrown'}`;
  return new ConfigurationError([{ path: ['metrics'], problem }]);
};

/**
 * Registers the metrics of a gate, all or none. Each gate needs a registry of its own.
 *
 * @returns a function that removes them; errors of the registry are ignored
 * @throws ConfigurationError if the registry refuses a metric
 */
export const registerMetrics = (registry: MetricsRegistry, sources: MetricSources): (() => void) => {
  const names: string[] = [];
  const remove = (): void => {
    for (const name of names.splice(0)) {
      try {
        registry.removeSingleMetric(name);
      } catch {
        // The other metrics must still be removed, and there is no other way to handle a broken registry.
      }
    }
  };
  for (const metric of createMetrics(sources)) {
    const { name } = metric; // prom-client may rename it
    try {
      registry.registerMetric(metric as never); // has the structure of prom-client's metrics
      names.push(name);
    } catch (thrown) {
      remove();
      throw faultOf(registry, name, thrown);
    }
  }
  return remove;
};
