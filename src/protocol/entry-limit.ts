/** Options of an LRU cache that limit the number of its entries. */
export interface EntryLimit {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
}

const ONE = (): number => 1;

/**
 * Limits an LRU cache to `max` entries and lets it grow on demand. The cache's own option `max` allocates memory for
 * all entries when the cache is created: up to 25 ms and several megabytes per cache.
 */
export const entryLimit = (max: number): EntryLimit => ({ maxSize: max, sizeCalculation: ONE });
