import fc from 'fast-check';
import { assertProperty } from '../../test/support/properties/property-runs';
import { MAX_EJECTION, MIN_EJECTION } from '../src/upstreams/server-health';
import { UpstreamGroup } from '../src/upstreams/upstream-group';

const TRIAL_TIMEOUT = 5_000;

/** A group of servers `0`, `1` and so on with a clock of its own, and the ejections that it has reported. */
class ObservedGroup {
  readonly group: UpstreamGroup<number>;
  readonly events: string[] = [];
  /** The time since which each server is ejected. */
  readonly ejectedSince = new Map<number, number>();
  readonly size: number;
  now = 0;

  constructor(size: number, trialTimeout = TRIAL_TIMEOUT) {
    this.size = size;
    this.group = new UpstreamGroup({
      servers: Array.from({ length: size }, (_, index) => index),
      trialTimeout,
      now: () => this.now,
      listener: {
        onEjected: (server) => {
          this.events.push(`${server} ejected`);
          this.ejectedSince.set(server, this.now);
        },
        onReturned: (server) => {
          this.events.push(`${server} returned`);
          this.ejectedSince.delete(server);
        },
      },
    });
  }

  chosen(times: number): readonly (number | undefined)[] {
    return Array.from({ length: times }, () => this.group.next([]));
  }

  fail(server: number, times: number): void {
    for (let failed = 0; failed < times; failed += 1) this.group.onConnectionFailure(server);
  }

  /** Ends the time of an ejection and lets the trial fail. */
  failTrial(server: number, ejection: number): void {
    this.now += ejection - 1;
    expect(this.chosen(this.size)).not.toContain(server);
    this.now += 1;
    expect(this.chosen(this.size)).toContain(server);
    this.fail(server, 1);
  }
}

