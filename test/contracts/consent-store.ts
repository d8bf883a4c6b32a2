import type { Consent } from '../../src/consents/consent-store';
import { randomText } from '../../src/protocol/secrets';
import type { OpenBackend } from '../support/stores/backends';
import { aClock } from '../support/time/clock';
import { HOSTILE_NAMES } from '../support/tokens/records';

const ANA = 'ana@johnsorg';

export const aConsent = (facts: Partial<Consent> = {}): Consent => ({
  id: randomText(16),
  applicationId: 'application',
  resources: ['https://api.example/orders'],
  asked: ['read', 'update'],
  granted: ['read'],
  grantedAt: 1_800_000_000.123,
  ...facts,
});

/** The contract of every store of consents. */
export const consentStoreContract = (openBackend: OpenBackend): void => {
  const open = async () => {
    const { consents: store } = await openBackend(aClock().now);
    const saved = async (subject: string, facts: Partial<Consent> = {}): Promise<Consent> => {
      const consent = aConsent(facts);
      expect(await store.change(subject, consent.id, () => consent, Infinity)).toEqual(consent);
      return consent;
    };
    const listed = async (subject: string): Promise<readonly string[]> =>
      (await store.list(subject)).map(({ id }) => id).sort();
    return { store, saved, listed };
  };

  it('returns what was stored, and nothing for another user or id', async () => {
    const { store, saved } = await open();
    const consent = await saved(ANA);
    const bare = await saved(ANA, { resources: [], asked: [], granted: [] });
    expect(await store.find(ANA, consent.id)).toEqual(consent);
    expect(await store.find(ANA, bare.id)).toEqual(bare);
    expect(await store.find('ben@johnsorg', consent.id)).toBeUndefined();
    expect(await store.find(ANA, aConsent().id)).toBeUndefined();
    expect([...(await store.list(ANA))].sort((one) => (one.id === consent.id ? -1 : 1))).toEqual([consent, bare]);
    expect(await store.list('ben@johnsorg')).toEqual([]);
  });

  it('replaces the consent with the same id, which `change` receives', async () => {
    const { store, saved } = await open();
    const first = await saved(ANA);
    const second = aConsent({ id: first.id, granted: ['read', 'update'] });
    const received: (Consent | undefined)[] = [];
    const change = (before: Consent | undefined): Consent => {
      received.push(before);
      return second;
    };
    expect(await store.change(ANA, first.id, change, 1)).toEqual(second);
    expect(received).toEqual([first]);
    expect(await store.list(ANA)).toEqual([second]);
  });

  it('loses none of the concurrent changes of one consent', async () => {
    const { store, saved } = await open();
    const { id } = await saved(ANA, { granted: [] });
    const scopes = Array.from({ length: 10 }, (_, number) => `scope${number}`);
    const add = (scope: string) =>
      store.change(ANA, id, (before) => aConsent({ id, granted: [...(before?.granted ?? []), scope] }), 1);
    await Promise.all(scopes.map(add));
    expect([...((await store.find(ANA, id))?.granted ?? [])].sort()).toEqual(scopes);
  });

  it('gives a change that runs concurrently with a removal nothing of what was removed', async () => {
    const { store, saved } = await open();
    for (let round = 0; round < 20; round += 1) {
      const { id } = await saved(ANA, { granted: ['old'] });
      const change = () =>
        store.change(ANA, id, (before) => aConsent({ id, granted: [...(before?.granted ?? []), 'new'] }), Infinity);
      const changing = change();
      await store.remove(ANA, id);
      const left = await Promise.all([changing, store.find(ANA, id)]);
      expect([undefined, 'new']).toContain(left[1]?.granted.join(' '));
      await store.remove(ANA, id);
    }
  });

  it('stores no more consents of a user than the maximum, also of concurrent calls, and changes those it has', async () => {
    const { store, saved, listed } = await open();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => aConsent()).map((one) => store.change(ANA, one.id, () => one, 3)),
    );
    expect(outcomes.filter((outcome) => outcome === 'limited')).toHaveLength(7);
    const [first = ''] = await listed(ANA);
    expect(await store.change(ANA, first, () => aConsent({ id: first }), 3)).not.toBe('limited');
    expect(await listed(ANA)).toHaveLength(3);
    await saved('ben@johnsorg');
    expect(await store.remove(ANA, first)).toBe(true);
    const other = aConsent();
    expect(await store.change(ANA, other.id, () => other, 3)).toEqual(other);
  });

  it('removes one consent, and says whether there was one', async () => {
    const { store, saved, listed } = await open();
    const [one, other] = [await saved(ANA), await saved(ANA)];
    expect(await store.remove('ben@johnsorg', one.id)).toBe(false);
    expect([await store.remove(ANA, one.id), await store.remove(ANA, one.id)]).toEqual([true, false]);
    expect(await listed(ANA)).toEqual([other.id]);
  });

  it('removes all consents of a user, and no others', async () => {
    const { store, saved, listed } = await open();
    await saved(ANA);
    await saved(ANA);
    const other = await saved('ben@johnsorg');
    await store.removeAllOf(ANA);
    await store.removeAllOf(ANA);
    expect(await listed(ANA)).toEqual([]);
    expect(await listed('ben@johnsorg')).toEqual([other.id]);
  });

  it('separates users with any names, and returns any text as it was stored', async () => {
    const { store, saved } = await open();
    const names = HOSTILE_NAMES;
    const consents = await Promise.all(
      names.map((name) => saved(name, { applicationId: name, resources: [name], asked: [name], granted: [name] })),
    );
    for (const [place, name] of names.entries()) expect(await store.list(name)).toEqual([consents[place]]);
  });
};
