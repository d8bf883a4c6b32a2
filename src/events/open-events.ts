import type { Clock } from '../protocol/time';
import { Emitter } from './emitter';
import type { Logger } from './logger';
import { registerMetrics, type MetricsRegistry } from './metrics';
import type { CacheCounts, StoreReadings } from './readings';

export interface EventSettings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry | undefined;
  readonly store: StoreReadings;
  /** Absent if the gate has no cache. */
  readonly cacheCounts?: () => CacheCounts;
}

/**
 * Creates the event emitter of a gate, and its metrics if there is a registry.
 *
 * @returns the emitter, and a function that removes the metrics
 * @throws ConfigurationError if the registry refuses a metric; the others are then removed again
 */
export const openEvents = ({ clock, logger, metrics, ...sources }: EventSettings) => {
  const emitter = new Emitter(clock, logger);
  const stopCounting = metrics === undefined ? () => undefined : registerMetrics(metrics, { emitter, ...sources });
  return { emitter, stopCounting };
};
