import type { GateEventFacts } from '../../src/events/gate-events';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { mintGrantId } from '../../src/protocol/secrets';
import type { GrantOwner } from '../../src/tokens/principal';
import { createRevocation, type Revocation } from '../../src/tokens/revocation';
import type { TokenStore } from '../../src/tokens/token-store';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { aClock } from '../support/time/clock';

const stores: MemoryTokenStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

type Ended = () => Promise<boolean>;

/** Revocation over a store that ends as the test defines, with its events and the owners whose grants are to be freed. */
const open = (end: Ended) => {
  const real = new MemoryTokenStore({ clock: aClock().now, maxGrants: 10 });
  stores.push(real);
  const store: TokenStore = Object.assign(Object.create(real) as TokenStore, { revokeGrant: end, replaceEpoch: end });
  const events: GateEventFacts[] = [];
  const toFree: GrantOwner[] = [];
  const emit = (event: GateEventFacts) => void events.push(event);
  return { events, toFree, revocation: createRevocation(store, emit, (owner) => toFree.push(owner)) };
};

const unannounced: Ended = () => Promise.reject(new StoreUnavailableError('unannounced'));
const away: Ended = () => Promise.reject(new StoreUnavailableError('deadline'));

const subject = 'john@johnsorg';

type Revoke = (revocation: Revocation) => Promise<void>;

const everyCall: readonly (readonly [call: string, ends: 'grants' | 'access', revoke: Revoke])[] = [
  ['revokeGrant', 'grants', (revocation) => revocation.revokeGrant(mintGrantId(), 'management')],
  ['revokeAll', 'grants', (revocation) => revocation.revokeAll({ subject }, 'management')],
  ['revokeAccess', 'access', (revocation) => revocation.revokeAccess({ subject }, 'management')],
];

describe.each(everyCall)('a call of %s', (_call, ends, revoke) => {
  it('emits revoke once for what ended', async () => {
    const { events, revocation } = open(async () => true);
    await revoke(revocation);
    expect(events).toMatchObject([{ type: 'revoke', because: 'management', ends }]);
  });

  it('emits revoke for what ended and rejects if the end could not be announced', async () => {
    const { events, revocation } = open(unannounced);
    await expect(revoke(revocation)).rejects.toMatchObject({ reason: 'unannounced' });
    expect(events).toMatchObject([{ type: 'revoke', because: 'management', ends }]);
  });

  it('emits nothing when the store did nothing', async () => {
    const { events, revocation } = open(away);
    await expect(revoke(revocation)).rejects.toMatchObject({ reason: 'deadline' });
    expect(events).toEqual([]);
  });

  it('emits nothing when there was nothing to end', async () => {
    const { events, revocation } = open(async () => false);
    await revoke(revocation);
    expect(events).toEqual([]);
  });
});

test.each([
  ['done', () => Promise.resolve(true)],
  ['not answered by the store', away],
] as const)('the grants of a user are freed after a revocation that was %s', async (_how, end) => {
  const { toFree, revocation } = open(end);
  await revocation.revokeAll({ subject }, 'management').catch(() => undefined);
  expect(toFree).toEqual([{ subject }]);
});

test('an organization has no index, so its grants are left to expire', async () => {
  const { events, toFree, revocation } = open(async () => true);
  await revocation.revokeAll({ organization: 'acme' }, 'disabled');
  expect(events).toEqual([{ type: 'revoke', because: 'disabled', ends: 'grants', organization: 'acme' }]);
  expect(toFree).toEqual([]);
});
