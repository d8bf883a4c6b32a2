import { asOAuthError, StoreUnavailableError } from '../../src/protocol/errors';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { createTokenService } from '../../src/tokens/token-service';
import { grantLimitsContract } from '../contracts/grant-limits';
import { tokenStoreContract } from '../contracts/token-store';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { aGrant, aRotation } from '../support/tokens/records';
import { rejectionOf } from '../support/expect/thrown';
import { backends } from '../support/stores/backends';

const inMemory: MemoryTokenStore[] = [];

const openMemory = (clock: () => number, maxGrants: number): MemoryTokenStore => {
  const store = new MemoryTokenStore({ clock, maxGrants });
  inMemory.push(store);
  return store;
};

afterAll(async () => {
  for (const store of inMemory) await store.close();
});

describe.each(backends)('tokens in %s', (_name, open) => {
  tokenStoreContract(async (clock) => (await open(clock)).tokens);
  grantLimitsContract(async (clock) => (await open(clock)).tokens);
});

describe('the limit of tokens in memory', () => {
  const aFullStore = async () => {
    const clock = aClock();
    const store = openMemory(clock.now, 3);
    const grants = [1, 2, 3].map((hundreds) =>
      aGrant(clock.now(), { accessExpiresAt: clock.now() + hundreds, refreshExpiresAt: clock.now() + hundreds }),
    );
    for (const { access, refresh } of grants) await store.save(access, refresh);
    return { clock, store, grants };
  };

  it('refuses one more, and drops no live token for it', async () => {
    const { clock, store, grants } = await aFullStore();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const more = aGrant(clock.now());
      expect(await rejectionOf(store.save(more.access, more.refresh))).toBeInstanceOf(StoreUnavailableError);
      expect(await store.find(more.access.grantId, more.access.digest)).toBeUndefined();
    }
    for (const { access, refresh } of grants) {
      expect(await store.find(access.grantId, access.digest)).toEqual(access);
      expect(await store.findRefresh(access.grantId)).toEqual(refresh);
    }
  });

  it('causes a 503 with Retry-After for a client', async () => {
    const { clock, store } = await aFullStore();
    const lifetimes = { accessTokenLifetime: 100, refreshTokenLifetime: 1_000, grantLifetime: 9_000, refreshGrace: 10 };
    const service = createTokenService(store, { lifetimes, clock: clock.now, emit: ignoreEvents });
    const order = {
      occasion: 'password',
      clientId: 'client',
      environment: 'production',
      scopes: [],
      subscriptions: [],
      refreshToken: 'issue',
    } as const;
    const refusal = asOAuthError(await rejectionOf(service.issue(order, async () => true)));
    expect(refusal).toMatchObject({ status: 503, code: 'temporarily_unavailable', headers: { 'Retry-After': '1' } });
  });

  it('does not affect rotation and revocation', async () => {
    const { clock, store, grants } = await aFullStore();
    const [grant] = grants;
    if (grant === undefined) throw new Error('no grant');
    const rotation = aRotation(grant, clock.now());
    expect(await store.rotate(rotation)).toBe('rotated');
    expect(await store.find(grant.access.grantId, rotation.access.digest)).toEqual(rotation.access);
    await store.revokeGrant(grant.access.grantId);
    const more = aGrant(clock.now());
    await store.save(more.access, more.refresh);
    expect(await store.find(more.access.grantId, more.access.digest)).toEqual(more.access);
  });

  it('has room again when a grant has expired, without a look-up of that grant', async () => {
    const { clock, store } = await aFullStore();
    clock.advance(1);
    const [one, two] = [aGrant(clock.now()), aGrant(clock.now())];
    await store.save(one.access, one.refresh);
    expect(await rejectionOf(store.save(two.access, two.refresh))).toBeInstanceOf(StoreUnavailableError);
    clock.advance(1);
    await store.save(two.access, two.refresh);
    expect(await store.find(two.access.grantId, two.access.digest)).toEqual(two.access);
  });
});
