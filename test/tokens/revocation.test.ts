import type { GateEventFacts } from '../../src/events/gate-events';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { mintGrantId, type GrantId } from '../../src/protocol/secrets';
import { createRevocation } from '../../src/tokens/revocation';
import type { TokenStore } from '../../src/tokens/token-store';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { aClock } from '../support/time/clock';

const stores: MemoryTokenStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

type Ending = (grantId: GrantId) => Promise<boolean>;

/** Revocation over a store that lists these grants and ends them as the test defines; and its events. */
const open = (grants: readonly GrantId[], end: Ending) => {
  const real = new MemoryTokenStore({ clock: aClock().now, maxGrants: 10 });
  stores.push(real);
  const store: TokenStore = Object.assign(Object.create(real) as TokenStore, {
    grantsOf: async () => grants,
    revokeGrant: end,
    revokeAccess: end,
  });
  const events: GateEventFacts[] = [];
  return { events, revocation: createRevocation(store, (event) => void events.push(event)) };
};

const unannounced = (): Promise<boolean> => Promise.reject(new StoreUnavailableError('unannounced'));
const away = (): Promise<boolean> => Promise.reject(new StoreUnavailableError('deadline'));

const subject = 'john@johnsorg';

type Revoke = (revocation: ReturnType<typeof open>['revocation']) => Promise<void>;

const everyCall: readonly (readonly [call: string, ends: 'grants' | 'access', revoke: Revoke])[] = [
  ['revokeGrant', 'grants', (revocation) => revocation.revokeGrant(mintGrantId(), 'management')],
  ['revokeAll', 'grants', (revocation) => revocation.revokeAll({ subject }, 'management')],
  ['revokeAccess', 'access', (revocation) => revocation.revokeAccess({ subject }, 'management')],
];

describe.each(everyCall)('a call of %s', (_call, ends, revoke) => {
  it('emits revoke for what ended and rejects if the end could not be announced', async () => {
    const { events, revocation } = open([mintGrantId()], unannounced);
    await expect(revoke(revocation)).rejects.toMatchObject({ reason: 'unannounced' });
    expect(events).toMatchObject([{ type: 'revoke', because: 'management', ends }]);
  });

  it('emits nothing when the store did nothing', async () => {
    const { events, revocation } = open([mintGrantId()], away);
    await expect(revoke(revocation)).rejects.toMatchObject({ reason: 'deadline' });
    expect(events).toEqual([]);
  });

  it('emits nothing when there was nothing to end', async () => {
    const { events, revocation } = open([mintGrantId()], async () => false);
    await revoke(revocation);
    expect(events).toEqual([]);
  });
});

describe.each(everyCall.slice(1))('a call of %s with many grants', (_call, ends, revoke) => {
  const grants = Array.from({ length: 450 }, mintGrantId);
  const mixed =
    (failing: (index: number) => boolean, fail: () => Promise<boolean>, ended: GrantId[] = []): Ending =>
    async (grantId) => {
      if (failing(grants.indexOf(grantId))) return fail();
      ended.push(grantId);
      return true;
    };

  it('emits revoke once when some ends were announced and some not, and ends all grants', async () => {
    const ended: GrantId[] = [];
    const { events, revocation } = open(
      grants,
      mixed((index) => index % 3 === 0, unannounced, ended),
    );
    await expect(revoke(revocation)).rejects.toMatchObject({ reason: 'unannounced' });
    expect(events).toMatchObject([{ type: 'revoke', because: 'management', ends, subject }]);
    expect(ended).toHaveLength(300);
  });

  it.each([
    ['first', 3],
    ['last', 449],
  ])('emits revoke for what ended before the store failed in the %s slice', async (_which, at) => {
    const { events, revocation } = open(
      grants,
      mixed((index) => index === at, away),
    );
    await expect(revoke(revocation)).rejects.toMatchObject({ reason: 'deadline' });
    expect(events).toMatchObject([{ type: 'revoke', because: 'management', ends, subject }]);
  });

  it('rejects with the failure of the store rather than with an end that could not be announced', async () => {
    const { revocation } = open(
      grants,
      mixed(() => true, unannounced),
    );
    await expect(revoke(revocation)).rejects.toMatchObject({ reason: 'unannounced' });
    const both = open(grants, async (grantId) => (grants.indexOf(grantId) === 449 ? away() : unannounced()));
    await expect(revoke(both.revocation)).rejects.toMatchObject({ reason: 'deadline' });
  });
});
