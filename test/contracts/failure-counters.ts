import { MAX_NETWORKS_PER_ACCOUNT, type FailureCounters, type Limits } from '../../src/throttle/failure-counters';

/** Limits for the suite: windows long enough not to end during a test. */
export const contractLimits: Limits = {
  accountAndAddress: { failures: 3, window: 60 },
  address: { failures: 5, window: 60 },
  account: { failures: 7, window: 60 },
  clientAndAddress: { failures: 3, window: 60 },
  unknownClients: { failures: 4, window: 60 },
  unknownTokens: { failures: 3, window: 60 },
  passwordLinksPerAdministrator: { failures: 3, window: 60 },
  signUpsPerNetwork: { failures: 3, window: 60 },
  authorizationsPerNetwork: { failures: 3, window: 60 },
};

/** Fresh counters under test. */
export interface OpenedCounters {
  readonly counters: FailureCounters;
  /** Lets time pass for every window that has begun. */
  advance(seconds: number): Promise<void>;
}

/** One suite for the port `FailureCounters`, run unchanged over every store. */
export const failureCountersContract = (open: () => Promise<OpenedCounters>): void => {
  let counters: FailureCounters;
  let advance: OpenedCounters['advance'];
  beforeEach(async () => {
    ({ counters, advance } = await open());
  });

  it('increments the count and returns when the window ends', async () => {
    expect((await counters.add('address', 'a')).failures).toBe(1);
    const { failures, endsIn } = await counters.add('address', 'a');
    expect(failures).toBe(2);
    expect(endsIn).toBeGreaterThan(50_000);
    expect(endsIn).toBeLessThanOrEqual(60_000);
  });

  it('continues to count past the limit, which the caller enforces', async () => {
    for (let count = 1; count <= 9; count += 1) {
      expect((await counters.add('accountAndAddress', 'a')).failures).toBe(count);
    }
  });

  it('separates rules and keys', async () => {
    await counters.add('address', 'a');
    expect((await counters.add('account', 'a')).failures).toBe(1);
    expect((await counters.add('address', 'b')).failures).toBe(1);
  });

  it('gives each of many concurrent callers a different count', async () => {
    const counts = await Promise.all(Array.from({ length: 50 }, () => counters.add('address', 'a')));
    expect(counts.map(({ failures }) => failures).sort((left, right) => left - right)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  it('returns the state of a counter without counting', async () => {
    expect(await counters.find('address', 'a')).toBeUndefined();
    await counters.add('address', 'a');
    await counters.add('address', 'a');
    await advance(20);
    for (let read = 0; read < 3; read += 1) {
      const count = await counters.find('address', 'a');
      expect(count?.failures).toBe(2);
      expect(count?.endsIn).toBeGreaterThan(30_000);
      expect(count?.endsIn).toBeLessThanOrEqual(40_000);
    }
    expect(await counters.find('account', 'a')).toBeUndefined();
    await advance(41);
    expect(await counters.find('address', 'a')).toBeUndefined();
  });

  it('subtracts what was counted in advance', async () => {
    await counters.add('address', 'a');
    await counters.add('address', 'a');
    await counters.takeBack('address', 'a');
    expect((await counters.add('address', 'a')).failures).toBe(2);
  });

  it('continues the window of a counter that has failures left after a subtraction', async () => {
    await counters.add('address', 'a');
    await counters.add('address', 'a');
    await advance(30);
    await counters.takeBack('address', 'a');
    const { failures, endsIn } = await counters.add('address', 'a');
    expect(failures).toBe(2);
    expect(endsIn).toBeLessThanOrEqual(30_000);
  });

  it('opens a new window after the last failure of a counter was subtracted', async () => {
    await counters.add('address', 'a');
    await advance(30);
    await counters.takeBack('address', 'a');
    const { failures, endsIn } = await counters.add('address', 'a');
    expect(failures).toBe(1);
    expect(endsIn).toBeGreaterThan(50_000);
  });

  it('does not subtract what was never counted', async () => {
    await counters.takeBack('address', 'a');
    expect((await counters.add('address', 'a')).failures).toBe(1);
    await counters.clear('address', 'a');
    await counters.takeBack('address', 'a');
    expect((await counters.add('address', 'a')).failures).toBe(1);
  });

  it('clears only the given key', async () => {
    await counters.add('account', 'a');
    await counters.add('account', 'b');
    await counters.clear('account', 'a');
    expect((await counters.add('account', 'a')).failures).toBe(1);
    expect((await counters.add('account', 'b')).failures).toBe(2);
    await expect(counters.clear('account', 'never seen')).resolves.toBeUndefined();
  });

  it('stores from where an account has signed in', async () => {
    expect(await counters.hasSignedIn('ana', 'a')).toBe(false);
    await counters.recordSignIn('ana', 'a');
    await counters.recordSignIn('ana', 'a');
    expect(await counters.hasSignedIn('ana', 'a')).toBe(true);
    expect(await counters.hasSignedIn('ana', 'b')).toBe(false);
    expect(await counters.hasSignedIn('bob', 'a')).toBe(false);
  });

  it('stores the newest places of an account up to a bound, and does not affect other accounts', async () => {
    await counters.recordSignIn('bob', 'a');
    for (let place = 0; place < MAX_NETWORKS_PER_ACCOUNT; place += 1) await counters.recordSignIn('ana', `p${place}`);
    await counters.recordSignIn('ana', 'p0');
    await counters.recordSignIn('ana', 'one more');
    expect(await counters.hasSignedIn('ana', 'p1')).toBe(false);
    for (const place of ['p0', 'p2', 'one more']) expect(await counters.hasSignedIn('ana', place)).toBe(true);
    expect(await counters.hasSignedIn('bob', 'a')).toBe(true);
  });

  it('lists the keys that are linked to an account, each once, and no keys of other accounts', async () => {
    expect(await counters.linkedTo('ana')).toEqual([]);
    await Promise.all(['a', 'b', 'a', 'c'].map((key) => counters.link('ana', key)));
    await counters.link('ana', 'a');
    await counters.link('bob', 'd');
    expect([...(await counters.linkedTo('ana'))].sort()).toEqual(['a', 'b', 'c']);
    expect(await counters.linkedTo('bob')).toEqual(['d']);
    expect(await counters.linkedTo('eve')).toEqual([]);
  });

  it('keeps the newest 1,000 keys of an account, however many were linked', async () => {
    for (let first = 0; first < 1_200; first += 200) {
      await Promise.all(Array.from({ length: 200 }, (_, index) => counters.link('ana', `key ${first + index}`)));
    }
    const linked = new Set(await counters.linkedTo('ana'));
    expect(linked.size).toBe(1_000);
    for (const index of [200, 700, 1_199]) expect(linked).toContain(`key ${index}`);
    for (const index of [0, 100, 199]) expect(linked).not.toContain(`key ${index}`);
  });

  it('does not count a link as a failure', async () => {
    await counters.link('ana', 'a');
    expect((await counters.add('accountAndAddress', 'a')).failures).toBe(1);
    expect((await counters.add('account', 'ana')).failures).toBe(1);
  });
};
