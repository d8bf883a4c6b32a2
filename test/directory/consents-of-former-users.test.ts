import type { FoundUser } from '../../src/sign-in/user-source';
import { systemClock } from '../../src/protocol/time';
import { Consents, type ConsentQuestion } from '../../src/consents/consents';
import { RedisConsentStore } from '../../src/stores/redis/consents';
import { jane, john } from '../support/gate/declared-records';
import { aGate, JANE, JOHN, type TestGate } from '../support/gate/gate';
import { openRedis } from '../support/redis/connection';
import { onRedis } from '../support/stores/every-store';
import { refresh } from '../support/tokens/refreshing';

const ALICE = { username: 'alice', organization: 'johnsorg', password: 'alice-password' } as const;
const ALICES = 'alice@johnsorg';

/** A Redis, and the consents in it. */
const aStore = async () => {
  const store = await onRedis();
  const { connection, keys } = openRedis(store.redis.duplicate(), { prefix: store.prefix });
  const consents = new Consents(new RedisConsentStore(connection, keys), systemClock, 100);
  const consented = async (subject: string, application: Partial<ConsentQuestion['application']> = {}) => {
    const question = { subject, application: { id: 'application', ...application }, resources: [] };
    await consents.decide(question, { asked: ['read'], granted: ['read'] });
  };
  const countOf = async (subject: string): Promise<number> => (await consents.list(subject)).length;
  return { store, consents, consented, countOf };
};

const started = async (options: Parameters<typeof aGate>[0]): Promise<TestGate> => {
  const gate = aGate(options);
  await gate.gate.ready();
  return gate;
};

describe('the consents of a user', () => {
  it('end when the user is removed, and those of others stay', async () => {
    const { store, consented, countOf } = await aStore();
    const { gate } = aGate(store);
    await gate.directory.users.create(ALICE);
    await consented(ALICES);
    await consented(JOHN[0]);
    await gate.directory.users.remove(ALICES);
    expect([await countOf(ALICES), await countOf(JOHN[0])]).toEqual([0, 1]);
  });

  it('stay when the password changes, when the user is disabled, and when all tokens and sessions end', async () => {
    const { store, consented, countOf } = await aStore();
    const { gate } = aGate(store);
    const { users } = gate.directory;
    await users.create(ALICE);
    await consented(ALICES);
    await users.setPassword(ALICES, 'another-password');
    await users.setRoles(ALICES, ['clerk']);
    await users.disable(ALICES);
    await users.enable(ALICES);
    await gate.tokens.revoke({ user: ALICES, sessions: true });
    expect(await countOf(ALICES)).toBe(1);
  });

  it('are not left to the next user of a name whose record was lost', async () => {
    const { store, consented, countOf } = await aStore();
    const { gate } = aGate({ ...store, cache: false });
    await consented(ALICES);
    await gate.directory.users.create(ALICE);
    expect(await countOf(ALICES)).toBe(0);
  });

  it('end when a start declares the user no longer, or with another password, and stay otherwise', async () => {
    const { store, consented, countOf } = await aStore();
    const users = [john, jane];
    await started({ ...store, users });
    for (const subject of [JOHN[0], JANE[0]]) await consented(subject);
    await started({ ...store, users: [{ ...john, roles: [] }, jane] });
    expect([await countOf(JOHN[0]), await countOf(JANE[0])]).toEqual([1, 1]);
    await started({ ...store, users: [{ ...john, password: 'another-password' }, jane] });
    expect([await countOf(JOHN[0]), await countOf(JANE[0])]).toEqual([0, 1]);
    await started({ ...store, users: [{ ...john, password: 'another-password' }] });
    expect([await countOf(JOHN[0]), await countOf(JANE[0])]).toEqual([0, 0]);
  });

  it('end when the `users` function has the user no longer, and stay while it fails', async () => {
    const { store, consented, countOf } = await aStore();
    let found: () => FoundUser | null = () => ({ roles: ['clerk'] });
    const users = {
      verify: () => ({ id: 'employee-1', roles: ['clerk'] }),
      find: () => found(),
    };
    const tested = aGate({ ...store, users });
    const tokens = await tested.signIn(['john@gmail.com@johnsorg', 'any']);
    await consented('employee-1');
    found = () => {
      throw new Error('the source is away');
    };
    await refresh(tested, tokens.refresh_token).expect(503);
    expect(await countOf('employee-1')).toBe(1);
    found = () => null;
    await refresh(tested, tokens.refresh_token).expect(400);
    expect(await countOf('employee-1')).toBe(0);
  });
});

describe('a consent', () => {
  it('is none for another application, owner, organization or set of resources', async () => {
    const { consents, consented } = await aStore();
    const owned = { id: 'application', owner: JOHN[0], organization: 'johnsorg' };
    await consented(ALICES, owned);
    const find = (changes: Partial<ConsentQuestion['application']>, resources: readonly string[] = []) =>
      consents.findFresh({ subject: ALICES, application: { ...owned, ...changes }, resources });
    expect(await find({})).toMatchObject({ applicationId: 'application', granted: ['read'] });
    for (const changes of [{ id: 'other' }, { owner: JANE[0] }, { organization: 'beta' }]) {
      expect(await find(changes)).toBeUndefined();
    }
    expect(await find({}, ['https://api.example/orders'])).toBeUndefined();
  });
});
