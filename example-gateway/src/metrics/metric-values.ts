import { AggregatorRegistry, type Registry } from 'prom-client';

/** A metric with its values: the JSON form of prom-client, which workers send to the primary. */
export interface MetricValues {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  /** How the values of several processes become one. */
  readonly aggregator: string;
  readonly values: readonly MetricValue[];
}

interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram: the name with `_bucket`, `_sum` or `_count`. */
  readonly metricName?: string;
}

/** Metrics of Node and of the operating system, which mean little if they are added up. */
const isOfProcess = ({ name }: MetricValues): boolean => /^(?:process|nodejs)_/.test(name);

/** Counters and histograms. Their values only increase, so those of ended processes stay in the sum. */
export const isCumulative = ({ type }: MetricValues): boolean => type === 'counter' || type === 'histogram';

/** Returns the metrics of a registry. The types of prom-client describe `type` as a number, which it is not. */
export const readMetricValues = async (registry: Registry): Promise<readonly MetricValues[]> =>
  (await registry.getMetricsAsJSON()) as unknown as readonly MetricValues[];

export const cumulativeOf = (metrics: readonly MetricValues[]): readonly MetricValues[] => metrics.filter(isCumulative);

/** Adds the label `worker` to the metrics of a process, so that each process keeps its own values. */
export const labelProcess = (metrics: readonly MetricValues[], worker: string): readonly MetricValues[] =>
  metrics.map((metric) => {
    if (!isOfProcess(metric)) return metric;
    const values = metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker } }));
    return { ...metric, values, aggregator: isCumulative(metric) ? 'sum' : 'first' };
  });

/**
 * Combines the metrics of several processes, each by its own `aggregator`: counters and histograms by the sum, gauges
 * by the sum, the minimum or the maximum.
 */
export const aggregate = (processes: readonly (readonly MetricValues[])[]): Registry =>
  AggregatorRegistry.aggregate(processes.map((metrics) => [...metrics]));

/** Combines metrics in the same way, as plain values that can be sent to another process. */
export const sumOf = (processes: readonly (readonly MetricValues[])[]): readonly MetricValues[] => {
  const metrics = aggregate(processes).getMetricsAsArray() as unknown as readonly MetricValues[];
  return metrics.map(({ name, help, type, aggregator, values }) => ({ name, help, type, aggregator, values }));
};
