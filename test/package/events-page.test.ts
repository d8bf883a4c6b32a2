import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDurations } from '../../src/events/durations';
import { Emitter } from '../../src/events/emitter';
import { GATE_EVENT_TYPES, rowOf } from '../../src/events/event-table';
import { registerMetrics } from '../../src/events/metrics';
import { aClock } from '../support/time/clock';
import { recordedLogger } from '../support/gate/gate';

const page = readFileSync(join(__dirname, '../../docs/events.md'), 'utf8');

/** The cells of the table under a heading of docs/events.md, without the two lines at its head. */
const tableUnder = (heading: string): readonly (readonly string[])[] => {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.split('|').slice(1, -1));
};

/** The texts of a cell that are printed as code. */
const codesIn = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

const inFirstColumn = (heading: string): readonly string[] => tableUnder(heading).flatMap(([first]) => codesIn(first));

interface Registered {
  readonly name: string;
  readonly type: string;
  readonly aggregator: string;
}

/** The metrics that a gate with a cache and Redis registers. */
const registered = (): readonly Registered[] => {
  const metrics: Registered[] = [];
  registerMetrics(
    { registerMetric: (metric: Registered) => metrics.push(metric), removeSingleMetric: () => undefined },
    {
      emitter: new Emitter(aClock().now, recordedLogger().logger),
      store: { name: 'memory', isReady: async () => true, mayEvict: () => false, missedDeadlines: () => 0 },
      droppedUsage: () => 0,
      passwordQueue: () => ({ waiting: 0, running: 0, capacity: 0 }),
      durations: createDurations({ hasRedis: true }),
      cacheCounts: () => ({ hits: 0, misses: 0, bypassed: 0, flushes: 0 }),
    },
  );
  return metrics;
};

describe('docs/events.md', () => {
  it('describes every event, and no other', () => {
    expect([...inFirstColumn('Events')].sort()).toEqual([...GATE_EVENT_TYPES].sort());
  });

  it('describes every metric that a gate registers, and no other', () => {
    expect([...inFirstColumn('Metrics')].sort()).toEqual(
      registered()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('describes the type of every metric, and how the values of several processes become one', () => {
    const words: Readonly<Record<string, string>> = { min: 'minimum', max: 'maximum', sum: 'sum' };
    const rows = tableUnder('Metrics').map((row) => row.map((cell) => cell.trim()));
    const described = rows.map(([name, type, , , processes]) => [name, type, processes].join(' '));
    const expected = registered().map(({ name, type, aggregator }) => `\`${name}\` ${type} ${words[aggregator]}`);
    expect([...described].sort()).toEqual([...expected].sort());
  });

  it('describes the counter of every event that is counted', () => {
    const counters = GATE_EVENT_TYPES.flatMap((type) => rowOf(type).counter || []);
    expect(inFirstColumn('Metrics')).toEqual(expect.arrayContaining(counters.map(({ name }) => name)));
  });
});
