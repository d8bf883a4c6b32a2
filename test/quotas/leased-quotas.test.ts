import { StoreUnavailableError } from '../../src/protocol/errors';
import type { Allowance } from '../../src/quotas/allowance';
import { LeasedQuotas } from '../../src/quotas/leased-quotas';
import type { Counted } from '../../src/quotas/quotas';
import { MemoryQuotaStore } from '../../src/stores/memory/quotas';
import { rejectionOf } from '../support/expect/thrown';
import { HeldStore } from '../support/quotas/held-store';

const THOUSAND: Allowance = { requests: 1_000, per: 60 };
const TEN: Allowance = { requests: 10, per: 60 };

const toPromise = async (counted: Counted | Promise<Counted>): Promise<Counted> => counted;

const open = () => {
  const time = { now: 5_000 };
  const now = () => time.now;
  const counters = new MemoryQuotaStore(now);
  const store = new HeldStore(counters);
  const quotas = new LeasedQuotas({ store, now });
  /** Counts, and lets the store answer if it is asked. */
  const count = async (allowance: Allowance, key = 'a'): Promise<Counted> => {
    const counted = quotas.count(key, allowance);
    await store.passAll();
    return counted;
  };
  const countAll = async (number: number, allowance: Allowance): Promise<readonly Counted[]> => {
    const counted = Array.from({ length: number }, () => quotas.count('a', allowance));
    await store.passAll();
    return Promise.all(counted.map(toPromise));
  };
  return { time, counters, store, quotas, count, countAll };
};

const admittedOf = (counted: readonly Counted[]): number => counted.filter(({ isAdmitted }) => isAdmitted).length;

