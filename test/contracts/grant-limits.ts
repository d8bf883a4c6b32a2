import { scoreBaseOf } from '../../src/stores/redis/grant-scores';
import { UNLIMITED_GRANTS, type GrantLimits } from '../../src/tokens/grant-limits';
import type { GrantOwner } from '../../src/tokens/principal';
import type { TokenStore } from '../../src/tokens/token-store';
import { collectPages } from '../support/stores/collect';
import { aClock } from '../support/time/clock';
import { aGrant, aRotation, type TestGrant, type TestGrantOptions } from '../support/tokens/records';
import type { OpenTokenStore } from './token-store';

const USER = 'john@gmail.com@johnsorg';
const ofPair = (grantsPerUserAndClient: number): GrantLimits => ({ ...UNLIMITED_GRANTS, grantsPerUserAndClient });
const ofClient = (grantsPerClient: number): GrantLimits => ({ ...UNLIMITED_GRANTS, grantsPerClient });

/** The limits on grants, as every token store applies them. */
export const grantLimitsContract = (open: OpenTokenStore): void => {
  const openStore = async (limits: GrantLimits) => {
    const clock = aClock();
    const store = await open(clock.now);
    /** Saves a grant that expires later than those before it. */
    const save = async (options: TestGrantOptions = {}) => {
      clock.advance(0.001);
      const grant = aGrant(clock.now(), options);
      const { order, ended } = await store.save(grant.access, grant.refresh, limits);
      return { ...grant, grantId: grant.access.grantId, isRefused: order === 'refused', ended };
    };
    const saveMany = async (count: number, options: TestGrantOptions = {}) => {
      const saved: Awaited<ReturnType<typeof save>>[] = [];
      for (let number = 0; number < count; number += 1) saved.push(await save(options));
      return saved;
    };
    return { clock, store, save, saveMany };
  };

  const isLive = async (store: TokenStore, { access }: Pick<TestGrant, 'access'>): Promise<boolean> => {
    const found = await store.find(access.grantId, access.digest);
    const refresh = await store.findRefresh(access.grantId);
    expect(refresh === undefined).toBe(found === undefined); // both tokens of a grant end
    return found !== undefined;
  };

  const liveOf = async <G extends TestGrant>(store: TokenStore, grants: readonly G[]): Promise<readonly G[]> => {
    const live = await Promise.all(grants.map((grant) => isLive(store, grant)));
    return grants.filter((_grant, place) => live[place]);
  };

  const idsOf = (grants: readonly TestGrant[]) => grants.map(({ access }) => access.grantId);

  const listed = async (store: TokenStore, owner: GrantOwner) =>
    [...(await collectPages(store.grantsOf(owner)))].sort();

  describe('with a limit of grants per user and client', () => {
    it('ends the grant that expires first for a new one, and returns it', async () => {
      const { store, save, saveMany } = await openStore(ofPair(3));
      const grants = await saveMany(3);
      expect(grants.flatMap(({ ended }) => ended)).toEqual([]);
      const [first, second, third] = grants;
      const fourth = await save();
      expect(fourth.ended).toEqual([first?.grantId]);
      expect(await liveOf(store, [...grants, fourth])).toEqual([second, third, fourth]);
      for (const owner of [{ subject: USER }, { clientId: 'client' }]) {
        expect(await listed(store, owner)).toEqual(idsOf([...grants.slice(1), fourth]).sort());
      }
    });

    it('keeps a grant that was refreshed, which expires later, and not the one that has waited longest', async () => {
      const { clock, store, save } = await openStore(ofPair(2));
      const [first, second] = [await save(), await save()];
      clock.advance(1);
      const rotated = aRotation(first, clock.now());
      expect(await store.rotate(rotated)).toBe('rotated');
      expect((await save()).ended).toEqual([second.grantId]);
      expect(await isLive(store, rotated)).toBe(true);
    });

    it('never ends the new grant, even if it expires before the others', async () => {
      const { clock, store, save, saveMany } = await openStore(ofPair(2));
      const [first] = await saveMany(2);
      const brief = await save({ accessExpiresAt: clock.now() + 5, refreshExpiresAt: clock.now() + 5 });
      expect(brief.ended).toEqual([first?.grantId]);
      expect(await isLive(store, brief)).toBe(true);
    });

    it('counts other users, other clients and the client itself separately', async () => {
      const { store, saveMany } = await openStore(ofPair(2));
      const grants = [
        ...(await saveMany(2)),
        ...(await saveMany(2, { clientId: 'other' })),
        ...(await saveMany(2, { subject: 'jane@gmail.com@johnsorg' })),
        ...(await saveMany(5, { subject: null })),
      ];
      expect(grants.flatMap(({ ended }) => ended)).toEqual([]);
      expect(await liveOf(store, grants)).toHaveLength(grants.length);
    });

    it('counts two clients separately that have the same scores in the index of a user', async () => {
      const { store, saveMany } = await openStore(ofPair(3));
      const names = Array.from({ length: 10_000 }, (_, number) => `client ${number}`);
      const twin = names.find((name) => scoreBaseOf(name) === scoreBaseOf('client'));
      if (twin === undefined) throw new Error('no client with the same scores');
      const [ofTwin, grants] = [await saveMany(3, { clientId: twin }), await saveMany(3)];
      expect([...ofTwin, ...grants].flatMap(({ ended }) => ended)).toEqual([]);
      const [next, ofNextTwin] = [await saveMany(1), await saveMany(1, { clientId: twin })];
      expect([next[0]?.ended, ofNextTwin[0]?.ended]).toEqual([[grants[0]?.grantId], [ofTwin[0]?.grantId]]);
      expect(await liveOf(store, [...ofTwin, ...grants])).toEqual([...ofTwin.slice(1), ...grants.slice(1)]);
    });

    it('counts sixty clients of one user separately', async () => {
      const { store, save } = await openStore(ofPair(2));
      const grants: TestGrant[] = [];
      for (const round of [1, 2, 3])
        for (let client = 0; client < 60; client += 1) {
          const saved = await save({ clientId: `client ${client}` });
          if (round > 1) grants.push(saved);
          expect(saved.ended).toHaveLength(round === 3 ? 1 : 0);
        }
      expect(await liveOf(store, grants)).toHaveLength(120);
      expect(await listed(store, { subject: USER })).toEqual(idsOf(grants).sort());
    });

    it('does not count grants that have ended or expired', async () => {
      const { clock, store, save, saveMany } = await openStore(ofPair(3));
      const oldest = await save();
      for (let round = 0; round < 5; round += 1) {
        const brief = { accessExpiresAt: clock.now() + 5, refreshExpiresAt: clock.now() + 5 };
        const [revoked, expired] = [await save(), await save(brief)];
        await store.revokeGrant(revoked.grantId);
        clock.advance(5);
        expect([...revoked.ended, ...expired.ended]).toEqual([]);
      }
      const others = await saveMany(2);
      expect(await liveOf(store, [oldest, ...others])).toEqual([oldest, ...others]);
      expect((await save()).ended).toEqual([oldest.grantId]);
    });

    it('does not count grants that ended with the epoch of the user or the client', async () => {
      const { store, saveMany } = await openStore(ofPair(3));
      const consent = 'consent';
      for (const principal of [{ subject: USER }, { clientId: 'client' }, { organization: 'johnsorg' }, { consent }]) {
        await saveMany(3, { consent });
        await store.replaceEpoch(principal, 'grants');
        const grants = await saveMany(3, { consent });
        expect(grants.flatMap(({ ended }) => ended)).toEqual([]);
        expect(await liveOf(store, grants)).toEqual(grants);
        await store.replaceEpoch(principal, 'grants');
      }
    });

    it('counts the grants of a user and client together that were made under a consent, for a resource, or neither', async () => {
      const { store, save } = await openStore(ofPair(3));
      const resources = ['https://api.example/'];
      const [first, second, third] = [
        await save({ consent: 'consent', resources, audience: 'https://api.example/' }),
        await save(),
        await save({ resources }),
      ];
      expect(await liveOf(store, [first, second, third])).toEqual([first, second, third]);
      expect((await save()).ended).toEqual([first.grantId]);
      expect((await save({ consent: 'consent' })).ended).toEqual([second.grantId]);
      expect((await save({ consent: 'other' })).ended).toEqual([third.grantId]);
      await store.replaceEpoch({ consent: 'consent' }, 'grants');
      expect((await save()).ended).toEqual([]);
    });

    it('counts grants whose access tokens alone have ended', async () => {
      const { store, save, saveMany } = await openStore(ofPair(3));
      const [first, ...others] = await saveMany(3);
      await store.replaceEpoch({ subject: USER }, 'access');
      expect((await save()).ended).toEqual([first?.grantId]);
      for (const { grantId, refresh } of others) expect(await store.findRefresh(grantId)).toEqual(refresh);
    });

    it('ends one for each of the new ones, and then listed are as many as may live', async () => {
      const { store, saveMany } = await openStore(ofPair(100));
      const grants = await saveMany(103);
      expect(grants.map(({ ended }) => ended.length)).toEqual([...Array<number>(100).fill(0), 1, 1, 1]);
      expect(await listed(store, { subject: USER })).toEqual(idsOf(grants.slice(3)).sort());
      expect(await liveOf(store, grants)).toEqual(grants.slice(3));
    });

    it('leaves exactly as many as the limit of fifty that are saved concurrently', async () => {
      const { clock, store, saveMany } = await openStore(ofPair(7));
      const before = await saveMany(7);
      const concurrent = Array.from({ length: 50 }, () => aGrant(clock.now()));
      await Promise.all(concurrent.map(({ access, refresh }) => store.save(access, refresh, ofPair(7))));
      expect(await liveOf(store, [...before, ...concurrent])).toHaveLength(7);
      expect(await listed(store, { subject: USER })).toHaveLength(7);
    });

    it('can be lowered: then each new grant ends at most a hundred', async () => {
      const { clock, store, saveMany } = await openStore(UNLIMITED_GRANTS);
      const grants = await saveMany(230);
      expect(grants.flatMap(({ ended }) => ended)).toEqual([]);
      const lengths: number[] = [];
      for (let count = 0; count < 4; count += 1) {
        clock.advance(0.001);
        const { access, refresh } = aGrant(clock.now());
        lengths.push((await store.save(access, refresh, ofPair(5))).ended.length);
      }
      expect(lengths.every((length) => length <= 226)).toBe(true);
      expect(lengths.reduce((sum, length) => sum + length)).toBe(229);
      expect(await listed(store, { subject: USER })).toHaveLength(5);
    });
  });

  describe('with a limit of grants per client', () => {
    it('refuses a further grant of the client, with or without a user, and stores nothing of it', async () => {
      const { store, save, saveMany } = await openStore(ofClient(3));
      const grants = [...(await saveMany(2)), ...(await saveMany(1, { subject: null }))];
      for (const subject of [USER, 'jane@gmail.com@johnsorg', null]) {
        const refused = await save({ subject });
        expect(refused).toMatchObject({ isRefused: true, ended: [] });
        expect(await isLive(store, refused)).toBe(false);
      }
      expect(await liveOf(store, grants)).toEqual(grants);
      expect(await listed(store, { clientId: 'client' })).toEqual(idsOf(grants).sort());
      expect(await listed(store, { subject: 'jane@gmail.com@johnsorg' })).toEqual([]);
      expect(await save({ clientId: 'other' })).toMatchObject({ isRefused: false });
    });

    it('has room again when a grant has expired', async () => {
      const { clock, save, saveMany } = await openStore(ofClient(3));
      await saveMany(2);
      await save({ accessExpiresAt: clock.now() + 5, refreshExpiresAt: clock.now() + 5 });
      expect(await save()).toMatchObject({ isRefused: true });
      clock.advance(5);
      expect(await save()).toMatchObject({ isRefused: false });
      expect(await save()).toMatchObject({ isRefused: true });
    });

    it('has room again when a grant was revoked, and when the grants of a user or an organization were', async () => {
      const { store, save, saveMany } = await openStore(ofClient(3));
      const [first] = await saveMany(3);
      await store.revokeGrant(first?.grantId ?? aGrant(0).access.grantId);
      expect(await save()).toMatchObject({ isRefused: false });
      expect(await save()).toMatchObject({ isRefused: true });
    });

    it('does not refuse a rotation', async () => {
      const { clock, store, saveMany } = await openStore(ofClient(1));
      const [grant] = await saveMany(1);
      if (grant === undefined) throw new Error('no grant');
      expect(await store.rotate(aRotation(grant, clock.now()))).toBe('rotated');
    });

    it('admits exactly as many as the limit of fifty that are saved concurrently', async () => {
      const { clock, store } = await openStore(ofClient(7));
      const grants = Array.from({ length: 50 }, () => aGrant(clock.now()));
      const orders = await Promise.all(
        grants.map(async ({ access, refresh }) => (await store.save(access, refresh, ofClient(7))).order),
      );
      expect(orders.filter((order) => order !== 'refused')).toHaveLength(7);
      expect(await liveOf(store, grants)).toEqual(grants.filter((_grant, place) => orders[place] !== 'refused'));
    });

    it('applies together with the limit per user and client, which makes no room for it', async () => {
      const { store, save, saveMany } = await openStore({ grantsPerUserAndClient: 2, grantsPerClient: 3 });
      const grants = await saveMany(4);
      expect(await liveOf(store, grants)).toHaveLength(2);
      expect(await save({ subject: null })).toMatchObject({ isRefused: false });
      expect(await save({ subject: null })).toMatchObject({ isRefused: true });
    });
  });
};
