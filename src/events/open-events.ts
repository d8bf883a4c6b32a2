import type { Clock } from '../protocol/time';
import { Emitter } from './emitter';
import type { Logger } from './logger';
import { registerMetrics, type CacheCounts, type MetricsRegistry, type StoreReadings } from './metrics';

export interface EventSettings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry | undefined;
  readonly store: StoreReadings;
  /** Left out: the gate has no cache. */
  readonly cacheCounts?: () => CacheCounts;
}

/**
 * Opens the events of a gate, counted in the registry if there is one.
 *
 * @returns the emitter, and a function that removes the metrics
 * @throws ConfigurationError when the registry refuses a metric; none is left there then
 */
export const openEvents = ({ clock, logger, metrics, ...measured }: EventSettings) => {
  const emitter = new Emitter(clock, logger);
  const stopCounting = metrics === undefined ? () => undefined : registerMetrics(metrics, { emitter, ...measured });
  return { emitter, stopCounting };
};
