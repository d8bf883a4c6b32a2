import type { Milliseconds } from '../protocol/time';
import type { Labels, Metric } from './series';

export interface HistogramDescription extends Pick<Metric, 'name' | 'help'> {
  /** Upper bounds of the buckets in seconds, ascending. A last bucket without a bound is added. */
  readonly bounds: readonly number[];
}

/** One printed line of a histogram. */
interface Sample {
  readonly metricName: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A histogram of durations in seconds, with fixed buckets and without labels, so that a value is cheap to count. */
export class Histogram implements Metric {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #bounds: Float64Array;
  /** Number of values in each bucket, without those of the buckets below it. The last one has no bound. */
  readonly #counts: Float64Array;
  #sum: Milliseconds = 0;

  constructor({ name, help, bounds }: HistogramDescription) {
    this.name = name;
    this.help = help;
    this.#bounds = Float64Array.from(bounds);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(duration: Milliseconds): void {
    const seconds = duration / 1_000;
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += duration;
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: this.#samples() };
  }

  reset(): void {
    this.#counts.fill(0);
    this.#sum = 0;
  }

  /** Returns the buckets, each with the values of those below it, the sum and the number of values. */
  #samples(): readonly Sample[] {
    let total = 0;
    const samples: Sample[] = [];
    for (const [bucket, count] of this.#counts.entries()) {
      total += count;
      const bound = this.#bounds[bucket];
      const le = bound === undefined ? '+Inf' : String(bound);
      samples.push({ metricName: `${this.name}_bucket`, labels: { le }, value: total });
    }
    return [
      ...samples,
      { metricName: `${this.name}_sum`, labels: {}, value: this.#sum / 1_000 },
      { metricName: `${this.name}_count`, labels: {}, value: total },
    ];
  }
}