describe('a group of servers', () => {
  it('uses each server in turn', () => {
    expect(new ObservedGroup(3).chosen(7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('returns every other server for the repeated attempts of a request, and then none', () => {
    const { group } = new ObservedGroup(3);
    expect(group.next([])).toBe(0);
    expect(group.next([0])).toBe(1);
    expect(group.next([0, 1])).toBe(2);
    expect(group.next([0, 1, 2])).toBeUndefined();
  });

  it('ejects a server after three failures in a row, and not if a response is between them', () => {
    const observed = new ObservedGroup(2);
    observed.fail(1, 2);
    observed.group.onResponse(1);
    observed.fail(1, 2);
    expect(observed.chosen(4)).toEqual([0, 1, 0, 1]);
    observed.fail(1, 1);
    expect(observed.chosen(4)).toEqual([0, 0, 0, 0]);
    expect(observed.events).toEqual(['1 ejected']);
  });

  it('sends an ejected server one request as a trial after a second, and all of its turns after the response', () => {
    const observed = new ObservedGroup(2);
    observed.fail(1, 3);
    observed.now += MIN_EJECTION;
    expect(observed.chosen(4).filter((server) => server === 1)).toEqual([1]);
    observed.group.onResponse(1);
    expect(observed.chosen(4).filter((server) => server === 1)).toEqual([1, 1]);
    expect(observed.events).toEqual(['1 ejected', '1 returned']);
  });

  it('leaves the trial to a request that can be repeated, unless none comes for as long as the ejection took', () => {
    const observed = new ObservedGroup(2);
    const { group } = observed;
    observed.fail(1, 3);
    observed.now += 2 * MIN_EJECTION - 1;
    expect([group.nextForOnlyAttempt(), group.nextForOnlyAttempt()]).toEqual([0, 0]);
    observed.now += 1;
    const chosen = [group.nextForOnlyAttempt(), group.nextForOnlyAttempt(), group.nextForOnlyAttempt()];
    expect(chosen.filter((server) => server === 1)).toEqual([1]);
    observed.fail(0, 3);
    expect(group.nextForOnlyAttempt()).toBe(0);
  });

  it('doubles the time after each failed trial, up to thirty seconds, and begins again after a response', () => {
    const observed = new ObservedGroup(2);
    observed.fail(1, 3);
    for (const ejection of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) observed.failTrial(1, ejection);
    expect(observed.events).toEqual(['1 ejected']);
    observed.now += MAX_EJECTION;
    observed.chosen(2);
    observed.group.onResponse(1);
    observed.fail(1, 3);
    observed.failTrial(1, MIN_EJECTION);
  });

  it('repeats a trial that has no result, when its time limit is over', () => {
    const observed = new ObservedGroup(2);
    observed.fail(1, 3);
    observed.now += MIN_EJECTION;
    expect(observed.chosen(2)).toContain(1);
    observed.now += TRIAL_TIMEOUT - 1;
    expect(observed.chosen(2)).not.toContain(1);
    observed.now += 1;
    expect(observed.chosen(2)).toContain(1);
  });

  it('repeats a trial without a result after thirty seconds at most, whatever the time limit for connections', () => {
    const observed = new ObservedGroup(2, 3_600_000);
    observed.fail(1, 3);
    observed.now += MIN_EJECTION;
    expect(observed.chosen(2)).toContain(1);
    observed.now += 30_000;
    expect(observed.chosen(2)).toContain(1);
  });

  it('ignores the failures and responses of requests that were sent before the ejection', () => {
    const observed = new ObservedGroup(2);
    observed.fail(1, 3);
    observed.now += 999;
    observed.fail(1, 50);
    observed.group.onResponse(1);
    expect(observed.chosen(2)).toEqual([0, 0]);
    observed.now += 1;
    expect(observed.chosen(2)).toContain(1);
  });

  it('uses the server that is to return first when all are ejected', () => {
    const observed = new ObservedGroup(3);
    for (const server of [2, 0, 1]) {
      observed.fail(server, 3);
      observed.now += 10;
    }
    expect(observed.group.next([])).toBe(2);
    expect(observed.group.next([2])).toBe(0);
    observed.fail(2, 1);
    expect(observed.group.next([])).toBe(0);
    observed.group.onResponse(0);
    expect(observed.chosen(3)).toEqual([0, 0, 0]);
  });

  it('never ejects its only server', () => {
    const observed = new ObservedGroup(1);
    observed.fail(0, 10);
    expect(observed.group.next([])).toBe(0);
    expect(observed.events).toEqual([]);
  });
});

/** What happens to a group: servers stop and start, requests come, their results arrive soon or late, time passes. */
type Step =
  | { readonly kind: 'stop' | 'start'; readonly server: number }
  | { readonly kind: 'request' | 'only attempt' | 'slow request' | 'result' }
  | { readonly kind: 'wait'; readonly ms: number };

const anyServer = fc.nat({ max: 4 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'start' as const), server: anyServer }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('request', 'only attempt', 'slow request', 'result' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40_000 }) }) },
);

/** Requests to a group whose servers stop and start. Each method checks what must hold for every request. */
class Requests {
  readonly #observed: ObservedGroup;
  readonly #stopped = new Set<number>();
  /** Servers of attempts that have no result yet. */
  readonly #pending: number[] = [];
  readonly #trialAt = new Map<number, number>();

  constructor(size: number) {
    this.#observed = new ObservedGroup(size);
  }

  take(step: Step): void {
    if (step.kind === 'wait') this.#observed.now += step.ms;
    else if (step.kind === 'stop') this.#stopped.add(step.server);
    else if (step.kind === 'start') this.#stopped.delete(step.server);
    else if (step.kind === 'request') this.#request();
    else if (step.kind === 'only attempt') this.#settle(this.#checked([], this.#observed.group.nextForOnlyAttempt()));
    else if (step.kind === 'slow request') this.#pending.push(this.#attempt([]));
    else this.#settleOldest();
  }

