import type { Allowance } from '../../src/quotas/allowance';
import type { Lease, QuotaStore } from '../../src/quotas/quota-store';
import { until } from '../support/time/waiting';
import { HOSTILE_NAMES } from '../support/tokens/records';

/** A store under test that holds no counters yet. */
export interface OpenedQuotas {
  readonly store: QuotaStore;
  /** Lets windows end that have begun. */
  advance(seconds: number): Promise<void>;
}

const TEN: Allowance = { requests: 10, per: 60 };
const BURST: Allowance = { requests: 60_000, per: 3_600, burst: 100 };

const sumOf = (leases: readonly Lease[]): number => leases.reduce((sum, { granted }) => sum + granted, 0);

/** One suite for the port `QuotaStore`, run unchanged over every store. */
export const quotaStoreContract = (open: () => Promise<OpenedQuotas>): void => {
  let store: QuotaStore;
  let advance: OpenedQuotas['advance'];
  beforeEach(async () => {
    ({ store, advance } = await open());
  });

  const take = (callers: number, allowance = TEN, extra = 0) => store.lease('a', allowance, { callers, extra });

  it('grants what is asked for, and returns what is left and when the window ends', async () => {
    const lease = await take(3, TEN, 2);
    expect(lease).toMatchObject({ granted: 5, remaining: 5, retryAfter: 0 });
    expect(lease.resetAfter).toBeGreaterThan(50_000);
    expect(lease.resetAfter).toBeLessThanOrEqual(60_000);
    expect(lease.validFor).toBe(lease.resetAfter);
  });

  it('grants the rest of a window, and then nothing until it ends', async () => {
    await take(7);
    const last = await take(2, TEN, 5);
    expect(last).toMatchObject({ granted: 3, remaining: 0 });
    const refused = await take(1);
    expect(refused).toMatchObject({ granted: 0, remaining: 0 });
    expect(refused.retryAfter).toBe(refused.resetAfter);
    expect(refused.retryAfter).toBeGreaterThan(50_000);
  });

  it('never grants more than the limit to concurrent gates', async () => {
    expect(sumOf(await Promise.all(Array.from({ length: 30 }, () => take(1))))).toBe(10);
  });

  it('begins a new window with the first request after the end of the last one', async () => {
    await take(10);
    await advance(90);
    const lease = await take(1);
    expect(lease).toMatchObject({ granted: 1, remaining: 9 });
    expect(lease.resetAfter).toBeGreaterThan(50_000);
  });

  it('does not extend a window by requests in it, granted or refused', async () => {
    const { resetAfter } = await take(7);
    await until(async () => (await take(1)).resetAfter < resetAfter - 20);
    await take(10);
    await until(async () => (await take(1)).retryAfter < resetAfter - 40);
  });

  it('counts each key by itself, whatever it contains', async () => {
    for (const name of HOSTILE_NAMES) {
      expect(await store.lease(name, TEN, { callers: 10, extra: 0 })).toMatchObject({ granted: 10 });
    }
    for (const name of HOSTILE_NAMES) expect(await store.usage(name, TEN)).toMatchObject({ remaining: 0 });
    expect(await store.usage('another', TEN)).toMatchObject({ remaining: 10 });
  });

  it('returns the usage of a counter and does not change it', async () => {
    expect(await store.usage('a', TEN)).toMatchObject({ remaining: 10, resetAfter: 60_000, retryAfter: 0 });
    await take(10);
    for (const _ of [1, 2]) expect(await store.usage('a', TEN)).toMatchObject({ remaining: 0 });
    expect((await store.usage('a', TEN)).retryAfter).toBeGreaterThan(50_000);
  });

  it('continues the window when the allowance changes', async () => {
    await take(8);
    expect(await take(1, { requests: 20, per: 60 })).toMatchObject({ granted: 1, remaining: 11 });
    expect(await take(1, { requests: 5, per: 60 })).toMatchObject({ granted: 0, remaining: 0 });
  });

  it('counts windows of different lengths separately, so that a change back does not begin a new one', async () => {
    await take(10);
    expect(await take(1, { requests: 10, per: 10 })).toMatchObject({ granted: 1, remaining: 9 });
    expect(await take(1)).toMatchObject({ granted: 0, remaining: 0 });
  });

  it('counts a whole billion in a window of 31 days', async () => {
    const most: Allowance = { requests: 1_000_000_000, per: 2_678_400 };
    expect(await take(1, most, 99_999_999)).toMatchObject({ granted: 100_000_000, remaining: 900_000_000 });
    expect(await take(900_000_001, most)).toMatchObject({ granted: 900_000_000, remaining: 0 });
  });

  describe('with a burst', () => {
    it('grants the burst, and then one request for each interval', async () => {
      const first = await take(150, BURST);
      expect(first.granted).toBe(100);
      expect(first.remaining).toBe(59_900);
      expect(first.retryAfter).toBeGreaterThan(0);
      expect(first.retryAfter).toBeLessThanOrEqual(60);
      expect(first.validFor).toBe(0);
    });

    it('leases a tenth of the burst for later, for a tenth of the time in which it is restored', async () => {
      const slow: Allowance = { requests: 3_600, per: 3_600, burst: 100 };
      const lease = await take(1, slow, 50);
      expect(lease.granted).toBe(11);
      expect(lease.validFor).toBeGreaterThan(8_000);
      expect(lease.validFor).toBeLessThanOrEqual(10_000);
      expect(await take(2, slow, 50)).toMatchObject({ granted: 2, retryAfter: 0 });
    });

    it('leases nothing of a burst below ten for later', async () => {
      const small: Allowance = { requests: 60, per: 60, burst: 9 };
      expect(await take(1, small, 5)).toMatchObject({ granted: 1, validFor: 0, retryAfter: 0 });
      expect(await take(9, small, 5)).toMatchObject({ granted: 8 });
    });

    it('refuses beyond the window even if the burst is not used', async () => {
      const all: Allowance = { requests: 3, per: 60, burst: 3 };
      await take(3, all);
      const refused = await take(1, all);
      expect(refused).toMatchObject({ granted: 0, remaining: 0 });
      expect(refused.retryAfter).toBe(refused.resetAfter);
    });

    it('continues the window when a burst is added to the allowance, changed or removed', async () => {
      await take(2);
      expect((await take(9, { ...TEN, burst: 5 })).granted).toBe(5);
      expect((await take(1, { ...TEN, burst: 2 })).retryAfter).toBeLessThanOrEqual(6_000);
      expect(await take(9)).toMatchObject({ granted: 3, remaining: 0 });
    });
  });
};
