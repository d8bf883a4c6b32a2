import { digestOf, mintGrantId } from '../../src/protocol/secrets';
import type { Clock } from '../../src/protocol/time';
import type { GrantOwner, Principal } from '../../src/tokens/principal';
import type { TokenStore } from '../../src/tokens/token-store';
import { collectPages } from '../support/stores/collect';
import { aClock } from '../support/time/clock';
import { aDigest, aGrant, aRotation, HOSTILE_NAMES, type TestGrant } from '../support/tokens/records';

/** Opens an empty store for one test, and closes it afterwards. */
export type OpenTokenStore = (clock: Clock) => Promise<TokenStore>;

/** The contract of every token store. */
export const tokenStoreContract = (open: OpenTokenStore): void => {
  const openStore = async () => {
    const clock = aClock();
    return { clock, store: await open(clock.now) };
  };
  const aStoreWith = async (grant: (now: number) => TestGrant = aGrant) => {
    const { clock, store } = await openStore();
    const saved = grant(clock.now());
    await store.save(saved.access, saved.refresh);
    return { clock, store, grant: saved };
  };
  const findAccess = (store: TokenStore, { access }: Pick<TestGrant, 'access'>) =>
    store.find(access.grantId, access.digest);

  const grantsOf = (store: TokenStore, owner: GrantOwner) => collectPages(store.grantsOf(owner));

  describe('with save and find', () => {
    it('returns what was saved, with every field', async () => {
      const { store, grant } = await aStoreWith();
      expect(await findAccess(store, grant)).toEqual(grant.access);
      expect(await store.findRefresh(grant.access.grantId)).toEqual(grant.refresh);
    });

    it('returns a grant of the client itself, in the sandbox, without scopes and without a refresh token', async () => {
      const { clock, store } = await openStore();
      const { access } = aGrant(clock.now(), { subject: null });
      const bare = { ...access, environment: 'sandbox', scopes: [] } as const;
      await store.save(bare);
      expect(await store.find(bare.grantId, bare.digest)).toEqual(bare);
      expect(await store.findRefresh(bare.grantId)).toBeUndefined();
    });

    it.each([
      { consent: 'consent' },
      { audience: 'https://api.example/orders' },
      { resources: ['https://api.example/orders', 'https://api.example/a b'] },
      { resources: [] },
      { consent: 'consent', audience: 'https://api.example/', resources: ['https://api.example/'] },
    ])('returns the consent, the audience and the resources, also after a refresh: %j', async (options) => {
      const { clock, store, grant } = await aStoreWith((now) => aGrant(now, options));
      expect(await findAccess(store, grant)).toEqual(grant.access);
      expect(await store.findRefresh(grant.access.grantId)).toEqual(grant.refresh);
      const rotation = aRotation(grant, clock.now());
      expect(await store.rotate(rotation)).toBe('rotated');
      expect(await findAccess(store, rotation)).toEqual(rotation.access);
      expect(await findAccess(store, grant)).toMatchObject({ digest: grant.access.digest });
      expect(await store.findRefresh(grant.access.grantId)).toEqual(rotation.refresh);
    });

    it('can give a refreshed access token another audience, or none', async () => {
      const { clock, store, grant } = await aStoreWith((now) => aGrant(now, { audience: 'https://api.example/a' }));
      let before = grant;
      for (const audience of ['https://api.example/b', undefined, 'https://api.example/a']) {
        const rotation = aRotation(before, clock.now());
        const access = { ...rotation.access, audience };
        await store.rotate({ ...rotation, access });
        expect(await findAccess(store, { access })).toEqual(access);
        expect((await findAccess(store, before))?.audience).toBe(before.access.audience);
        before = { access, refresh: rotation.refresh };
      }
    });

    it('stores instants to the millisecond', async () => {
      const { clock, store } = await openStore();
      clock.set(1_800_000_000.123);
      const grant = aGrant(clock.now(), {
        accessExpiresAt: 1_800_000_001.124,
        refreshExpiresAt: 1_800_000_002.125,
      });
      await store.save(grant.access, grant.refresh);
      expect(await findAccess(store, grant)).toEqual(grant.access);
      expect(await store.findRefresh(grant.access.grantId)).toEqual(grant.refresh);
    });

    it('finds nothing by another digest, under another grant, or by the digest of the refresh token', async () => {
      const { clock, store, grant } = await aStoreWith();
      const other = aGrant(clock.now());
      await store.save(other.access, other.refresh);
      const { grantId } = grant.access;
      expect(await store.find(grantId, aDigest())).toBeUndefined();
      expect(await store.find(grantId, other.access.digest)).toBeUndefined();
      expect(await store.find(grantId, grant.refresh.digest)).toBeUndefined();
      expect(await store.find(grantId, digestOf(''))).toBeUndefined();
      expect(await store.find(mintGrantId(), grant.access.digest)).toBeUndefined();
      expect(await store.findRefresh(mintGrantId())).toBeUndefined();
      expect(await findAccess(store, grant)).toEqual(grant.access);
    });

    it('finds a record until the millisecond before it expires, and never an expired one', async () => {
      const { clock, store, grant } = await aStoreWith();
      const { grantId, expiresAt } = grant.access;
      clock.set(expiresAt - 0.001);
      expect(await findAccess(store, grant)).toEqual(grant.access);
      clock.set(expiresAt);
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await store.findRefresh(grantId)).toEqual(grant.refresh);
      clock.set(grant.refresh.expiresAt - 0.001);
      expect(await store.findRefresh(grantId)).toEqual(grant.refresh);
      clock.set(grant.refresh.expiresAt);
      expect(await store.findRefresh(grantId)).toBeUndefined();
    });

    it.each([0, 0.001, 1, 1e6])('does not store what expired %p seconds ago, without an error', async (ago) => {
      const { clock, store } = await openStore();
      const expiresAt = clock.now() - ago;
      const grant = aGrant(clock.now(), { accessExpiresAt: expiresAt, refreshExpiresAt: expiresAt });
      await store.save(grant.access, grant.refresh);
      const alone = aGrant(clock.now(), { accessExpiresAt: expiresAt });
      await store.save(alone.access);
      clock.set(expiresAt - 10); // a store that kept them would find them now
      for (const { access } of [grant, alone]) {
        expect(await findAccess(store, { access })).toBeUndefined();
        expect(await store.findRefresh(access.grantId)).toBeUndefined();
      }
      expect(await grantsOf(store, { clientId: 'client' })).toEqual([]);
    });

    it('keeps a live access token whose refresh token has already expired', async () => {
      const { clock, store, grant } = await aStoreWith((now) => aGrant(now, { refreshExpiresAt: now - 1 }));
      expect(await findAccess(store, grant)).toEqual(grant.access);
      expect(await store.findRefresh(grant.access.grantId)).toBeUndefined();
      expect(await store.rotate(aRotation(grant, clock.now()))).toBe('unknown');
    });

    it('keeps a live refresh token whose access token has already expired', async () => {
      const { clock, store, grant } = await aStoreWith((now) => aGrant(now, { accessExpiresAt: now - 1 }));
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await store.findRefresh(grant.access.grantId)).toEqual(grant.refresh);
      expect(await store.rotate(aRotation(grant, clock.now()))).toBe('rotated');
    });
  });

  describe('with rotate', () => {
    it('replaces both tokens', async () => {
      const { clock, store, grant } = await aStoreWith();
      clock.advance(5);
      const rotation = aRotation(grant, clock.now());
      expect(await store.rotate(rotation)).toBe('rotated');
      expect(await findAccess(store, rotation)).toEqual(rotation.access);
      expect(await store.findRefresh(grant.access.grantId)).toEqual(rotation.refresh);
    });

    it('can keep fewer scopes for the access token than for the grant', async () => {
      const { clock, store, grant } = await aStoreWith();
      const { access, ...rotation } = aRotation(grant, clock.now());
      const narrow = { ...access, scopes: ['read'] };
      await store.rotate({ ...rotation, access: narrow });
      expect(await findAccess(store, { access: narrow })).toEqual(narrow);
      expect((await store.findRefresh(access.grantId))?.scopes).toEqual(['read', 'update']);
    });

    it('keeps the earlier access token alive until the grace window ends', async () => {
      const { clock, store, grant } = await aStoreWith();
      const rotation = aRotation(grant, clock.now(), { grace: 10 });
      await store.rotate(rotation);
      clock.advance(9.999);
      expect(await findAccess(store, grant)).toMatchObject({
        digest: grant.access.digest,
        scopes: grant.access.scopes,
      });
      clock.advance(0.001);
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await findAccess(store, rotation)).toEqual(rotation.access);
    });

    it('returns the end of the window as the expiry of the earlier access token', async () => {
      const { clock, store, grant } = await aStoreWith();
      await store.rotate(aRotation(grant, clock.now(), { grace: 10 }));
      expect((await findAccess(store, grant))?.expiresAt).toBe(clock.now() + 10);
    });

    it('lets the earlier access token expire inside the window', async () => {
      const { clock, store, grant } = await aStoreWith((now) => aGrant(now, { accessExpiresAt: now + 5 }));
      await store.rotate(aRotation(grant, clock.now(), { grace: 10 }));
      clock.advance(4.999);
      expect(await findAccess(store, grant)).toBeDefined();
      clock.advance(0.001);
      expect(await findAccess(store, grant)).toBeUndefined();
    });

    it('ends the earlier access token immediately if there is no window', async () => {
      const { clock, store, grant } = await aStoreWith();
      await store.rotate(aRotation(grant, clock.now(), { grace: 0 }));
      expect(await findAccess(store, grant)).toBeUndefined();
    });

    it('does not revive an access token that had already expired', async () => {
      const { clock, store, grant } = await aStoreWith();
      clock.set(grant.access.expiresAt);
      const rotation = aRotation(grant, clock.now(), { grace: 60 });
      expect(await store.rotate(rotation)).toBe('rotated');
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await findAccess(store, rotation)).toEqual(rotation.access);
    });

    it('keeps only the latest earlier access token when the successor is used inside the window', async () => {
      const { clock, store, grant } = await aStoreWith();
      const first = aRotation(grant, clock.now());
      await store.rotate(first);
      const second = aRotation(first, clock.now());
      expect(await store.rotate(second)).toBe('rotated');
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await findAccess(store, first)).toBeDefined();
      expect(await findAccess(store, second)).toEqual(second.access);
      expect(await store.findRefresh(grant.access.grantId)).toEqual(second.refresh);
    });

    it('S-128 rotates once for fifty concurrent callers', async () => {
      const { clock, store, grant } = await aStoreWith();
      const rotations = Array.from({ length: 50 }, () => aRotation(grant, clock.now()));
      const outcomes = await Promise.all(rotations.map((rotation) => store.rotate(rotation)));
      expect([...outcomes].sort()).toEqual(['rotated', ...Array.from({ length: 49 }, () => 'spent')]);

      const winner = rotations[outcomes.indexOf('rotated')];
      const found = await Promise.all(rotations.map((rotation) => findAccess(store, rotation)));
      expect(found.filter((record) => record !== undefined)).toEqual([winner?.access]);
      expect(await store.findRefresh(grant.access.grantId)).toEqual(winner?.refresh);
    });

    it('S-129 gives the same result for a repeated rotation, which changes nothing', async () => {
      const { clock, store, grant } = await aStoreWith();
      const rotation = aRotation(grant, clock.now());
      expect(await Promise.all([store.rotate(rotation), store.rotate(rotation)])).toEqual(['rotated', 'rotated']);
      clock.advance(1);
      expect(await store.rotate(rotation)).toBe('rotated');
      expect(await findAccess(store, rotation)).toEqual(rotation.access);
      expect(await findAccess(store, grant)).toBeDefined();
      expect(await store.findRefresh(grant.access.grantId)).toEqual(rotation.refresh);
    });

    it('returns `spent` for a token that is not the live one, and changes nothing', async () => {
      const { clock, store, grant } = await aStoreWith();
      const rotation = aRotation(grant, clock.now());
      await store.rotate(rotation);
      const late = aRotation(grant, clock.now());
      const forged = { ...aRotation(rotation, clock.now()), spent: aDigest() };
      for (const loser of [late, forged]) {
        expect(await store.rotate(loser)).toBe('spent');
        expect(await findAccess(store, loser)).toBeUndefined();
      }
      expect(await findAccess(store, rotation)).toEqual(rotation.access);
      expect(await findAccess(store, grant)).toBeDefined();
      expect(await store.findRefresh(grant.access.grantId)).toEqual(rotation.refresh);
    });

    it('returns `unknown` for a grant that is missing or has no refresh token, and creates none', async () => {
      const { clock, store } = await openStore();
      const absent = aGrant(clock.now());
      const withoutRefresh = aGrant(clock.now());
      await store.save(withoutRefresh.access);
      for (const grant of [absent, withoutRefresh]) {
        const rotation = aRotation(grant, clock.now());
        expect(await store.rotate(rotation)).toBe('unknown');
        expect(await findAccess(store, rotation)).toBeUndefined();
        expect(await store.findRefresh(grant.access.grantId)).toBeUndefined();
      }
      expect(await findAccess(store, withoutRefresh)).toEqual(withoutRefresh.access);
    });

    it('S-134 does not rotate a refresh token that has expired', async () => {
      const { clock, store, grant } = await aStoreWith();
      clock.set(grant.refresh.expiresAt);
      const rotation = aRotation(grant, clock.now());
      expect(await store.rotate(rotation)).toBe('unknown');
      expect(await findAccess(store, rotation)).toBeUndefined();
      expect(await store.findRefresh(grant.access.grantId)).toBeUndefined();
    });
  });

  describe('with revoke', () => {
    it('ends the access token, the earlier access token and the refresh token of one grant', async () => {
      const { clock, store, grant } = await aStoreWith();
      const other = aGrant(clock.now());
      await store.save(other.access, other.refresh);
      const rotation = aRotation(grant, clock.now());
      await store.rotate(rotation);
      await store.revokeGrant(grant.access.grantId);
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await findAccess(store, rotation)).toBeUndefined();
      expect(await store.findRefresh(grant.access.grantId)).toBeUndefined();
      expect(await findAccess(store, other)).toEqual(other.access);
      expect(await store.findRefresh(other.access.grantId)).toEqual(other.refresh);
    });

    it('may be repeated, returns whether anything was ended, and accepts a missing grant', async () => {
      const { store, grant } = await aStoreWith();
      const { grantId } = grant.access;
      await expect(store.revokeAccess(grantId)).resolves.toBe(true);
      await expect(store.revokeAccess(grantId)).resolves.toBe(false);
      await expect(store.revokeGrant(grantId)).resolves.toBe(true);
      await expect(store.revokeGrant(grantId)).resolves.toBe(false);
      const absent = mintGrantId();
      await expect(store.revokeGrant(absent)).resolves.toBe(false);
      await expect(store.revokeAccess(absent)).resolves.toBe(false);
      expect(await store.findRefresh(absent)).toBeUndefined();
    });

    it('invalidates caches for a grant, existing or not, without changing the grant', async () => {
      const { store, grant } = await aStoreWith();
      await store.invalidate(grant.access.grantId);
      await store.invalidate(mintGrantId());
      expect(await findAccess(store, grant)).toEqual(grant.access);
      expect(await store.findRefresh(grant.access.grantId)).toEqual(grant.refresh);
    });

    it('prevails over a later rotation and over a repeated one', async () => {
      const { clock, store, grant } = await aStoreWith();
      const before = aRotation(grant, clock.now());
      await store.rotate(before);
      await store.revokeGrant(grant.access.grantId);
      const after = aRotation(before, clock.now());
      for (const rotation of [before, after]) {
        expect(await store.rotate(rotation)).toBe('unknown');
        expect(await findAccess(store, rotation)).toBeUndefined();
      }
      expect(await store.findRefresh(grant.access.grantId)).toBeUndefined();
    });

    it('S-221 leaves no live token of a grant that is rotated concurrently', async () => {
      const { clock, store } = await openStore();
      const rounds = Array.from({ length: 40 }, async (_, round) => {
        const grant = aGrant(clock.now());
        await store.save(grant.access, grant.refresh);
        const rotation = aRotation(grant, clock.now());
        const acts = [() => store.rotate(rotation), () => store.revokeGrant(grant.access.grantId)];
        await Promise.all((round % 2 === 0 ? acts : acts.reverse()).map((act) => act()));
        return [
          await findAccess(store, grant),
          await findAccess(store, rotation),
          await store.findRefresh(grant.access.grantId),
        ];
      });
      expect((await Promise.all(rounds)).flat().filter((record) => record !== undefined)).toEqual([]);
    });

    it('can end access tokens alone', async () => {
      const { clock, store, grant } = await aStoreWith();
      const rotation = aRotation(grant, clock.now());
      await store.rotate(rotation);
      await store.revokeAccess(grant.access.grantId);
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await findAccess(store, rotation)).toBeUndefined();
      expect(await store.findRefresh(grant.access.grantId)).toEqual(rotation.refresh);

      const next = aRotation(rotation, clock.now());
      expect(await store.rotate(next)).toBe('rotated');
      expect(await findAccess(store, next)).toEqual(next.access);
      expect(await findAccess(store, rotation)).toBeUndefined();
    });

    it('ends a grant that consists of an access token alone', async () => {
      const { clock, store } = await openStore();
      const [one, two] = [aGrant(clock.now()), aGrant(clock.now())];
      await store.save(one.access);
      await store.save(two.access);
      await store.revokeAccess(one.access.grantId);
      await store.revokeGrant(two.access.grantId);
      expect(await findAccess(store, one)).toBeUndefined();
      expect(await findAccess(store, two)).toBeUndefined();
    });
  });

  describe('with replaceEpoch', () => {
    const principals: readonly (readonly [string, Principal])[] = [
      ['client', { clientId: 'client' }],
      ['user', { subject: 'john@gmail.com@johnsorg' }],
      ['organization', { organization: 'johnsorg' }],
      ['consent', { consent: 'consent' }],
    ];
    const underConsent = (now: number): TestGrant => aGrant(now, { consent: 'consent' });
    const expectEnded = async (store: TokenStore, { access }: Pick<TestGrant, 'access'>): Promise<void> => {
      expect(await findAccess(store, { access })).toBeUndefined();
      expect(await store.heldAccess(access.grantId)).toEqual({});
      expect(await store.findRefresh(access.grantId)).toBeUndefined();
      expect(await store.heldRefresh(access.grantId)).toBeUndefined();
    };
    /** A grant of another client, user and organization, under another consent. */
    const ofOthers = (now: number): TestGrant => {
      const others = { clientId: 'other', subject: 'other@otherorg', consent: 'other' };
      const { access, refresh } = aGrant(now, others);
      const organization = 'otherorg';
      return { access: { ...access, organization }, refresh: { ...refresh, organization } };
    };

    it.each(principals)('ends every token of the %s, and no other', async (_what, principal) => {
      const { clock, store, grant } = await aStoreWith(underConsent);
      const other = ofOthers(clock.now());
      await store.save(other.access, other.refresh);
      const rotated = aRotation(grant, clock.now());
      await store.rotate(rotated);
      expect(await store.replaceEpoch(principal, 'grants')).toBe(true);
      await expectEnded(store, grant);
      await expectEnded(store, rotated);
      expect(await store.rotate(aRotation(rotated, clock.now()))).toBe('unknown');
      expect(await store.rotate(rotated)).toBe('unknown');
      expect(await findAccess(store, other)).toEqual(other.access);
      expect(await store.findRefresh(other.access.grantId)).toEqual(other.refresh);
    });

    it.each(principals)('ends the access tokens of the %s alone', async (_what, principal) => {
      const { clock, store, grant } = await aStoreWith(underConsent);
      const rotated = aRotation(grant, clock.now());
      await store.rotate(rotated);
      expect(await store.replaceEpoch(principal, 'access')).toBe(true);
      expect(await findAccess(store, grant)).toBeUndefined();
      expect(await findAccess(store, rotated)).toBeUndefined();
      expect(await store.findRefresh(grant.access.grantId)).toEqual(rotated.refresh);
      const next = aRotation(rotated, clock.now());
      expect(await store.rotate(next)).toBe('rotated');
      expect(await findAccess(store, next)).toEqual(next.access);
      expect(await findAccess(store, rotated)).toBeUndefined();
      await store.replaceEpoch(principal, 'grants');
      await expectEnded(store, next);
    });

    it.each(principals)(
      'lets the %s have new tokens, and ends these as well when it is repeated',
      async (_what, principal) => {
        const { clock, store } = await aStoreWith(underConsent);
        for (let round = 0; round < 3; round += 1) {
          await store.replaceEpoch(principal, round === 1 ? 'access' : 'grants');
          const next = underConsent(clock.now());
          await store.save(next.access, next.refresh);
          expect(await findAccess(store, next)).toEqual(next.access);
          expect(await store.findRefresh(next.access.grantId)).toEqual(next.refresh);
          await store.replaceEpoch(principal, 'grants');
          await expectEnded(store, next);
        }
      },
    );

    it('ends a token of the client itself', async () => {
      const { clock, store } = await openStore();
      const { access } = aGrant(clock.now(), { subject: null });
      for (const principal of [{ clientId: 'client' }, { clientId: 'other' }, { subject: '' }, { organization: '' }]) {
        await store.save(access);
        await store.replaceEpoch(principal, 'access');
        const isItsOwn = 'clientId' in principal && principal.clientId === 'client';
        expect(await findAccess(store, { access })).toEqual(isItsOwn ? undefined : access);
      }
    });

    it('returns false for a principal without tokens, and does not end those of one with a similar name', async () => {
      const { store, grant } = await aStoreWith();
      for (const principal of [
        { clientId: 'john@gmail.com@johnsorg' },
        { clientId: 'johnsorg' },
        { clientId: 'Client' },
        { subject: 'client' },
        { subject: 'johnsorg' },
        { organization: 'client' },
        { consent: 'client' },
      ]) {
        expect(await store.replaceEpoch(principal, 'grants')).toBe(false);
      }
      expect(await findAccess(store, grant)).toEqual(grant.access);
    });

    it.each([{ clientId: 'client' }, { consent: 'consent' }])(
      'prevails over a concurrent rotation: %j',
      async (one) => {
        const { clock, store } = await openStore();
        for (let round = 0; round < 20; round += 1) {
          const grant = underConsent(clock.now());
          await store.save(grant.access, grant.refresh);
          const rotation = aRotation(grant, clock.now());
          const acts = [() => store.rotate(rotation), () => store.replaceEpoch(one, 'grants')];
          await Promise.all((round % 2 === 0 ? acts : acts.reverse()).map((act) => act()));
          await expectEnded(store, grant);
          await expectEnded(store, rotation);
        }
      },
    );

    it('separates principals with any names', async () => {
      const { clock, store } = await openStore();
      const grants = HOSTILE_NAMES.map((name) => {
        const { access } = aGrant(clock.now(), { clientId: name, subject: `of ${name}`, consent: `by ${name}` });
        return { access: { ...access, organization: `in ${name}` } };
      });
      for (const { access } of grants) await store.save(access);
      for (const [index, { access }] of grants.entries()) {
        const { clientId, subject = '', organization, consent = '' } = access;
        const principal = [{ clientId }, { subject }, { organization }, { consent }][index % 4] ?? { clientId };
        expect(await store.replaceEpoch(principal, 'grants')).toBe(true);
        const found = await Promise.all(grants.map((grant) => findAccess(store, grant)));
        expect(found.map((record) => record?.clientId)).toEqual(
          grants.map((grant, place) => (place <= index ? undefined : grant.access.clientId)),
        );
      }
    });
  });

  describe('with freeEnded', () => {
    it('frees grants that have ended, and leaves the live ones, whatever their expiry', async () => {
      const { clock, store } = await openStore();
      const many = (count: number) =>
        Array.from({ length: count }, (_, index) =>
          aGrant(clock.now(), { accessExpiresAt: clock.now() + 100 + (index % 3) }),
        );
      const ended = many(600);
      for (const { access, refresh } of ended) await store.save(access, refresh);
      await store.replaceEpoch({ clientId: 'client' }, 'grants');
      const live = many(600);
      for (const { access, refresh } of live) await store.save(access, refresh);
      await store.freeEnded({ clientId: 'client' });
      for (const { access, refresh } of live) {
        expect(await store.find(access.grantId, access.digest)).toEqual(access);
        expect(await store.findRefresh(access.grantId)).toEqual(refresh);
      }
      const listed = new Set(await grantsOf(store, { clientId: 'client' }));
      for (const { access } of live) expect(listed.has(access.grantId)).toBe(true);
      for (const { access } of ended) expect(await store.revokeGrant(access.grantId)).toBe(false);
    });

    it('keeps a grant whose access tokens alone have ended', async () => {
      const { store, grant } = await aStoreWith();
      await store.replaceEpoch({ clientId: 'client' }, 'access');
      await store.freeEnded({ clientId: 'client' });
      expect(await store.findRefresh(grant.access.grantId)).toEqual(grant.refresh);
      expect(await grantsOf(store, { clientId: 'client' })).toEqual([grant.access.grantId]);
    });
  });

  describe('with grantsOf', () => {
    it('lists the grants of a client or a user, and no others', async () => {
      const { clock, store } = await openStore();
      const grants = {
        xForY: aGrant(clock.now(), { clientId: 'x', subject: 'y' }),
        xForX: aGrant(clock.now(), { clientId: 'x', subject: 'x' }),
        yForX: aGrant(clock.now(), { clientId: 'y', subject: 'x' }),
        yAlone: aGrant(clock.now(), { clientId: 'y', subject: null }),
      };
      for (const { access, refresh } of Object.values(grants)) await store.save(access, refresh);
      const idsOf = (...names: readonly (keyof typeof grants)[]) =>
        names.map((name) => grants[name].access.grantId).sort();

      expect([...(await grantsOf(store, { clientId: 'x' }))].sort()).toEqual(idsOf('xForY', 'xForX'));
      expect([...(await grantsOf(store, { clientId: 'y' }))].sort()).toEqual(idsOf('yForX', 'yAlone'));
      expect([...(await grantsOf(store, { subject: 'x' }))].sort()).toEqual(idsOf('xForX', 'yForX'));
      expect([...(await grantsOf(store, { subject: 'y' }))].sort()).toEqual(idsOf('xForY'));
      expect(await grantsOf(store, { clientId: 'z' })).toEqual([]);
      expect(await grantsOf(store, { subject: 'z' })).toEqual([]);
      expect(await grantsOf(store, { subject: '' })).toEqual([]);
    });

    it('lists a grant until its refresh token expires, extended by each rotation', async () => {
      const { clock, store, grant } = await aStoreWith();
      const { grantId } = grant.access;
      clock.set(grant.access.expiresAt + 1);
      expect(await grantsOf(store, { clientId: 'client' })).toEqual([grantId]);
      const rotation = aRotation(grant, clock.now());
      await store.rotate(rotation);
      clock.set(rotation.refresh.expiresAt - 0.001);
      expect(await grantsOf(store, { clientId: 'client' })).toEqual([grantId]);
      expect(await grantsOf(store, { subject: grant.access.subject ?? '' })).toEqual([grantId]);
      clock.set(rotation.refresh.expiresAt);
      expect(await grantsOf(store, { clientId: 'client' })).toEqual([]);
      expect(await grantsOf(store, { subject: grant.access.subject ?? '' })).toEqual([]);
    });

    it('lists a grant until its access token expires if that is later', async () => {
      const { clock, store, grant } = await aStoreWith((now) => aGrant(now, { refreshExpiresAt: now + 50 }));
      clock.set(grant.refresh.expiresAt + 1);
      expect(await grantsOf(store, { clientId: 'client' })).toEqual([grant.access.grantId]);
      clock.set(grant.access.expiresAt);
      expect(await grantsOf(store, { clientId: 'client' })).toEqual([]);
    });

    it('S-225 lists thousands of grants', async () => {
      const { clock, store } = await openStore();
      const grants = Array.from({ length: 2_000 }, () => aGrant(clock.now(), { subject: null }));
      // In slices, so that the last command does not wait for all others within its deadline.
      for (let start = 0; start < grants.length; start += 200) {
        await Promise.all(grants.slice(start, start + 200).map(({ access }) => store.save(access)));
      }
      const ids = grants.map(({ access }) => access.grantId);
      expect(new Set(await grantsOf(store, { clientId: 'client' }))).toEqual(new Set(ids));
    });
  });

  it('separates grants with any client and subject names', async () => {
    const { clock, store } = await openStore();
    const grants = HOSTILE_NAMES.map((name) => aGrant(clock.now(), { clientId: name, subject: `of ${name}` }));
    for (const { access, refresh } of grants) await store.save(access, refresh);
    for (const grant of grants) {
      const { grantId, clientId, subject = '' } = grant.access;
      expect(await findAccess(store, grant)).toEqual(grant.access);
      expect(await store.findRefresh(grantId)).toEqual(grant.refresh);
      expect(await grantsOf(store, { clientId })).toEqual([grantId]);
      expect(await grantsOf(store, { subject })).toEqual([grantId]);
      expect(await grantsOf(store, { subject: clientId })).toEqual([]);
    }

    const [first, ...others] = grants;
    for (const { access } of others) await store.revokeGrant(access.grantId);
    expect(first && (await findAccess(store, first))).toEqual(first?.access);
  });
};