describe('counting with leases', () => {
  it('admits the first request with one call of the store', async () => {
    const { count, store } = open();
    expect(await count(THOUSAND)).toEqual({ isAdmitted: true, remaining: 999, resetAfter: 60, retryAfter: 0 });
    expect(store.calls).toEqual([{ callers: 1, extra: 0 }]);
  });

  it('makes one call for all callers of a tick, and serves them in their order', async () => {
    const { countAll, store } = open();
    const counted = await countAll(15, TEN);
    expect(counted.map(({ isAdmitted }) => isAdmitted)).toEqual(Array.from({ length: 15 }, (_, index) => index < 10));
    expect(store.calls).toEqual([{ callers: 15, extra: 0 }]);
  });

  it('answers without a promise while a lease lasts', async () => {
    const { count, quotas } = open();
    for (let request = 0; request < 4; request += 1) await count(THOUSAND);
    expect(quotas.count('a', THOUSAND)).toEqual({ isAdmitted: true, remaining: 995, resetAfter: 60, retryAfter: 0 });
  });

  it('asks the store less and less often while a key is used quickly', async () => {
    const { count, store } = open();
    const hundredThousand: Allowance = { requests: 100_000, per: 60 };
    for (let request = 0; request < 10_000; request += 1) await count(hundredThousand);
    expect(store.calls.length).toBeLessThan(20);
  });

  it('leases less again for a key that is used slowly', async () => {
    const { count, store, time } = open();
    for (let request = 0; request < 200; request += 1) await count(THOUSAND);
    for (let request = 0; request < 60; request += 1) {
      time.now += 10_000;
      await count(THOUSAND);
    }
    expect(store.calls.at(-1)).toEqual({ callers: 1, extra: 0 });
  });

  it('leases at most a tenth of the allowance for later, and less towards the end of the window', async () => {
    const { count, store } = open();
    for (let request = 0; request < 1_000; request += 1) {
      expect((await count(THOUSAND)).isAdmitted).toBe(true);
    }
    expect(Math.max(...store.calls.map(({ extra }) => extra))).toBeLessThanOrEqual(100);
    expect(store.calls.slice(-3).every(({ extra }) => extra <= 2)).toBe(true);
    expect((await count(THOUSAND)).isAdmitted).toBe(false);
  });

  it('fetches the next lease before the present one is used up', async () => {
    const { count, quotas, store } = open();
    for (let request = 0; request < 50; request += 1) await count(THOUSAND);
    const before = store.calls.length;
    let synchronous = 0;
    while (store.calls.length === before) {
      if (!(quotas.count('a', THOUSAND) instanceof Promise)) synchronous += 1;
      await Promise.resolve();
    }
    expect(store.calls.at(-1)?.callers).toBe(0);
    expect(synchronous).toBeGreaterThan(0);
    expect(quotas.count('a', THOUSAND)).not.toBeInstanceOf(Promise);
    await store.passAll();
  });

  it('refuses without a call of the store until the window ends', async () => {
    const { count, countAll, quotas, store, time } = open();
    await countAll(10, TEN);
    time.now += 52_500;
    expect(await count(TEN)).toEqual({ isAdmitted: false, remaining: 0, resetAfter: 8, retryAfter: 8 });
    const before = store.calls.length;
    expect(quotas.count('a', TEN)).toEqual({ isAdmitted: false, remaining: 0, resetAfter: 8, retryAfter: 8 });
    time.now += 7_000;
    expect(quotas.count('a', TEN)).toMatchObject({ isAdmitted: false, retryAfter: 1 });
    expect(store.calls).toHaveLength(before);
    time.now += 501;
    expect(await count(TEN)).toMatchObject({ isAdmitted: true, remaining: 9, resetAfter: 60 });
  });

  it('asks again after ten seconds whether a long window was reset in the store', async () => {
    const { countAll, quotas, store, time } = open();
    await countAll(10, { requests: 10, per: 86_400 });
    time.now += 10_001;
    expect(quotas.count('a', { requests: 10, per: 86_400 })).toBeInstanceOf(Promise);
    await store.passAll();
  });

  it('does not use what is left of a lease in the next window', async () => {
    const { count, store, time, counters } = open();
    for (let request = 0; request < 200; request += 1) await count(THOUSAND);
    time.now += 60_000;
    await counters.lease('a', THOUSAND, { callers: 1_000, extra: 0 });
    expect((await count(THOUSAND)).isAdmitted).toBe(false);
    expect(store.waiting).toBe(0);
  });

  it('serves a caller that comes at any step of a call of the store', async () => {
    for (let step = 0; step < 30; step += 1) {
      const quotas = new LeasedQuotas({ store: new MemoryQuotaStore(() => 0), now: () => 0 });
      const first = toPromise(quotas.count('a', TEN));
      for (let done = 0; done < step; done += 1) await Promise.resolve();
      const second = toPromise(quotas.count('a', TEN));
      expect(admittedOf(await Promise.all([first, second]))).toBe(2);
    }
  });

  it('does not use a lease in the last thousandth of its window, because its clock may be slow', async () => {
    const { count, quotas, store, time } = open();
    for (let request = 0; request < 20; request += 1) await count(THOUSAND);
    time.now += 59_930;
    expect(quotas.count('a', THOUSAND)).not.toBeInstanceOf(Promise);
    time.now += 15;
    expect(quotas.count('a', THOUSAND)).toBeInstanceOf(Promise);
    await store.passAll();
  });

  it('counts each key by itself', async () => {
    const { count, countAll } = open();
    await countAll(10, TEN);
    expect((await count(TEN)).isAdmitted).toBe(false);
    expect((await count(TEN, 'b')).isAdmitted).toBe(true);
  });

  it('applies a changed allowance immediately, in the same window', async () => {
    const { count, countAll, time } = open();
    await countAll(11, TEN);
    expect(await count({ requests: 20, per: 60 })).toMatchObject({ isAdmitted: true, remaining: 9 });
    expect(await count({ requests: 5, per: 60 })).toMatchObject({ isAdmitted: false, remaining: 0 });
    time.now += 60_001;
    expect(await count({ requests: 5, per: 60 })).toMatchObject({ isAdmitted: true, remaining: 4 });
  });

  it('admits a burst, and then one request for each interval', async () => {
    const { countAll, time } = open();
    const burst: Allowance = { requests: 60, per: 60, burst: 20 };
    expect(admittedOf(await countAll(30, burst))).toBe(20);
    time.now += 3_100;
    expect(admittedOf(await countAll(30, burst))).toBe(3);
    time.now += 20_000;
    expect(admittedOf(await countAll(30, burst))).toBe(20);
    const refused = (await countAll(1, burst))[0];
    expect(refused).toMatchObject({ isAdmitted: false, remaining: 17, retryAfter: 1 });
  });

  it('returns the usage that the store has, and counts nothing', async () => {
    const { countAll, quotas, time } = open();
    expect(await quotas.findFreshUsage('a', TEN)).toEqual({ remaining: 10, resetAfter: 60, retryAfter: 0 });
    await countAll(10, TEN);
    time.now += 500;
    for (const _ of [1, 2]) {
      expect(await quotas.findFreshUsage('a', TEN)).toEqual({ remaining: 0, resetAfter: 60, retryAfter: 60 });
    }
  });
});

