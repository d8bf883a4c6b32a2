import type { Redis } from 'ioredis';
import {
  aGate,
  APPLICATION,
  gateOptions,
  silentLogger,
  JANE,
  JOHN,
  type Pair,
  type TestGate,
} from '../support/gate/gate';
import { everyStore, onRedis } from '../support/stores/every-store';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { expectInactive, introspect, introspected, revoke } from '../support/tokens/grant-endpoints';
import { refresh } from '../support/tokens/refreshing';
import { rejectionOf } from '../support/expect/thrown';

const ALICE = { username: 'alice', organization: 'johnsorg', password: 'alice-password' } as const;
const ALICES: Pair = ['alice@johnsorg', ALICE.password];
const KEYS: Pair = ['imported-key', 'imported-secret'];

/** Deletes a record as a lost write or an eviction would, without a call that ends anything. */
const lose = async (redis: Redis, prefix: string, noun: string, key: string): Promise<void> => {
  expect(await redis.hdel(`${prefix}{directory}:${noun}`, key)).toBe(1);
};

const aGateOnRedis = async () => {
  const store = await onRedis();
  return { ...aGate({ ...store, cache: false }), redis: store.redis as Redis, prefix: store.prefix };
};

const importKeys = async ({ gate }: TestGate, owner = JOHN[0]): Promise<string> => {
  const { id } = await gate.directory.applications.create({ name: 'App', owner });
  const [clientId, clientSecret] = KEYS;
  await gate.directory.applications.generateKeys(id, { environment: 'production', clientId, clientSecret });
  return id;
};

describe('a record that was lost without being removed', () => {
  it('leaves no token to the next user of its name', async () => {
    const tested = await aGateOnRedis();
    const { users } = tested.gate.directory;
    await users.create(ALICE);
    const before = await tested.signIn(ALICES);
    await lose(tested.redis, tested.prefix, 'users', ALICES[0]);
    await users.create({ ...ALICE, password: 'another-password' });
    await tested.get('/me', before.access_token).expect(401);
    await refresh(tested, before.refresh_token).expect(400);
    const after = await tested.signIn([ALICES[0], 'another-password']);
    await tested.get('/me', after.access_token).expect(200);
  });

  it('leaves no token to the next application with its key', async () => {
    const tested = await aGateOnRedis();
    const id = await importKeys(tested);
    const before = await tested.signIn(JOHN, 'read', KEYS);
    await lose(tested.redis, tested.prefix, 'clients', KEYS[0]);
    await lose(tested.redis, tested.prefix, 'applications', id);
    await importKeys(tested);
    await tested.get('/me', before.access_token).expect(401);
    await refresh(tested, before.refresh_token, undefined, KEYS).expect(400);
    const after = await tested.signIn(JOHN, 'read', KEYS);
    await refresh(tested, after.refresh_token, undefined, KEYS).expect(200);
  });

  it('leaves no token to the next organization with its key', async () => {
    const store = await onRedis();
    const nothing = { organizations: [], users: [], applications: [] };
    const tested = aGate({ ...store, ...nothing, cache: false });
    const { organizations, users } = tested.gate.directory;
    await organizations.create({ key: 'johnsorg' });
    await users.create(ALICE);
    const id = await importKeys(tested, ALICES[0]);
    const before = await tested.signIn(ALICES, 'read', KEYS);
    // While a record of the former organization exists, its key cannot be given again.
    for (const [noun, key] of [
      ['organizations', 'johnsorg'],
      ['users', ALICES[0]],
      ['clients', KEYS[0]],
      ['applications', id],
    ] as const) {
      await lose(store.redis as Redis, store.prefix, noun, key);
    }
    await organizations.create({ key: 'johnsorg' });
    await tested.get('/me', before.access_token).expect(401);
    await users.create(ALICE);
    await importKeys(tested, ALICES[0]);
    await tested.get('/me', before.access_token).expect(401);
    await refresh(tested, before.refresh_token, undefined, KEYS).expect(400);
  });
});

describe.each(everyStore)('a name that is taken, with %s,', (_name, freshStore) => {
  it('keeps its tokens when another user is to be created with it', async () => {
    const tested = aGate({ ...(await freshStore()), cache: false });
    const { users, organizations } = tested.gate.directory;
    await users.create(ALICE);
    const [alice, john] = [await tested.signIn(ALICES), await tested.signIn()];
    for (const call of [
      () => users.create({ ...ALICE, password: 'another-password' }),
      () => users.create({ username: 'john@gmail.com', organization: 'johnsorg', password: 'another-password' }),
      () => organizations.create({ key: 'johnsorg' }),
    ]) {
      expect(await rejectionOf(call())).toMatchObject({ code: 'ERR_SCOPEGATE_EXISTS' });
    }
    for (const tokens of [alice, john]) {
      await tested.get('/me', tokens.access_token).expect(200);
      await refresh(tested, tokens.refresh_token).expect(200);
    }
  });

  it('keeps its tokens when another application imports its key', async () => {
    const tested = aGate({ ...(await freshStore()), cache: false });
    await importKeys(tested);
    const made = await tested.signIn(JOHN, 'read', KEYS);
    const declared = await tested.signIn();
    const { applications } = tested.gate.directory;
    const { id } = await applications.create({ name: 'Another', owner: JANE[0] });
    for (const clientId of [KEYS[0], APPLICATION[0]]) {
      const order = { environment: 'production', clientId, clientSecret: 'stolen' } as const;
      expect(await rejectionOf(applications.generateKeys(id, order))).toMatchObject({ code: 'ERR_SCOPEGATE_EXISTS' });
    }
    await tested.get('/me', made.access_token).expect(200);
    await tested.get('/me', declared.access_token).expect(200);
  });
});

test('a key that belongs to another organization now does not inherit tokens of the former one', async () => {
  const store = await onRedis();
  const organizations = [{ key: 'johnsorg' }, { key: 'beta' }];
  const before = aGate({ ...store, organizations });
  const id = await importKeys(before);
  const tokens = await before.signIn(JOHN, 'read', KEYS);
  expect(await introspected(before, tokens.access_token, { credentials: KEYS })).toMatchObject({ scope: 'read' });

  await lose(store.redis as Redis, store.prefix, 'clients', KEYS[0]);
  await lose(store.redis as Redis, store.prefix, 'applications', id);
  const [consumerKey, consumerSecret] = KEYS;
  const ben = { username: 'ben', organization: 'beta', password: 'ben-password' };
  const ofBeta = { name: 'App of beta', owner: 'ben@beta', consumerKey, consumerSecret, introspect: true };
  const { users = [], applications = [] } = gateOptions(silentLogger);
  if (!Array.isArray(users)) throw new Error('the users of the test gate are declared');
  const declared = { users: [...users, ben], applications: [...applications, ofBeta] };
  const after = aGate({ ...store, organizations, ...declared });
  for (const token of [tokens.access_token, tokens.refresh_token]) {
    expectInactive(await introspect(after, token, { credentials: KEYS }));
    const refusal = { status: 400, error: 'unauthorized_client' } as const;
    expectCleanAnswer(await revoke(after, token, { credentials: KEYS }), refusal);
  }
  await refresh(after, tokens.refresh_token, undefined, KEYS).expect(400);
});
