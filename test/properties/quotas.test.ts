import fc from 'fast-check';
import type { Allowance } from '../../src/quotas/allowance';
import { maxLease } from '../../src/quotas/lease-size';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { QuotaWorld } from '../support/quotas/quota-world';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const RUNS = 80;
const HOUR_MS = 3_600_000;
/** Time after which a gate asks again whether a refused key is still refused. */
const RECHECK_MS = 10_000;

/** A gate whose clock is slow refuses for that part of a window after its end. */
const MAX_DRIFT = 1 / 1000;

type Step =
  | { readonly kind: 'arrive' | 'follow'; readonly gate: number; readonly number: number }
  | { readonly kind: 'move'; readonly index: number }
  | { readonly kind: 'wait' | 'waitHeld'; readonly share: number }
  | { readonly kind: 'waitToEnd'; readonly ms: number };

const anyGate = fc.nat({ max: 4 });
const arrivals = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 2, arbitrary: fc.integer({ min: 5, max: 60 }) },
  { weight: 3, arbitrary: fc.constant(700) },
);

/** A wait, in thousandths of a window. */
const share = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 30 }) },
  { weight: 2, arbitrary: fc.integer({ min: 30, max: 400 }) },
  fc.integer({ min: 900, max: 1_100 }),
);

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('arrive' as const), gate: anyGate, number: arrivals }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('follow' as const),
        gate: anyGate,
        number: fc.integer({ min: 4, max: 40 }),
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('move' as const), index: fc.nat({ max: 9 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('wait' as const, 'waitHeld' as const), share }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('waitToEnd' as const), ms: fc.integer({ min: -3, max: 6 }) }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

const gates = fc.integer({ min: 1, max: 5 });
const perSeconds = fc.constantFrom(1, 2, 10);
const someRequests = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 30, max: 600 }));
const withoutBurst: fc.Arbitrary<Allowance> = fc.record({ requests: someRequests, per: perSeconds });
const withBurst: fc.Arbitrary<Allowance> = withoutBurst.chain(({ requests, per }) =>
  fc.integer({ min: 1, max: requests }).map((burst) => ({ requests, per, burst })),
);

type Do = (world: QuotaWorld, step: Step) => Promise<void>;

/** Takes a step. Requests that follow one another let the leases of a gate grow. */
const taking =
  (kind: 'guarded' | 'public'): Do =>
  async (world, step) => {
    if (step.kind === 'move') return world.move(step.index);
    if ('share' in step) return step.kind === 'wait' ? world.waitShare(step.share) : world.waitHeld(step.share);
    if (step.kind === 'waitToEnd') return world.waitToEnd(step.ms);
    for (let request = 0; request < step.number; request += 1) {
      const isWaiting = world.arrive(step.gate, kind);
      if (isWaiting && step.kind === 'follow') await world.end();
    }
  };

const take = taking('guarded');

const runAll = async (world: QuotaWorld, all: readonly Step[], act: Do = take): Promise<void> => {
  for (const step of all) await act(world, step);
  await world.end();
};

/** Returns the number of requests that arrive. */
const demandOf = (all: readonly Step[]): number =>
  all.reduce((sum, step) => sum + ('number' in step ? step.number : 0), 0);

/** Fails if more requests were admitted in some windows of the store, one after the other, than they allow. */
const expectWithinWindows = (world: QuotaWorld, { requests }: Allowance): void => {
  const windows = [...world.windows.values()].sort((one, other) => one.start - other.start);
  for (const [first, { start, granted }] of windows.entries()) {
    expect(granted).toBeLessThanOrEqual(requests);
    for (const [number, { end }] of windows.slice(first).entries()) {
      expect(world.admitted(start, end)).toBeLessThanOrEqual(requests * (number + 1));
    }
  }
};

/** Fails if more requests were admitted in some interval than the burst and its length allow. */
const expectWithinBurst = ({ requests: all }: QuotaWorld, { requests, per, burst = 0 }: Allowance): void => {
  const admitted = all.filter(({ outcome }) => outcome === 'admitted');
  const begins = [...new Set(admitted.map(({ from }) => from))];
  const exceeded = begins.filter((begin) => {
    const later = admitted.filter(({ from }) => from >= begin).map(({ until }) => until);
    const allowed = (until: number): number => burst + ((until - begin) * requests) / (per * 1000) + 1e-3;
    return later.sort((one, other) => one - other).some((until, index) => index + 1 > allowed(until));
  });
  expect(exceeded).toEqual([]);
};

