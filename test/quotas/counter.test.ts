import type { Allowance } from '../../src/quotas/allowance';
import { takeRequests, type Counter } from '../../src/quotas/counter';

/** One request is restored in 100 ms, and a tenth of the burst in a second. */
const BURST: Allowance = { requests: 36_000, per: 3_600, burst: 100 };
const EXTRA = { callers: 0, extra: 10 };
const ALL = { callers: 1_000, extra: 0 };

const taken = (before: Counter | undefined, wanted: typeof ALL, now: number) =>
  takeRequests(before, BURST, wanted, now);

describe('the counter of an allowance with a burst', () => {
  it('grants no more than the burst while a lease may still be used, and all of it afterwards', () => {
    const { counter, lease } = taken(undefined, EXTRA, 0);
    expect(lease).toMatchObject({ granted: 10, validFor: 1_000 });
    expect(taken(counter, ALL, 999).lease.granted).toBe(90);
    expect(taken(counter, ALL, 2_000).lease.granted).toBe(100);
  });

  it('restores used requests at the rate of the allowance', () => {
    const { counter } = taken(undefined, ALL, 0);
    expect(taken(counter, ALL, 50).lease).toMatchObject({ granted: 0, retryAfter: 50 });
    expect(taken(counter, ALL, 100).lease).toMatchObject({ granted: 1, retryAfter: 100 });
    expect(taken(counter, ALL, 5_000).lease.granted).toBe(50);
    expect(taken(counter, ALL, 60_000).lease.granted).toBe(100);
  });

  it('continues at the same rate when the clock is set back', () => {
    const { counter } = taken(undefined, ALL, 10_000_000);
    const second = taken(counter, ALL, 0);
    expect(second.lease).toMatchObject({ granted: 0, retryAfter: 100 });
    expect(second.lease.resetAfter).toBe(3_600_000);
    expect(taken(second.counter, ALL, 200).lease.granted).toBe(2);
  });

  it('holds nothing for later when the clock is set back by more than a period', () => {
    const { counter } = taken(undefined, EXTRA, 10_000_000);
    const second = taken(counter, { callers: 1, extra: 0 }, 0);
    expect(second.lease.validFor).toBeLessThanOrEqual(1_000);
    expect(taken(second.counter, ALL, 2_200).lease.granted).toBe(100);
  });
});
