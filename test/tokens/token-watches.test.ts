import { silentLogger } from '../support/gate/gate';
import { aLiveToken } from '../support/gate/guard-harness';
import { aClock } from '../support/time/clock';
import { deferred } from '../support/time/deferred';
import { principalsOf } from '../../src/tokens/principal';
import type { AccessTokenRecord } from '../../src/tokens/records';
import type { TokenChangeListener } from '../../src/tokens/token-changes';
import { TokenWatches } from '../../src/tokens/token-watches';
import type { WatchEnd } from '../../src/tokens/watched-tokens';

type Read = (digest: string) => Promise<AccessTokenRecord | undefined>;

/** A store with live records, and changes that are received until a test says otherwise. */
const open = () => {
  const clock = aClock();
  const live = new Map<string, AccessTokenRecord>();
  const state = { isReceiving: true, reads: 0, inFlight: 0, maxInFlight: 0 };
  let listener: TokenChangeListener | undefined;
  let read: Read = async (digest) => live.get(digest);
  const watches = new TokenWatches({
    tokens: {
      findFreshRecord: async ({ digest }) => {
        state.reads += 1;
        state.inFlight += 1;
        state.maxInFlight = Math.max(state.maxInFlight, state.inFlight);
        try {
          return await read(digest);
        } finally {
          state.inFlight -= 1;
        }
      },
    },
    changes: {
      receivedUntil: () => (state.isReceiving ? performance.now() : -Infinity),
      listen: (given) => {
        listener = given;
      },
    },
    clock: clock.now,
    logger: silentLogger,
  });
  const issue = (facts: Partial<AccessTokenRecord> = {}): AccessTokenRecord => {
    const record = { ...aLiveToken(clock.now()).record, ...facts };
    live.set(record.digest, record);
    return record;
  };
  const watch = (record: AccessTokenRecord) => {
    const reasons: WatchEnd[] = [];
    return { reasons, stop: watches.watch(record, (reason) => reasons.push(reason)) };
  };
  const changes = (): TokenChangeListener => {
    if (listener === undefined) throw new Error('nothing listens');
    return listener;
  };
  const readBy = (given: Read): void => {
    read = given;
  };
  return { clock, live, state, watches, issue, watch, changes, readBy };
};

const pass = (milliseconds: number): Promise<void> => jest.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => void jest.useRealTimers());

const failing: Read = () => Promise.reject(new Error('the store is away'));

