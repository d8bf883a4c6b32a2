import { Series, type SeriesDescription } from './series';

/** Counters of a cache since the start. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly bypassed: number;
  readonly flushes: number;
}

/** Values that a scrape reads from a gate's store. */
export interface StoreReadings {
  readonly name: string;
  /** Checks whether tokens can be issued: the store answers and accepts writes. Never rejects. */
  canIssue(): Promise<boolean>;
  /** Number of commands, since the start, that got no reply of the store within the deadline. */
  missedDeadlines(): number;
}

/** A series whose values are read at each scrape. */
class Readings extends Series {
  readonly #read: (series: Series) => void | Promise<void>;

  constructor(description: SeriesDescription, read: (series: Series) => void | Promise<void>) {
    super(description);
    this.#read = read;
  }

  override async get(): Promise<object> {
    await this.#read(this);
    return super.get();
  }
}

export const createStoreReadings = (store: StoreReadings): readonly Series[] => [
  new Readings(
    {
      name: 'scopegate_store_up',
      help: 'Whether tokens can be issued: the store answers and accepts writes',
      type: 'gauge',
      hasLabels: true,
    },
    async (series) => series.set({ store: store.name }, (await store.canIssue()) ? 1 : 0),
  ),
  new Readings(
    {
      name: 'scopegate_store_deadline_total',
      help: 'Commands that the store did not answer in time',
      type: 'counter',
      hasLabels: false,
    },
    (series) => series.set({}, store.missedDeadlines()),
  ),
];

export const createCacheReadings = (counts: () => CacheCounts): Series =>
  new Readings(
    {
      name: 'scopegate_cache_total',
      help: 'Look-ups of access tokens in the cache, and its flushes',
      type: 'counter',
      hasLabels: true,
    },
    (series) => {
      const { hits, misses, bypassed, flushes } = counts();
      series.set({ outcome: 'hit' }, hits);
      series.set({ outcome: 'miss' }, misses);
      series.set({ outcome: 'bypass' }, bypassed);
      series.set({ outcome: 'flush' }, flushes);
    },
  );
