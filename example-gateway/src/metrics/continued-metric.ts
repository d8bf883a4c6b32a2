import type { Metric } from 'prom-client';
import { isCumulative, sumOf, type MetricValues } from './metric-values';

interface Source {
  get(): Promise<MetricValues>;
}

/** A metric of prom-client or of scopegate: prom-client's types leave these members out. */
const sourceOf = (metric: Metric): Source => metric as unknown as Source;

/**
 * A counter or histogram that continues the one that it replaces, so that its values do not decrease when a reload
 * replaces the gate that counts. The previous gate still counts requests in flight.
 */
class ContinuedMetric implements Source {
  readonly name: string;
  readonly #current: Source;
  #former: Source;

  constructor(name: string, former: Source, current: Source) {
    this.name = name;
    this.#current = current;
    this.#former = former;
  }

  async get(): Promise<MetricValues> {
    const [former, current] = await Promise.all([this.#former.get(), this.#current.get()]);
    return sumOf([[former], [current]])[0] ?? current;
  }

  /** Keeps the values of the former metric and releases it: nothing counts in it any more. */
  freeze(): void {
    const values = this.#former.get();
    this.#former = { get: () => values };
  }
}

/** Returns the metric to register in place of `former`. Gauges describe a current state, so nothing of them is kept. */
export const continueMetric = (name: string, former: Metric | undefined, current: Metric): Metric => {
  if (former === undefined || !isCumulative(current as unknown as MetricValues)) return current;
  if (former instanceof ContinuedMetric) former.freeze();
  return new ContinuedMetric(name, sourceOf(former), sourceOf(current)) as unknown as Metric;
};
