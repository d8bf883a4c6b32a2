import { Series, type SeriesDescription } from './series';

/** Counters of a cache since the start. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly bypassed: number;
  readonly flushes: number;
}

/** State of the queue of password work. */
export interface PasswordQueueLoad {
  /** Number of requests that have a place and do not run. */
  readonly waiting: number;
  /** Number of concurrent jobs. */
  readonly running: number;
  /** Maximum number of waiting requests. */
  readonly capacity: number;
}

/** Values that a scrape reads from a gate's store. */
export interface StoreReadings {
  readonly name: string;
  /** Checks whether tokens can be issued and are kept, as readiness does. Never rejects. */
  isReady(): Promise<boolean>;
  /** Returns true if the store may evict live keys; `undefined` if that is not known. */
  mayEvict(): boolean | undefined;
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
      help: 'Whether tokens can be issued and are kept: the store answers, accepts writes and evicts no live keys',
      type: 'gauge',
      hasLabels: true,
    },
    async (series) => series.set({ store: store.name }, (await store.isReady()) ? 1 : 0),
  ),
  new Readings(
    {
      name: 'scopegate_store_may_evict',
      help: 'Whether the store may evict live keys; absent while that is not known',
      type: 'gauge',
      hasLabels: true,
      aggregator: 'max',
    },
    (series) => {
      const mayEvict = store.mayEvict();
      if (mayEvict === undefined) series.delete({ store: store.name });
      else series.set({ store: store.name }, mayEvict ? 1 : 0);
    },
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

export const createUsageReadings = (dropped: () => number): Series =>
  new Readings(
    {
      name: 'scopegate_usage_dropped_total',
      help: 'Requests that are missing in the usage of applications: too many clients, or the store was away',
      type: 'counter',
      hasLabels: false,
    },
    (series) => series.set({}, dropped()),
  );

const PASSWORD_QUEUE_GAUGES = {
  waiting: 'Requests that wait for password work',
  running: 'Password hashes that are computed at the moment',
  capacity: 'Maximum number of requests that wait for password work',
} satisfies Record<keyof PasswordQueueLoad, string>;

export const createPasswordQueueReadings = (load: () => PasswordQueueLoad): readonly Series[] =>
  (Object.keys(PASSWORD_QUEUE_GAUGES) as (keyof PasswordQueueLoad)[]).map(
    (member) =>
      new Readings(
        {
          name: `scopegate_password_queue_${member}`,
          help: PASSWORD_QUEUE_GAUGES[member],
          type: 'gauge',
          hasLabels: false,
          aggregator: 'sum',
        },
        (series) => series.set({}, load()[member]),
      ),
  );