describe('gates that count against one allowance', () => {
  it('admit no more than the limit in each window of the store, whatever the order of calls and replies', async () => {
    const property = fc.asyncProperty(withoutBurst, gates, steps, async (allowance, number, all) => {
      const world = new QuotaWorld(allowance, number);
      await runAll(world, all);
      expectWithinWindows(world, allowance);
      expect(world.admitted()).toBeLessThanOrEqual(world.granted);
    });
    await assertProperty(property, { numRuns: RUNS });
  });

  it('admit no more than the burst and the rate allow in each interval, and than the limit in each window', async () => {
    const property = fc.asyncProperty(withBurst, gates, steps, async (allowance, number, all) => {
      const world = new QuotaWorld(allowance, number);
      await runAll(world, all);
      expectWithinBurst(world, allowance);
      expectWithinWindows(world, allowance);
    });
    await assertProperty(property, { numRuns: RUNS });
  });

  it('refuse only when a window is leased as a whole, and leave unused at most a lease of each gate', async () => {
    const property = fc.asyncProperty(withoutBurst, gates, steps, async (allowance, number, all) => {
      const world = new QuotaWorld(allowance, number);
      await runAll(world, all);
      const windows = [...world.windows.values()];
      const slow = allowance.per * 1000 * MAX_DRIFT;
      const whole = windows.filter(({ granted }) => granted === allowance.requests);
      const unexplained = world.requests.filter(
        ({ outcome, from, until }) =>
          outcome === 'refused' && !whole.some(({ start, end }) => start <= until && end + slow >= from),
      );
      expect(unexplained).toEqual([]);
      const unused = world.granted - world.admitted();
      expect(unused).toBeLessThanOrEqual(windows.length * number * maxLease(allowance));
    });
    await assertProperty(property, { numRuns: RUNS });
  });

  it('admit everything while the demand is below the limit less the leases of the other gates', async () => {
    const property = fc.asyncProperty(withoutBurst, gates, steps, async (allowance, number, all) => {
      const world = new QuotaWorld(allowance, number);
      let demand = 0;
      const most = allowance.requests - (number - 1) * maxLease(allowance);
      await runAll(world, all, async (_, step) => {
        if (step.kind === 'move') return take(world, step);
        if (!('number' in step)) return;
        const arriving = Math.max(0, Math.min(step.number, most - demand));
        demand += arriving;
        return take(world, { ...step, number: arriving });
      });
      expect(world.admitted()).toBe(demand);
    });
    await assertProperty(property, { numRuns: RUNS });
  });
});

describe('gates whose store is away and then available again', () => {
  const outage = fc.tuple(steps, steps, steps);

  it('reject guarded requests, and stay within the limit of each window before and after', async () => {
    const property = fc.asyncProperty(
      withoutBurst,
      gates,
      outage,
      async (allowance, number, [before, during, after]) => {
        const world = new QuotaWorld(allowance, number);
        for (const step of before) await take(world, step);
        world.isAway = true;
        await runAll(world, during);
        world.isAway = false;
        await runAll(world, after);
        expectWithinWindows(world, allowance);
        expect(world.requests).toHaveLength(demandOf([...before, ...during, ...after]));
      },
    );
    await assertProperty(property, { numRuns: RUNS });
  });

  it('use one lease in each window for public requests, and count in the store again afterwards', async () => {
    const property = fc.asyncProperty(
      withoutBurst,
      gates,
      outage,
      async (allowance, number, [before, during, after]) => {
        const world = new QuotaWorld(allowance, number);
        await runAll(world, before, taking('public'));
        world.isAway = true;
        const [granted, began] = [world.admitted(), world.time];
        await runAll(world, during, taking('public'));
        const windows = Math.floor((world.time - began) / (allowance.per * 1000));
        expect(world.admitted() - granted).toBeLessThanOrEqual(number * maxLease(allowance) * (windows + 3));
        expect(world.requests.every(({ outcome }) => outcome !== 'unavailable')).toBe(true);
        world.isAway = false;
        const back = world.time + 1_001;
        world.wait(1_001);
        for (let gate = 0; gate < number; gate += 1) world.arrive(gate, 'public'); // each finds that the store is back
        await world.end();
        await runAll(world, after, taking('public'));
        for (const { start, end } of world.windows.values()) {
          if (start > back) expect(world.admitted(start, end)).toBeLessThanOrEqual(allowance.requests);
        }
      },
    );
    await assertProperty(property, { numRuns: RUNS });
  });
});

describe('gates whose store has its clock set', () => {
  const jump = fc.constantFrom(-24 * HOUR_MS, -HOUR_MS, -1_500, 1_500, HOUR_MS, 24 * HOUR_MS);
  const anyAllowance = fc.oneof(withoutBurst, withBurst);

  it('refuse for no longer than one window after the store is asked, and admit at most one more window', async () => {
    const property = fc.asyncProperty(anyAllowance, gates, steps, jump, async (allowance, number, all, ms) => {
      const world = new QuotaWorld(allowance, number);
      await runAll(world, all);
      const before = world.admitted();
      world.storeAhead += ms;
      for (let request = 0; request < 2 * allowance.requests; request += 1) world.arrive(request);
      await world.end();
      const most = allowance.requests + number * maxLease(allowance);
      expect(world.admitted() - before).toBeLessThanOrEqual(most);
      world.wait(RECHECK_MS * 1.001);
      world.arrive(0);
      await world.end();
      world.waitShare(1_001);
      const admitted = world.admitted();
      world.arrive(0);
      await world.end();
      expect(world.admitted()).toBe(admitted + 1);
    });
    await assertProperty(property, { numRuns: RUNS });
  });
});
