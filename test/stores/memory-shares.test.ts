import { StoreUnavailableError } from '../../src/protocol/errors';
import { MemoryCodeStore } from '../../src/stores/memory/codes';
import { HeldPrincipals } from '../../src/stores/memory/principals';
import { MemoryTransactionStore } from '../../src/stores/memory/transactions';
import { aTransaction } from '../contracts/transaction-store';
import { rejectionOf } from '../support/expect/thrown';
import { aClock } from '../support/time/clock';
import { aCode, codeTerms } from '../support/tokens/codes';
import { aDigest } from '../support/tokens/records';

describe('authorization codes in memory', () => {
  const open = () => {
    const clock = aClock();
    const principals = new HeldPrincipals();
    const store = new MemoryCodeStore(clock.now, principals);
    const save = async (subject: string) => {
      const code = aCode(clock.now(), { subject });
      await store.save(code, codeTerms(clock.now()));
      return code.grantId;
    };
    return { clock, principals, store, save };
  };

  it('leave room for other users, however many one user is issued', async () => {
    const { store, save } = open();
    const first = await save('ana@johnsorg');
    for (let count = 0; count < 10_500; count += 1) await save('ana@johnsorg');
    expect(await store.find(first)).toBeUndefined();
    expect(await store.find(await save('ben@johnsorg'))).toBeDefined();
  });

  it('refuse one more when they are full, drop none for it, and have room again when some have ended', async () => {
    const { clock, principals, store, save } = open();
    const first = await save('user0');
    for (let count = 1; count < 10_000; count += 1) await save(`user${count}`);
    expect(await rejectionOf(save('ben@johnsorg'))).toBeInstanceOf(StoreUnavailableError);
    expect(await store.find(first)).toBeDefined();
    clock.advance(60);
    expect(await store.find(await save('ben@johnsorg'))).toBeDefined();
    principals.replaceEpoch({ subject: 'ben@johnsorg' }, 'grants');
    expect([...principals.ended]).toEqual([]);
    expect(principals.find({ subject: 'user0' })).toBeUndefined();
  });
});

describe('authorization requests in memory', () => {
  it('drop the oldest of a browser for a new one of it, and none of another browser', async () => {
    const clock = aClock();
    const store = new MemoryTransactionStore(clock.now);
    const [browser, other, first] = [aDigest(), aDigest(), aDigest()];
    await store.save(other, aTransaction(clock.now()));
    await store.save(first, aTransaction(clock.now(), { browser }));
    for (let count = 0; count < 19; count += 1) await store.save(aDigest(), aTransaction(clock.now(), { browser }));
    expect(await store.find(first)).toBeDefined();
    for (let count = 0; count < 10_500; count += 1) await store.save(aDigest(), aTransaction(clock.now(), { browser }));
    expect(await store.find(first)).toBeUndefined();
    expect(await store.find(other)).toBeDefined();
  });

  it('refuse one more when they are full, drop none for it, and have room again when some have expired', async () => {
    const clock = aClock();
    const store = new MemoryTransactionStore(clock.now);
    const first = aDigest();
    await store.save(first, aTransaction(clock.now()));
    for (let count = 1; count < 10_000; count += 1) await store.save(aDigest(), aTransaction(clock.now()));
    const more = aDigest();
    expect(await rejectionOf(store.save(more, aTransaction(clock.now())))).toBeInstanceOf(StoreUnavailableError);
    expect(await store.find(first)).toBeDefined();
    clock.advance(600);
    await store.save(more, aTransaction(clock.now()));
    expect(await store.find(more)).toBeDefined();
  });
});