  /** Starts all servers, and sends requests of one kind until all trials were due. */
  recoverWith(kind: 'request' | 'only attempt'): void {
    this.#stopped.clear();
    while (this.#pending.length > 0) this.#settleOldest();
    for (let round = 0; round < this.#observed.size; round += 1) {
      this.#observed.now += 2 * MAX_EJECTION + TRIAL_TIMEOUT;
      for (let sent = 0; sent < this.#observed.size; sent += 1) this.take({ kind });
    }
  }

  /** The servers that are still ejected. */
  get ejected(): readonly number[] {
    return [...this.#observed.ejectedSince.keys()];
  }

  /** Requests without results, as the numbers of those that each server got. */
  shares(requests: number): ReadonlyMap<number, number> {
    const shares = new Map<number, number>();
    for (const chosen of this.#observed.chosen(requests)) {
      if (chosen !== undefined) shares.set(chosen, (shares.get(chosen) ?? 0) + 1);
    }
    return shares;
  }

  /** Sends a request, which is repeated on the other servers until one is not stopped. */
  #request(): void {
    const tried: number[] = [];
    while (tried.length < this.#observed.size) {
      const chosen = this.#attempt(tried);
      if (this.#settle(chosen)) return;
      tried.push(chosen);
    }
    expect(this.#observed.group.next(tried)).toBeUndefined();
    expect(this.#stopped.size).toBeGreaterThanOrEqual(this.#observed.size);
  }

  #attempt(tried: readonly number[]): number {
    return this.#checked(tried, this.#observed.group.next(tried));
  }

  #checked(tried: readonly number[], chosen: number | undefined): number {
    const { size, ejectedSince } = this.#observed;
    const others = Array.from({ length: size }, (_, index) => index).filter((index) => !tried.includes(index));
    if (chosen === undefined) throw new Error(`no server, although ${others.join()} were not tried`);
    expect(others).toContain(chosen);
    if (ejectedSince.has(chosen) && others.some((index) => !ejectedSince.has(index))) this.#checkTrial(chosen);
    return chosen;
  }

  #checkTrial(chosen: number): void {
    const { now, ejectedSince } = this.#observed;
    const since = Math.max(ejectedSince.get(chosen) ?? 0, this.#trialAt.get(chosen) ?? 0);
    expect(now - since).toBeGreaterThanOrEqual(MIN_EJECTION);
    this.#trialAt.set(chosen, now);
  }

  #settleOldest(): void {
    const oldest = this.#pending.shift();
    if (oldest !== undefined) this.#settle(oldest);
  }

  #settle(server: number): boolean {
    const { group } = this.#observed;
    if (this.#stopped.has(server)) group.onConnectionFailure(server);
    else group.onResponse(server);
    return !this.#stopped.has(server);
  }
}

describe('any sequence of requests to servers that stop and start', () => {
  const size = fc.integer({ min: 1, max: 5 });
  const steps = fc.array(anyStep, { maxLength: 150, size: 'max' });

  it('finds a server that runs for every request that can be repeated, and sends an ejected one single trials only', () => {
    const holds = fc.property(size, steps, (servers, taken) => {
      const requests = new Requests(servers);
      for (const one of taken) requests.take(one);
    });
    assertProperty(holds, { numRuns: 200 });
  });

  it.each(['request', 'only attempt'] as const)('leaves no server ejected forever, with each %s', (kind) => {
    const holds = fc.property(size, steps, (servers, taken) => {
      const requests = new Requests(servers);
      for (const one of taken) requests.take(one);
      requests.recoverWith(kind);
      expect(requests.ejected).toEqual([]);
      expect(requests.shares(servers).size).toBe(servers);
    });
    assertProperty(holds, { numRuns: 200 });
  });

  it('gives servers that are not ejected the same share, within one request', () => {
    const holds = fc.property(size, steps, fc.integer({ min: 1, max: 40 }), (servers, taken, count) => {
      const requests = new Requests(servers);
      for (const one of taken) requests.take(one);
      const { ejected } = requests;
      if (ejected.length === servers) return;
      requests.shares(servers); // the trials that are due
      const shares = requests.shares(count);
      const counts = Array.from({ length: servers }, (_, index) => index)
        .filter((index) => !ejected.includes(index))
        .map((index) => shares.get(index) ?? 0);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(counts.reduce((before, one) => before + one, 0)).toBe(count);
    });
    assertProperty(holds, { numRuns: 200 });
  });
});
