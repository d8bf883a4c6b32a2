import { ConfigurationError } from '../protocol/errors';
import type { Emitter } from './emitter';
import type { GateEvent, GateEventType } from './gate-events';

/** The part of a prom-client registry that scopegate needs, as a structural type, so that prom-client is optional. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

type Labels = Readonly<Record<string, string>>;

/** A metric in the shape that a prom-client registry reads. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly aggregator: 'sum' | 'min';
  get(): Promise<object>;
  reset(): void;
}

class Series implements Metric {
  name: string; // prom-client renames a counter when it prints OpenMetrics
  readonly help: string;
  readonly type: Metric['type'];
  readonly aggregator: Metric['aggregator'];
  readonly #hasLabels: boolean;
  readonly #values = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(name: string, help: string, type: Metric['type'], hasLabels: boolean) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.aggregator = type === 'counter' ? 'sum' : 'min';
    this.#hasLabels = hasLabels;
    this.#begin();
  }

  add(labels: Labels, amount: number): void {
    this.#entry(labels).value += amount;
  }

  set(labels: Labels, value: number): void {
    this.#entry(labels).value = value;
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: [...this.#values.values()].map((entry) => ({ ...entry })) };
  }

  /** Resets counters. Gauges describe a current state, so they keep their values. */
  reset(): void {
    if (this.type === 'gauge') return;
    this.#values.clear();
    this.#begin();
  }

  /** Starts a metric without labels at zero, so that its first event is visible as an increase. */
  #begin(): void {
    if (!this.#hasLabels) this.#entry({});
  }

  #entry(labels: Labels): { readonly labels: Labels; value: number } {
    const key = JSON.stringify(Object.entries(labels));
    const entry = this.#values.get(key) ?? { labels, value: 0 };
    this.#values.set(key, entry);
    return entry;
  }
}

class Readings extends Series {
  readonly #read: () => Readonly<Record<string, number>>;

  constructor(name: string, help: string, read: () => Readonly<Record<string, number>>) {
    super(name, help, 'counter', true);
    this.#read = read;
  }

  override async get(): Promise<object> {
    for (const [outcome, value] of Object.entries(this.#read())) this.set({ outcome }, value);
    return super.get();
  }
}

/** Counters of a cache since the start. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly bypassed: number;
  readonly flushes: number;
}

const cacheSeries = (counts: () => CacheCounts): Metric =>
  new Readings('scopegate_cache_total', 'Look-ups of access tokens in the cache, and its flushes', () => {
    const { hits, misses, bypassed, flushes } = counts();
    return { hit: hits, miss: misses, bypass: bypassed, flush: flushes };
  });

/** Values that a scrape reads from a gate's store. */
export interface StoreReadings {
  readonly name: string;
  /** Checks whether tokens can be issued: the store answers and accepts writes. Never rejects. */
  canIssue(): Promise<boolean>;
  /** Number of commands since the start that the store did not answer within the deadline. */
  missedDeadlines(): number;
}

class StoreUp extends Series {
  readonly #store: StoreReadings;

  constructor(store: StoreReadings) {
    super('scopegate_store_up', 'Whether tokens can be issued: the store answers and accepts writes', 'gauge', true);
    this.#store = store;
  }

  override async get(): Promise<object> {
    this.set({ store: this.#store.name }, (await this.#store.canIssue()) ? 1 : 0);
    return super.get();
  }
}

class StoreDeadlines extends Series {
  readonly #store: StoreReadings;

  constructor(store: StoreReadings) {
    super('scopegate_store_deadline_total', 'Commands that the store did not answer in time', 'counter', false);
    this.#store = store;
  }

  override async get(): Promise<object> {
    this.set({}, this.#store.missedDeadlines());
    return super.get();
  }
}

/** Returns the labels of an event. Their values are from short fixed lists, never a client, a user or an address. */
const labelsOf = (event: GateEvent): Labels => {
  switch (event.type) {
    case 'issue':
      return { occasion: event.occasion, environment: event.environment };
    case 'refresh':
      return { environment: event.environment };
    case 'revoke':
      return { because: event.because, ends: event.ends };
    case 'deny':
      return { place: event.place, status: String(event.status), reason: event.reason };
    case 'throttle':
      return { rule: event.rule };
    default:
      return {};
  }
};

const WITHOUT_LABELS: ReadonlySet<GateEventType> = new Set(['replay', 'reuse']);

const COUNTERS: readonly (readonly [type: GateEventType, name: string, help: string])[] = [
  ['issue', 'scopegate_issued_total', 'Grants for which tokens were issued'],
  ['refresh', 'scopegate_refreshed_total', 'Refresh tokens used and replaced'],
  ['replay', 'scopegate_replayed_total', 'Refreshes repeated inside the grace window'],
  ['reuse', 'scopegate_reused_total', 'Spent refresh tokens used again, each the end of its grant'],
  ['revoke', 'scopegate_revoked_total', 'Revocations of a grant, or of all tokens of a client or a user'],
  ['deny', 'scopegate_denied_total', 'Requests refused, by place, status and reason'],
  ['throttle', 'scopegate_throttled_total', 'Attempts refused because too many before them had failed'],
];

/** Sources of the metrics of one gate. */
export interface Measured {
  readonly emitter: Emitter;
  readonly store: StoreReadings;
  /** Absent if the gate has no cache. */
  readonly cacheCounts?: () => CacheCounts;
}

const seriesOf = ({ emitter, store, cacheCounts }: Measured): readonly Metric[] => {
  const counters = COUNTERS.map(([type, name, help]) => {
    const series = new Series(name, help, 'counter', !WITHOUT_LABELS.has(type));
    emitter.on(type, (event) => series.add(labelsOf(event), 1));
    return series;
  });
  const state = [new StoreUp(store), new StoreDeadlines(store)];
  return [...counters, ...state, ...(cacheCounts === undefined ? [] : [cacheSeries(cacheCounts)])];
};

const isTaken = (registry: MetricsRegistry & { getSingleMetric?: (name: string) => unknown }, name: string): boolean =>
  registry.getSingleMetric?.(name) !== undefined;

const faultOf = (registry: MetricsRegistry, name: string, thrown: unknown): ConfigurationError => {
  const problem = isTaken(registry, name)
    ? `has a metric "${name}" already: give each gate a registry of its own`
    : `did not take the metric "${name}": ${thrown instanceof Error ? thrown.message : 'something was thrown that is no error'}`;
  return new ConfigurationError([{ path: ['metrics'], problem }]);
};

/**
 * Registers the metrics of a gate, all or none. Each gate needs a registry of its own.
 *
 * @returns a function that removes them; errors of the registry are ignored
 * @throws ConfigurationError if the registry refuses a metric
 */
export const registerMetrics = (registry: MetricsRegistry, measured: Measured): (() => void) => {
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
  for (const metric of seriesOf(measured)) {
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
