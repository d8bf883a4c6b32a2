import { Registry } from 'prom-client';
import { MissedDeadlines } from '../../src/stores/redis/missed-deadlines';
import { SpacedLines } from '../../src/stores/redis/spaced-lines';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { aGate, recordedLogger, type TestGate } from '../support/gate/gate';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { until } from '../support/time/waiting';
import { aForgery } from '../support/tokens/tokens';

const DEADLINE_MS = 200;

let own: OwnRedis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
});

const aHarness = async () => {
  const registry = new Registry();
  const proxy = await aFaultProxy(own.url);
  const tested = aGate({ redis: aRedis({}, proxy.url), deadline: DEADLINE_MS, metrics: registry, cache: false });
  await tested.gate.ready();
  const counted = async (): Promise<number> => {
    const { values = [] } = (await registry.getSingleMetric('scopegate_store_deadline_total')?.get()) ?? {};
    return values[0]?.value ?? NaN;
  };
  return { tested, proxy, counted };
};

const lookUp = ({ get }: TestGate) => get('/me', aForgery());

const TOO_SHORT = /deadline.*too short/;
const ONCE = /did not reply within the deadline/;

const linesLike = ({ lines }: TestGate, pattern: RegExp) => lines.filter(({ message }) => pattern.test(message));

describe('a missed deadline of Redis', () => {
  it('is counted, and logged with the option and its value', async () => {
    const { tested, proxy, counted } = await aHarness();
    const before = await counted();
    const held = proxy.hold('answer', ':a');
    await lookUp(tested).expect(503);
    held.letGo();
    expect(await counted()).toBe(before + 1);
    expect(linesLike(tested, ONCE)).toMatchObject([
      {
        level: 'error',
        fields: { store: 'redis', deadline: DEADLINE_MS },
        message: expect.stringContaining('"deadline"'),
      },
    ]);
  });

  it('S-306 is logged as too short if every answer is late, and the connection is kept', async () => {
    const { tested, proxy, counted } = await aHarness();
    const accepted = proxy.accepted();
    proxy.slow({ of: 'others', delayMs: DEADLINE_MS * 0.75 }); // each way
    await until(async () => {
      await lookUp(tested).expect(503);
      return linesLike(tested, TOO_SHORT).length > 0;
    });
    const [line] = linesLike(tested, TOO_SHORT);
    expect(line).toMatchObject({ level: 'error', fields: { store: 'redis', deadline: DEADLINE_MS } });
    expect(Number(line?.fields['roundTrip'])).toBeGreaterThan(DEADLINE_MS);
    const since = performance.now();
    while (performance.now() - since < 6 * DEADLINE_MS) await lookUp(tested).expect(503);
    expect(linesLike(tested, /Redis is away/)).toEqual([]);
    expect(proxy.accepted()).toBe(accepted);
    expect(await counted()).toBeGreaterThan(10);
    for (const pattern of [TOO_SHORT, ONCE]) expect(linesLike(tested, pattern)).toHaveLength(1);
    proxy.heal();
    await expectRecovery(() => lookUp(tested), 401);
  });

  it('S-305 S-341 ends the connection when answers fall further and further behind', async () => {
    const { tested, proxy } = await aHarness();
    proxy.slow({ of: 'others', direction: 'down', delayMs: 5 * DEADLINE_MS });
    await until(async () => {
      await lookUp(tested).expect(503);
      return linesLike(tested, /Redis is away/).length > 0;
    });
    proxy.heal();
    await expectRecovery(() => lookUp(tested), 401);
  });

  it('is not counted by a store in memory', async () => {
    const registry = new Registry();
    aGate({ metrics: registry });
    expect(await registry.metrics()).toContain('scopegate_store_deadline_total 0');
  });
});

describe('repeated log lines about Redis', () => {
  it('are written once in ten seconds per kind, with the number of suppressed ones', () => {
    const { logger, lines } = recordedLogger();
    let now = 0;
    const spaced = new SpacedLines(logger, () => now);
    for (let times = 0; times < 5; times += 1) spaced.error('a', { n: times }, 'A');
    spaced.error('b', {}, 'B');
    now = 9_999;
    spaced.error('a', {}, 'A');
    now = 10_000;
    spaced.error('a', {}, 'A');
    expect(lines.map(({ message, fields }) => [message, fields['suppressed']])).toEqual([
      ['A', undefined],
      ['B', undefined],
      ['A', 5],
    ]);
  });

  it('are tracked for a bounded number of kinds', () => {
    const { logger, lines } = recordedLogger();
    const spaced = new SpacedLines(logger, () => 0);
    for (let kind = 0; kind <= 100; kind += 1) spaced.error(`kind ${kind}`, {}, 'A');
    spaced.error('kind 100', {}, 'A');
    expect(lines).toHaveLength(101);
    spaced.error('kind 0', {}, 'A');
    expect(lines).toHaveLength(102);
  });

  it('name the deadline as the cause only while no answer arrives in time', () => {
    const { logger, lines } = recordedLogger();
    let now = 0;
    const missed = new MissedDeadlines(250, logger, () => now);
    const late = (): void => {
      missed.missed();
      missed.repliedLate(300);
    };
    for (let times = 0; times < 4; times += 1) late();
    missed.repliedInTime();
    for (let times = 0; times < 5; times += 1) late();
    expect(lines.filter(({ message }) => TOO_SHORT.test(message))).toEqual([]);
    now = 10_000;
    missed.missed();
    expect(lines.at(-1)).toMatchObject({ fields: { deadline: 250, roundTrip: 300 } });
    expect(missed.total).toBe(10);
  });
});
