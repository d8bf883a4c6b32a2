import { mintGrantId } from '../../src/protocol/secrets';
import type { TokenUseStore } from '../../src/tokens/token-use-store';
import { HOSTILE_NAMES } from '../support/tokens/records';

/** A whole minute. */
const NOON = 1_800_000_000;

/** One suite for the port `TokenUseStore`, run unchanged over every store. */
export const tokenUseStoreContract = (open: () => Promise<TokenUseStore>): void => {
  let store: TokenUseStore;
  beforeEach(async () => {
    store = await open();
  });

  it('returns last uses in the order of the requested grants, and `undefined` for unknown ones', async () => {
    const [one, other, unused] = [mintGrantId(), mintGrantId(), mintGrantId()];
    await store.note([
      { grantId: one, clientId: 'key', at: NOON },
      { grantId: other, clientId: 'key', at: NOON + 60 },
    ]);
    expect(await store.lastUses('key', [other, unused, one, other])).toEqual([NOON + 60, undefined, NOON, NOON + 60]);
    expect(await store.lastUses('key', [])).toEqual([]);
    expect(await store.lastUses('other', [one])).toEqual([undefined]);
  });

  it('replaces an earlier use by a later one, and never the reverse, also within a batch', async () => {
    const grantId = mintGrantId();
    const last = async (...instants: readonly number[]) => {
      await store.note(instants.map((at) => ({ grantId, clientId: 'key', at })));
      return (await store.lastUses('key', [grantId]))[0];
    };
    expect(await last(NOON)).toBe(NOON);
    expect(await last(NOON - 60)).toBe(NOON);
    expect(await last(NOON + 120, NOON + 60)).toBe(NOON + 120);
  });

  it('separates clients of any name', async () => {
    const grantId = mintGrantId();
    await store.note(HOSTILE_NAMES.map((clientId, index) => ({ grantId, clientId, at: NOON + index * 60 })));
    for (const [index, clientId] of HOSTILE_NAMES.entries()) {
      expect(await store.lastUses(clientId, [grantId])).toEqual([NOON + index * 60]);
    }
  });

  it('accepts a batch of many uses and an empty batch', async () => {
    const uses = Array.from({ length: 1_201 }, () => ({ grantId: mintGrantId(), clientId: 'key', at: NOON }));
    await store.note(uses);
    await store.note([]);
    const found = await store.lastUses(
      'key',
      uses.map(({ grantId }) => grantId),
    );
    expect(found).toEqual(uses.map(() => NOON));
  });
};
