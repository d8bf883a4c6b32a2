import type { Digest } from '../../src/protocol/secrets';
import type { Transaction } from '../../src/sessions/transaction-store';
import type { OpenBackend } from '../support/stores/backends';
import { aClock } from '../support/time/clock';
import { aDigest, HOSTILE_NAMES } from '../support/tokens/records';

export const aTransaction = (now: number, facts: Partial<Transaction> = {}): Transaction => ({
  browser: aDigest(),
  query: 'response_type=code&client_id=client',
  startedAt: now,
  expiresAt: now + 600,
  ...facts,
});

/** The contract of every store of authorization requests. */
export const transactionStoreContract = (openBackend: OpenBackend): void => {
  const open = async () => {
    const clock = aClock();
    const { transactions: store } = await openBackend(clock.now);
    const saved = async (transaction: Transaction): Promise<Digest> => {
      const digest = aDigest();
      await store.save(digest, transaction);
      return digest;
    };
    return { clock, store, saved };
  };

  it('returns what was stored, byte for byte, and nothing for another digest', async () => {
    const { clock, store, saved } = await open();
    for (const query of [...HOSTILE_NAMES, '', 'state=%E4%20+&state=a%26b%3D']) {
      const transaction = aTransaction(clock.now(), { query });
      const digest = await saved(transaction);
      expect(await store.find(digest)).toEqual(transaction);
      expect(await store.find(digest)).toEqual(transaction);
    }
    expect(await store.find(aDigest())).toBeUndefined();
  });

  it('returns a request until the millisecond before it expires', async () => {
    const { clock, store, saved } = await open();
    const [one, other] = [await saved(aTransaction(clock.now())), await saved(aTransaction(clock.now()))];
    clock.advance(599.999);
    expect(await store.find(one)).toBeDefined();
    clock.advance(0.001);
    expect(await store.find(one)).toBeUndefined();
    expect(await store.take(other)).toBeUndefined();
  });

  it('does not store one that has expired', async () => {
    const { clock, store, saved } = await open();
    const digest = await saved(aTransaction(clock.now(), { expiresAt: clock.now() }));
    clock.advance(-1); // a store that kept it would find it now
    expect(await store.find(digest)).toBeUndefined();
  });

  it('gives a request to one of fifty concurrent callers that take it', async () => {
    const { clock, store, saved } = await open();
    const transaction = aTransaction(clock.now());
    const digest = await saved(transaction);
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.take(digest)));
    expect(taken.filter((one) => one !== undefined)).toEqual([transaction]);
    expect(await store.find(digest)).toBeUndefined();
  });
};
