import { AggregatorRegistry, Registry, type OpenMetricsContentType, type PrometheusContentType } from 'prom-client';
import { Histogram } from '../../src/events/histogram';
import { samplesOf } from '../support/gate/metrics';

const aHistogram = (): Histogram =>
  new Histogram({ name: 'wait_seconds', help: 'Time of a wait', bounds: [0.001, 0.25, 1] });

const printed = async (histogram: Histogram): Promise<readonly string[]> => {
  const registry = new Registry();
  registry.registerMetric(histogram as never);
  return samplesOf(await registry.metrics());
};

describe('a histogram', () => {
  it('begins with empty buckets, so that its first value is visible as an increase', async () => {
    expect(await printed(aHistogram())).toEqual([
      'wait_seconds_bucket{le="0.001"} 0',
      'wait_seconds_bucket{le="0.25"} 0',
      'wait_seconds_bucket{le="1"} 0',
      'wait_seconds_bucket{le="+Inf"} 0',
      'wait_seconds_sum 0',
      'wait_seconds_count 0',
    ]);
  });

  it('counts a value in every bucket whose bound it does not exceed', async () => {
    const histogram = aHistogram();
    for (const milliseconds of [0, 0.5, 1, 250, 500, 1_500, 60_000]) histogram.observe(milliseconds);
    expect(await printed(histogram)).toEqual([
      'wait_seconds_bucket{le="0.001"} 3',
      'wait_seconds_bucket{le="0.25"} 4',
      'wait_seconds_bucket{le="1"} 5',
      'wait_seconds_bucket{le="+Inf"} 7',
      'wait_seconds_sum 62.2515',
      'wait_seconds_count 7',
    ]);
  });

  it('has the type that Prometheus and OpenMetrics expect', async () => {
    for (const type of [Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE]) {
      const registry = new Registry<PrometheusContentType | OpenMetricsContentType>();
      registry.setContentType(type);
      registry.registerMetric(aHistogram() as never);
      expect(await registry.metrics()).toContain(
        '# HELP wait_seconds Time of a wait\n# TYPE wait_seconds histogram\nwait_seconds_bucket{le="0.001"} 0\n',
      );
    }
  });

  it('is empty again after a reset', async () => {
    const histogram = aHistogram();
    histogram.observe(100);
    histogram.reset();
    expect(await printed(histogram)).toEqual(await printed(aHistogram()));
  });

  it('is not changed by a reader that changes what it has read', async () => {
    const registry = new Registry();
    registry.registerMetric(aHistogram() as never);
    for (const { values } of await registry.getMetricsAsJSON()) for (const entry of values) entry.value = 99;
    expect(samplesOf(await registry.metrics())).toEqual(await printed(aHistogram()));
  });

  it('adds up over the processes of a cluster', async () => {
    const processes = [aHistogram(), aHistogram()];
    processes[0]?.observe(100);
    processes[1]?.observe(500);
    const read = processes.map(async (histogram) => {
      const registry = new Registry();
      registry.registerMetric(histogram as never);
      return registry.getMetricsAsJSON();
    });
    const sum = AggregatorRegistry.aggregate(await Promise.all(read));
    expect(samplesOf(await sum.metrics())).toEqual([
      'wait_seconds_bucket{le="0.001"} 0',
      'wait_seconds_bucket{le="0.25"} 1',
      'wait_seconds_bucket{le="1"} 2',
      'wait_seconds_bucket{le="+Inf"} 2',
      'wait_seconds_sum 0.6',
      'wait_seconds_count 2',
    ]);
  });
});
