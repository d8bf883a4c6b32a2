import type { CacheCounts, StoreReadings } from '../events/readings';
import type { Stores } from './stores';

const NO_COUNTS: CacheCounts = { hits: 0, misses: 0, bypassed: 0, flushes: 0 };

/**
 * Creates the readings of the stores for metrics.
 * @param stores is called at each scrape, because the stores are opened after the metrics are registered
 */
export const storeReadings = (stores: () => Stores): StoreReadings => ({
  get name() {
    return stores().name;
  },
  isReady: () =>
    stores()
      .check()
      .then(
        () => true,
        () => false,
      ),
  mayEvict: () => stores().mayEvict(),
  missedDeadlines: () => stores().missedDeadlines(),
});

/** Returns the counters of the cache at each scrape. */
export const cacheReadings = (stores: () => Stores) => (): CacheCounts => stores().cacheCounts?.() ?? NO_COUNTS;
