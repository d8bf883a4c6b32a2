import { Counter, Gauge, Histogram, Registry, type Aggregator } from 'prom-client';
import { aggregate, readMetricValues } from '../src/metrics/metric-values';
import { SlotMetrics } from '../src/workers/slot-metrics';
import { valuesIn } from './support/worker-processes';

/** A process with one metric of each kind. */
const aProcess = () => {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, aggregator: Aggregator) => new Gauge({ name, help: 'h', aggregator, registers });
  return {
    values: () => readMetricValues(registry),
    requests: new Counter({ name: 'requests_total', help: 'h', labelNames: ['status'], registers }),
    durations: new Histogram({ name: 'duration_seconds', help: 'h', buckets: [1, 2], registers }),
    up: gauge('up', 'min'),
    waiting: gauge('waiting', 'sum'),
    heap: gauge('nodejs_heap_bytes', 'sum'),
    started: gauge('process_start_time_seconds', 'omit'),
  };
};

const pageOf = async (sources: Parameters<typeof aggregate>[0]) => valuesIn(await aggregate(sources).metrics());

describe('the metrics of workers', () => {
  it('are combined as each metric says, and stay apart for those of the process', async () => {
    const slots = await Promise.all(
      [1, 2].map(async (worker) => {
        const { values, requests, durations, up, waiting, heap, started } = aProcess();
        requests.inc({ status: '200' }, 10 * worker);
        durations.observe(worker);
        up.set(worker - 1);
        waiting.set(worker);
        heap.set(1000 * worker);
        started.set(worker);
        const slot = new SlotMetrics(worker);
        slot.update(await values());
        return slot;
      }),
    );
    const page = await pageOf(slots.flatMap((slot) => slot.fresh()));
    expect(Object.fromEntries(page)).toEqual({
      'requests_total{status="200"}': 30,
      'duration_seconds_bucket{le="1"}': 1,
      'duration_seconds_bucket{le="2"}': 2,
      'duration_seconds_bucket{le="+Inf"}': 2,
      duration_seconds_sum: 3,
      duration_seconds_count: 2,
      up: 0,
      waiting: 3,
      'nodejs_heap_bytes{worker="1"}': 1000,
      'nodejs_heap_bytes{worker="2"}': 2000,
      'process_start_time_seconds{worker="1"}': 1,
      'process_start_time_seconds{worker="2"}': 2,
    });
  });

  it('keep the counters of all processes that have ended, and not their gauges', async () => {
    const slot = new SlotMetrics(1);
    for (const count of [3, 4]) {
      const { values, requests, durations } = aProcess();
      requests.inc({ status: '200' }, count);
      durations.observe(1.5);
      slot.update(await values());
      slot.end();
    }
    const { values, requests } = aProcess();
    requests.inc({ status: '500' }, 1);
    slot.update(await values());
    const page = await pageOf(slot.fresh());
    expect(page.get('requests_total{status="200"}')).toBe(7);
    expect(page.get('requests_total{status="500"}')).toBe(1);
    expect(page.get('duration_seconds_bucket{le="2"}')).toBe(2);
    expect(page.get('duration_seconds_count')).toBe(2);
    slot.end();
    const ended = await pageOf(slot.fresh());
    expect(ended.get('requests_total{status="500"}')).toBe(1);
    expect(ended.has('up')).toBe(false);
  });

  it('are the last known counters while a worker does not reply', async () => {
    const slot = new SlotMetrics(1);
    const { values, requests, up } = aProcess();
    requests.inc({ status: '200' }, 3);
    up.set(1);
    slot.update(await values());
    const page = await pageOf(slot.known());
    expect(page.get('requests_total{status="200"}')).toBe(3);
    expect(page.has('up')).toBe(false);
  });
});