describe('counting while the store is unavailable', () => {
  it('rejects all callers that wait', async () => {
    const { quotas, store } = open();
    store.isAway = true;
    const counted = [1, 2, 3].map(() => rejectionOf(toPromise(quotas.count('a', TEN))));
    await store.pass();
    for (const one of counted) expect(await one).toBeInstanceOf(StoreUnavailableError);
  });

  it('continues with the lease that it has', async () => {
    const { count, quotas, store } = open();
    for (let request = 0; request < 6; request += 1) await count(THOUSAND);
    store.isAway = true;
    expect(quotas.count('a', THOUSAND)).toMatchObject({ isAdmitted: true });
  });

  it('refuses callers beyond 10,000 of a key, and admits the others', async () => {
    const { quotas, store } = open();
    const million: Allowance = { requests: 1_000_000, per: 60 };
    const counted = Array.from({ length: 10_000 }, () => quotas.count('a', million));
    const refusal = await rejectionOf(toPromise(quotas.count('a', million)));
    expect(refusal).toMatchObject({ name: 'StoreUnavailableError', reason: 'overloaded' });
    await store.passAll();
    expect(admittedOf(await Promise.all(counted.map(toPromise)))).toBe(10_000);
  });
});

describe('counting for public resources', () => {
  it('admits one request in each window for a key without a lease', async () => {
    const { quotas, store, time } = open();
    store.isAway = true;
    const first = quotas.countPublic('a', TEN);
    await store.pass();
    expect(await first).toEqual({ isAdmitted: true, remaining: 0, resetAfter: 60, retryAfter: 0 });
    expect(quotas.countPublic('a', TEN)).toEqual({ isAdmitted: false, remaining: 0, resetAfter: 60, retryAfter: 10 });
    time.now += 60_000;
    expect(quotas.countPublic('a', TEN)).toMatchObject({ isAdmitted: true });
    expect(quotas.countPublic('a', TEN)).toMatchObject({ isAdmitted: false });
    await store.pass();
  });

  it('admits as many requests as the last lease had, at most a tenth of the allowance', async () => {
    const { quotas, store, time } = open();
    const all = Array.from({ length: 900 }, () => quotas.countPublic('a', THOUSAND));
    await store.passAll();
    for (let request = 0; request < 100; request += 1) {
      const counted = quotas.countPublic('a', THOUSAND);
      await store.passAll();
      all.push(await counted);
    }
    expect(admittedOf(await Promise.all(all.map(toPromise)))).toBe(1_000);
    store.isAway = true;
    time.now += 60_000;
    const counted = Array.from({ length: 300 }, () => quotas.countPublic('a', THOUSAND));
    await store.passAll();
    const admitted = admittedOf(await Promise.all(counted.map(toPromise)));
    expect(admitted).toBeGreaterThanOrEqual(1);
    expect(admitted).toBeLessThanOrEqual(100);
  });

  it('uses one lease in its window, however often the store goes away', async () => {
    const { quotas, store, time } = open();
    const daily: Allowance = { requests: 10, per: 86_400 };
    const all: (Counted | Promise<Counted>)[] = [];
    for (let outage = 0; outage < 30; outage += 1) {
      store.isAway = true;
      all.push(quotas.countPublic('a', daily));
      await store.passAll();
      store.isAway = false;
      time.now += 11_000;
      all.push(quotas.countPublic('a', daily));
      await store.passAll();
    }
    expect(admittedOf(await Promise.all(all.map(toPromise)))).toBeLessThanOrEqual(11);
  });

  it('asks for a repetition within seconds while the store is away, whatever the window', async () => {
    const { quotas, store } = open();
    store.isAway = true;
    void quotas.countPublic('a', { requests: 10, per: 86_400 });
    await store.pass();
    const refused = quotas.countPublic('a', { requests: 10, per: 86_400 });
    expect(refused).toEqual({ isAdmitted: false, remaining: 0, resetAfter: 86_400, retryAfter: 10 });
  });

  it('counts in the store again within a second after it is back', async () => {
    const { counters, quotas, store, time } = open();
    store.isAway = true;
    void quotas.countPublic('a', TEN);
    await store.pass();
    store.isAway = false;
    time.now += 1_000;
    expect(quotas.countPublic('a', TEN)).toMatchObject({ isAdmitted: false });
    await store.passAll();
    expect(quotas.countPublic('a', TEN)).toMatchObject({ isAdmitted: true });
    expect(await counters.usage('a', TEN)).toMatchObject({ remaining: 9 });
  });

  it('asks an unavailable store at most once a second', async () => {
    const { quotas, store, time } = open();
    store.isAway = true;
    for (let request = 0; request < 100; request += 1) {
      void quotas.countPublic('a', TEN);
      await store.pass();
      time.now += 100;
    }
    expect(store.calls.length).toBeLessThanOrEqual(10);
  });

  it('has no effect on guarded requests of the same key, which are rejected', async () => {
    const { quotas, store } = open();
    store.isAway = true;
    void quotas.countPublic('a', TEN);
    await store.pass();
    const guarded = rejectionOf(toPromise(quotas.count('a', TEN)));
    await store.pass();
    expect(await guarded).toBeInstanceOf(StoreUnavailableError);
  });
});
