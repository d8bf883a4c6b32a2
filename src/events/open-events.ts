import type { Clock } from '../protocol/time';
import { createDurations, noDurations } from './durations';
import { Emitter } from './emitter';
import type { Logger } from './logger';
import { registerMetrics, type MetricsRegistry } from './metrics';
import type { CacheCounts, PasswordQueueLoad, StoreReadings } from './readings';

export interface EventSettings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry | undefined;
  readonly store: StoreReadings;
  /** False if the gate keeps everything in the memory of the process. */
  readonly hasRedis: boolean;
  readonly passwordQueue: () => PasswordQueueLoad;
  readonly droppedUsage: () => number;
  /** Absent if the gate has no cache. */
  readonly cacheCounts?: () => CacheCounts;
}

/**
 * Creates the event emitter of a gate, and its metrics if there is a registry.
 *
 * @returns the emitter, the histograms, and a function that removes the metrics
 * @throws ConfigurationError if the registry refuses a metric; the others are then removed again
 */
export const openEvents = ({ clock, logger, metrics, hasRedis, ...sources }: EventSettings) => {
  const emitter = new Emitter(clock, logger);
  if (metrics === undefined) return { emitter, durations: noDurations, stopCounting: () => undefined };
  const durations = createDurations({ hasRedis });
  return { emitter, durations, stopCounting: registerMetrics(metrics, { emitter, durations, ...sources }) };
};
