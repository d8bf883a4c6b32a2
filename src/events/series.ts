/** Labels of a metric and their values. */
export type Labels = Readonly<Record<string, string>>;

/** A metric in the shape that a prom-client registry reads. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** How the values of several processes become one. */
  readonly aggregator: 'sum' | 'min' | 'max';
  get(): Promise<object>;
  reset(): void;
}

export interface SeriesDescription extends Pick<Metric, 'name' | 'help'> {
  readonly type: 'counter' | 'gauge';
  readonly hasLabels: boolean;
  /** @default `sum` for a counter, `min` for a gauge */
  readonly aggregator?: Metric['aggregator'];
}

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels));

/** The values of a metric, one for each combination of labels. */
export class Series implements Metric {
  name: string; // prom-client renames a counter when it prints OpenMetrics
  readonly help: string;
  readonly type: SeriesDescription['type'];
  readonly aggregator: Metric['aggregator'];
  readonly #hasLabels: boolean;
  readonly #values = new Map<string, { readonly labels: Labels; value: number }>();

  constructor({ name, help, type, hasLabels, aggregator }: SeriesDescription) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.aggregator = aggregator ?? (type === 'counter' ? 'sum' : 'min');
    this.#hasLabels = hasLabels;
    this.#begin();
  }

  add(labels: Labels, amount: number): void {
    this.#entry(labels).value += amount;
  }

  set(labels: Labels, value: number): void {
    this.#entry(labels).value = value;
  }

  /** Removes the value with these labels, because it is not known at the moment. */
  delete(labels: Labels): void {
    this.#values.delete(keyOf(labels));
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
    const key = keyOf(labels);
    const entry = this.#values.get(key) ?? { labels, value: 0 };
    this.#values.set(key, entry);
    return entry;
  }
}
