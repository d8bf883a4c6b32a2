/** The options of an LRU cache that limit its entries. */
export interface EntryLimit {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
}

const ONE = (): number => 1;

/**
 * Limits an LRU cache to `max` entries and lets it grow. With `max` alone it would allocate the room for all of them when it is
 * made: up to 25 ms and several megabytes each.
 */
export const entryLimit = (max: number): EntryLimit => ({ maxSize: max, sizeCalculation: ONE });
