import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Address } from '../configuration/address';
import { createMetricsListener, type MetricsListener } from './listener';

/** The metrics of this process, and the listener that serves them. */
export interface Metrics extends MetricsListener {
  /** Holds scopegate's metrics and those of the process. */
  readonly registry: Registry;
}

export type CreateMetrics = (address: Address, logger: Logger) => Metrics;

export const createMetrics: CreateMetrics = (address, logger) => {
  const registry = new Registry();
  const listener = createMetricsListener(address, registry, logger);
  return {
    registry,
    listen: async () => {
      await listener.listen();
      collectDefaultMetrics({ register: registry }); // after `listen`: it observes the process and cannot be stopped
    },
    close: (deadline) => listener.close(deadline),
  };
};
