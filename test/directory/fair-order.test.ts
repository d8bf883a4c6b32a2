import fc from 'fast-check';
import { FairOrder } from '../../src/directory/fair-order';
import type { Requester } from '../../src/directory/requester';
import { assertProperty } from '../support/properties/property-runs';

interface Entry {
  readonly requester: Requester;
  readonly number: number;
}

/** An order of entries from one requester each. */
const orderOf = (...requesters: readonly Requester[]) => {
  const order = new FairOrder<Entry>();
  let number = 0;
  const add = (requester: Requester): Entry => {
    const entry = { requester, number: (number += 1) };
    order.add(requester, entry);
    return entry;
  };
  for (const requester of requesters) add(requester);
  const next = (): Entry | undefined => {
    const entry = order.next();
    if (entry !== undefined) order.end(entry);
    return entry;
  };
  /** Serves others until it is the turn of the entry. @returns how many were served before */
  const servedBefore = (entry: Entry): number => {
    for (let count = 0; ; count += 1) {
      const served = next();
      if (served === entry) return count;
      if (served === undefined) throw new Error('the entry was lost');
    }
  };
  return { order, add, next, servedBefore };
};

const from = (client: number, network: number, account: number): Requester => ({
  client: { id: `c${client}` },
  network: `n${network}`,
  account: `a${account}`,
});

const BEN = from(1_000, 1_000, 1_000);

const FLOODS: readonly (readonly [what: string, most: number, flood: (index: number) => Requester])[] = [
  ['one account of one client and network', 1, () => from(0, 0, 0)],
  ['sign-ups from one network', 1, () => ({ client: 'sign-up', network: 'n0' })],
  ['one account, over all clients and networks', 5, (index) => from(index, index, 0)],
  ['one network, with clients and accounts of its own', 5, (index) => from(index, 0, index)],
  ['one client, over all networks and accounts', 5, (index) => from(0, index, index)],
  ['sign-ups from all networks', 5, (index) => ({ client: 'sign-up', network: `n${index}` })],
];

describe('the order of those that wait', () => {
  it.each(FLOODS)('lets few of a flood of %s before another user: %i at most', (_what, most, flood) => {
    for (let served = 1; served < 10; served += 1) {
      const { add, next, servedBefore } = orderOf(...Array.from({ length: 100 }, (_, index) => flood(index)));
      for (let count = 0; count < served; count += 1) next();
      expect(servedBefore(add(BEN))).toBeLessThanOrEqual(most);
    }
  });

  it.each(FLOODS)('does not starve a flood of %s while other users come one after the other', (_what, _most, flood) => {
    const { add, next } = orderOf(...Array.from({ length: 20 }, (_, index) => flood(index)));
    let ofFlood = 0;
    for (let user = 100; user < 200; user += 1) {
      add(from(user, user, user));
      add(from(user, user, user));
      if ((next()?.number ?? 0) <= 20) ofFlood += 1;
      if ((next()?.number ?? 0) <= 20) ofFlood += 1;
    }
    expect(ofFlood).toBeGreaterThan(0);
  });
});

it('an entry is served although each of its client, network and account has a flood of others', () => {
  const { add, next } = orderOf();
  // Each is served just before a turn that would be that of the entry, by a turn of another kind.
  const floods = [from(2, 1, 2), from(3, 3, 1), from(1, 2, 3)];
  for (const flood of floods) for (let count = 0; count < 5; count += 1) add(flood);
  const entry = add(from(1, 1, 1));
  for (let served = 0; served < 3 * 3 * 2; served += 1) {
    const one = next();
    if (one === entry) return;
    if (one !== undefined) add(one.requester);
  }
  throw new Error('it was never served');
});

const requester: fc.Arbitrary<Requester> = fc
  .tuple(fc.nat(1), fc.nat(1), fc.nat(1))
  .map(([client, network, account]) => from(client, network, account));

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), requester }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('next' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), index: fc.nat(30) }) },
  ),
  { maxLength: 300 },
);

it('the order loses no entry, keeps that of a requester, and bounds how many others are served before', () => {
  const isSame = (one: Requester, other: Requester): boolean => JSON.stringify(one) === JSON.stringify(other);
  assertProperty(
    fc.property(steps, (all) => {
      const { order, add, next } = orderOf();
      let waiting: { readonly entry: Entry; passed: number }[] = [];
      const drop = (entry: Entry): void => {
        waiting = waiting.filter((other) => other.entry !== entry);
      };
      const serveNext = (): Entry | undefined => {
        const entry = next();
        if (entry === undefined) expect(waiting).toEqual([]);
        else {
          expect(waiting.find((other) => isSame(other.entry.requester, entry.requester))?.entry).toBe(entry);
          drop(entry);
          for (const [index, other] of waiting.entries()) {
            const before = waiting.slice(0, index);
            const isFirst = before.every((one) => !isSame(one.entry.requester, other.entry.requester));
            // Every third turn is by client, and there are two clients of two networks of two accounts.
            if (isFirst) expect((other.passed += 1)).toBeLessThanOrEqual(3 * 2 * 2 * 2);
          }
        }
        return entry;
      };
      for (const step of all) {
        if (step.kind === 'add') waiting.push({ entry: add(step.requester), passed: 0 });
        else if (step.kind === 'next') serveNext();
        else {
          const removed = waiting[step.index]?.entry;
          if (removed === undefined) continue;
          order.remove(removed);
          drop(removed);
        }
      }
      while (serveNext() !== undefined);
    }),
    { numRuns: 300 },
  );
});
