import type { Clock } from '../../src/protocol/time';
import {
  MAX_RECENT_REFUSALS,
  type RecentRefusal,
  type RefusalFacts,
  type RefusalStore,
} from '../../src/usage/refusal-store';
import { HOSTILE_NAMES } from '../support/tokens/records';

export const FACTS: RefusalFacts = {
  status: 403,
  reason: 'insufficient_scope',
  environment: 'production',
  api: 'orders',
  resource: '/:id',
  method: 'PUT',
  missing: ['update', 'read'],
  plan: '',
};

/** One suite for the port `RefusalStore`, run unchanged over every store. @param clock of the gate */
export const refusalStoreContract = (open: () => Promise<RefusalStore>, clock: Clock): void => {
  let store: RefusalStore;
  let now: number;
  beforeEach(async () => {
    store = await open();
    now = Math.floor(clock());
  });

  const refusal = (changes: Partial<RecentRefusal> = {}): RecentRefusal => ({
    ...FACTS,
    count: 1,
    at: now,
    ...changes,
  });

  it('adds equal refusals to each other, and returns the most recent ones first', async () => {
    await store.note('app', [refusal({ at: now - 5, count: 2 }), refusal({ reason: 'not_subscribed', missing: [] })]);
    await store.note('app', [refusal({ at: now - 9, count: 3 })]);
    expect(await store.list('app')).toEqual([
      refusal({ reason: 'not_subscribed', missing: [] }),
      refusal({ at: now - 5, count: 5 }),
    ]);
  });

  it('distinguishes refusals by each of their facts', async () => {
    const others: readonly Partial<RefusalFacts>[] = [
      { status: 401 },
      { reason: 'no_sandbox' },
      { environment: 'sandbox' },
      { api: '' },
      { resource: '' },
      { method: 'GET' },
      { missing: [] },
      { plan: 'free' },
    ];
    const all = [{}, ...others].map((changes, index) => refusal({ ...changes, at: now - index }));
    await store.note('app', all);
    expect(await store.list('app')).toEqual(all);
  });

  it('keeps the 20 with the most recent last one', async () => {
    const all = Array.from({ length: 50 }, (_, index) => refusal({ resource: `/${index}`, at: now - 50 + index }));
    for (const one of all) await store.note('app', [one]);
    await store.note('app', all.slice(0, 10));
    expect(await store.list('app')).toEqual(all.toReversed().slice(0, MAX_RECENT_REFUSALS));
  });

  it('separates applications of any id, and returns nothing for one without refusals', async () => {
    for (const [index, name] of HOSTILE_NAMES.entries()) await store.note(name, [refusal({ count: index + 1 })]);
    for (const [index, name] of HOSTILE_NAMES.entries()) {
      expect((await store.list(name)).map(({ count }) => count)).toEqual([index + 1]);
    }
    await store.note('none', []);
    expect(await store.list('none')).toEqual([]);
  });

  it('keeps facts of any text', async () => {
    const all = HOSTILE_NAMES.map((resource, index) => refusal({ resource, at: now - index }));
    await store.note('app', all);
    expect(await store.list('app')).toEqual(all.slice(0, MAX_RECENT_REFUSALS));
  });

  it('counts what several gates note concurrently', async () => {
    await Promise.all(Array.from({ length: 50 }, () => store.note('app', [refusal()])));
    expect(await store.list('app')).toEqual([refusal({ count: 50 })]);
  });
};