describe('a watched token', () => {
  it('is read once when it is watched, and then only if a change concerns it', async () => {
    const { issue, watch, state, changes } = open();
    const [record, other] = [issue(), issue({ clientId: 'other', subject: 'other' })];
    watch(record);
    await pass(10_000);
    expect(state.reads).toBe(1);
    changes().onGrant(other.grantId);
    for (const principal of principalsOf(other)) changes().onPrincipal(principal);
    await pass(1_000);
    expect(state.reads).toBe(1);
    changes().onGrant(record.grantId);
    for (const principal of principalsOf(record)) changes().onPrincipal(principal);
    await pass(1_000);
    expect(state.reads).toBeGreaterThan(1);
    expect(state.reads).toBeLessThan(6);
  });

  it('ends with its grant and with each of its principals, once its record is gone', async () => {
    const facts = { clientId: 'c', subject: 's', organization: 'o', consent: 'k' };
    for (const principal of [undefined, { clientId: 'c' }, { subject: 's' }, { organization: 'o' }, { consent: 'k' }]) {
      const { issue, watch, live, changes } = open();
      const record = issue(facts);
      const { reasons } = watch(record);
      await pass(100);
      live.delete(record.digest);
      if (principal === undefined) changes().onGrant(record.grantId);
      else changes().onPrincipal(principal);
      await pass(0);
      expect([principal, reasons]).toEqual([principal, ['ended']]);
    }
  });

  it('ends if it ended between the check of the guard and the watch', async () => {
    const { watch, live, issue } = open();
    const record = issue();
    live.delete(record.digest);
    const { reasons } = watch(record);
    expect(reasons).toEqual([]);
    await pass(0);
    expect(reasons).toEqual(['ended']);
  });

  it('is read again if it changes while it is read', async () => {
    const { issue, watch, live, changes, readBy } = open();
    const record = issue();
    const { reasons } = watch(record);
    await pass(100);
    const answer = deferred<AccessTokenRecord | undefined>();
    readBy(() => answer.promise);
    changes().onGrant(record.grantId);
    await pass(50);
    readBy(failing);
    live.delete(record.digest);
    changes().onGrant(record.grantId);
    answer.resolve(record); // from before the change
    await pass(50);
    readBy(async (digest) => live.get(digest));
    await pass(300);
    expect(reasons).toEqual(['ended']);
  });

  it('is read every second while changes may be missed, and no more when they are received again', async () => {
    const { issue, watch, state, changes } = open();
    const { reasons } = watch(issue());
    await pass(100);
    state.isReceiving = false;
    const before = state.reads;
    await pass(10_000);
    expect(state.reads - before).toBeGreaterThanOrEqual(9);
    expect(state.reads - before).toBeLessThanOrEqual(11);
    state.isReceiving = true;
    changes().onMissed();
    await pass(100);
    const { reads } = state;
    await pass(10_000);
    expect(state.reads).toBe(reads);
    expect(reasons).toEqual([]);
  });

  it('ends within two seconds of the last proof if it cannot be read, and not before', async () => {
    const { issue, watch, state, readBy } = open();
    const { reasons } = watch(issue());
    await pass(1_000);
    readBy(failing);
    await pass(10_000);
    expect(reasons).toEqual([]); // nothing has changed
    state.isReceiving = false;
    await pass(1_800);
    expect(reasons).toEqual([]);
    await pass(200);
    expect(reasons).toEqual(['unavailable']);
  });

  it('ends within two seconds of a change if it cannot be read, although other changes are received', async () => {
    const { issue, watch, changes, readBy } = open();
    const record = issue();
    const [one, other] = [watch(record), watch(issue({ clientId: 'other', subject: 'other' }))];
    await pass(1_000);
    readBy(failing);
    changes().onGrant(record.grantId);
    await pass(1_800);
    expect(one.reasons).toEqual([]);
    await pass(200);
    expect([one.reasons, other.reasons]).toEqual([['unavailable'], []]);
  });

  it('continues if the store is away for a second', async () => {
    const { issue, watch, live, state, readBy, changes } = open();
    const { reasons } = watch(issue());
    await pass(1_000);
    state.isReceiving = false;
    readBy(failing);
    changes().onMissed();
    await pass(1_000);
    readBy(async (digest) => live.get(digest));
    await pass(10_000);
    expect(reasons).toEqual([]);
  });

  it('does not delay the end of another one if it is one of thousands to read', async () => {
    const { issue, watch, live, state, changes, readBy } = open();
    const watched = Array.from({ length: 3_000 }, () => watch(issue()));
    const record = issue({ clientId: 'other', subject: 'other' });
    const { reasons } = watch(record);
    await pass(1_000);
    readBy((digest) => new Promise((resolve) => void setTimeout(() => resolve(live.get(digest)), 100)));
    changes().onMissed();
    live.delete(record.digest);
    changes().onGrant(record.grantId);
    await pass(250); // the reads in flight, and then its own
    expect(reasons).toEqual(['ended']);
    await pass(1_000);
    expect(state.maxInFlight).toBe(500);
    expect(watched.every((one) => one.reasons.length === 0)).toBe(true);
  });

  it('leaves no timer behind when nothing is watched', async () => {
    const { issue, watch, live, changes, watches } = open();
    const [one, other, last] = [issue(), issue(), issue()];
    const stopped = watch(one);
    watch(other);
    await pass(100);
    stopped.stop();
    live.delete(other.digest);
    changes().onGrant(other.grantId);
    await pass(0);
    expect(jest.getTimerCount()).toBe(0);
    const { reasons } = watch(last);
    watches.close();
    expect([jest.getTimerCount(), reasons]).toEqual([0, ['unavailable']]);
  });

  it('ends soon after the call if everything is closed, unless it is stopped', async () => {
    const { issue, watch, watches, state } = open();
    watches.close();
    const [one, other] = [watch(issue()), watch(issue())];
    other.stop();
    expect(one.reasons).toEqual([]);
    await pass(0);
    expect([one.reasons, other.reasons, state.reads]).toEqual([['unavailable'], [], 0]);
  });

  it('may be stopped, and watched again, by its listener', async () => {
    const { issue, live, watches, changes } = open();
    const record = issue();
    const reasons: WatchEnd[] = [];
    const again: WatchEnd[] = [];
    const stop = watches.watch(record, (reason) => {
      reasons.push(reason);
      stop();
      watches.watch(record, (later) => again.push(later));
    });
    await pass(100);
    live.delete(record.digest);
    changes().onGrant(record.grantId);
    await pass(100);
    expect([reasons, again]).toEqual([['ended'], ['ended']]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
