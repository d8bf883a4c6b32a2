import fc from 'fast-check';
import { boundsOf, PERIODS, RESOLUTIONS } from '../../src/usage/resolutions';
import { countOne, emptyTally, sumOf, type Tally } from '../../src/usage/tally';
import type { UsageCount, UsageIncrement, UsageStore } from '../../src/usage/usage-store';
import { assertProperty } from '../support/properties/property-runs';
import { HOSTILE_NAMES } from '../support/tokens/records';

/** A minute of the year 2027, at the beginning of a day. */
const NOON = 20_833 * 86_400 + 43_200;

const [minute, hour, day] = RESOLUTIONS;

const tallyOf = (successes: number): Tally => {
  const tally = emptyTally();
  for (let count = 0; count < successes; count += 1) countOne(tally, 'success', 3);
  return tally;
};

const increment = (changes: Partial<UsageIncrement> = {}): UsageIncrement => ({
  application: 'app',
  environment: 'production',
  api: 'orders',
  at: NOON,
  tally: tallyOf(1),
  ...changes,
});

const inOrder = (counts: readonly UsageCount[]): readonly UsageCount[] =>
  [...counts].sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));

/** One suite for the port `UsageStore`, run unchanged over every store. */
export const usageStoreContract = (open: () => Promise<UsageStore>): void => {
  let store: UsageStore;
  beforeEach(async () => {
    store = await open();
  });

  const ofDay = (application = 'app') => store.find(application, { resolution: hour, ...boundsOf('day', NOON) });

  it('adds up the counts of a time span, by environment and API', async () => {
    await store.add([increment({ tally: tallyOf(2) }), increment({ at: NOON + 60, tally: tallyOf(3) })]);
    await store.add([increment({ api: '' }), increment({ environment: 'sandbox' }), increment()]);
    const { at: _at, application: _application, ...count } = increment();
    expect(inOrder(await ofDay())).toEqual(
      inOrder([
        { ...count, at: NOON, tally: tallyOf(6) },
        { ...count, at: NOON, api: '', tally: tallyOf(1) },
        { ...count, at: NOON, environment: 'sandbox', tally: tallyOf(1) },
      ]),
    );
  });

  it('returns the time spans that were asked for, and nothing of an application without requests', async () => {
    const minutes = [NOON - 3_600, NOON - 3_540, NOON, NOON + 60];
    await store.add(minutes.map((at) => increment({ at })));
    const found = await store.find('app', { resolution: minute, from: NOON - 3_540, to: NOON + 60 });
    expect(new Set(found.map(({ at }) => at))).toEqual(new Set([NOON - 3_540, NOON]));
    expect(await ofDay('other')).toEqual([]);
    await store.add([]);
    expect(await ofDay('other')).toEqual([]);
  });

  it('separates applications of any id', async () => {
    await store.add(HOSTILE_NAMES.map((application, index) => increment({ application, tally: tallyOf(index + 1) })));
    for (const [index, application] of HOSTILE_NAMES.entries()) {
      expect((await ofDay(application)).map(({ tally }) => tally)).toEqual([tallyOf(index + 1)]);
    }
  });

  it('counts what several gates add concurrently', async () => {
    await Promise.all(Array.from({ length: 50 }, () => store.add([increment(), increment({ api: 'stock' })])));
    expect((await ofDay()).map(({ tally }) => tally)).toEqual([tallyOf(50), tallyOf(50)]);
  });

  it('returns copies, which a caller may change', async () => {
    await store.add([increment()]);
    for (const { tally } of await ofDay()) (tally as number[]).fill(9);
    expect((await ofDay()).map(({ tally }) => tally)).toEqual([tallyOf(1)]);
  });

  it('counts the same in minutes, hours and days, whenever the clock of a gate is set', async () => {
    const instants = fc.array(fc.tuple(fc.integer({ min: 0, max: 119 }), fc.nat(3)), { maxLength: 30 });
    let cases = 0;
    await assertProperty(
      fc.asyncProperty(instants, async (sent) => {
        cases += 1;
        const application = `app ${cases}`;
        for (const [ago, successes] of sent) {
          await store.add([increment({ application, at: NOON - ago * 60, tally: tallyOf(successes) })]);
        }
        const totals = await Promise.all(
          [minute, hour, day].map(async (resolution) => {
            const bounds = { from: NOON - 30 * 86_400, to: NOON + 86_400 };
            const near = resolution === minute ? { from: NOON - 7_200, to: NOON + 60 } : bounds;
            return sumOf((await store.find(application, { resolution, ...near })).map(({ tally }) => tally));
          }),
        );
        const expected = tallyOf(sent.reduce((sum, [, successes]) => sum + successes, 0));
        expect(totals).toEqual([expected, expected, expected]);
      }),
      { numRuns: 10 },
    );
  });

  it.each(['hour', 'day', 'month'] as const)('keeps every time span of the period %s', async (period) => {
    const { resolution, spans } = PERIODS[period];
    const bounds = boundsOf(period, NOON);
    for (let span = 0; span < spans; span += 1) {
      await store.add([increment({ at: bounds.from + span * resolution.seconds })]);
    }
    const found = await store.find('app', { resolution, ...bounds });
    expect(sumOf(found.map(({ tally }) => tally))).toEqual(tallyOf(spans));
    expect(found).toHaveLength(spans);
  });
};
