import type { Redis } from 'ioredis';
import type { GateEvent, ScopegateOptions } from 'scopegate';
import { jane, john, orders, other, OTHER } from '../support/gate/declared-records';
import { aGate, APPLICATION, JANE, JOHN, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { onRedis } from '../support/stores/every-store';
import { contentsUnder, storedFormsOf } from '../support/redis/contents';
import { refreshForm } from '../support/tokens/forms';

type Declared = Partial<Pick<ScopegateOptions<TestScope>, 'organizations' | 'users' | 'applications'>>;
type Store = Awaited<ReturnType<typeof onRedis>>;

const organizations = [{ key: 'johnsorg' }, { key: 'beta' }];
const DECLARED = { organizations, users: [john, jane], applications: [orders, other] };

/** Opens a gate, and waits until it has compared its declarations. */
const started = async (store: Store, declared: Declared = DECLARED): Promise<TestGate> => {
  const gate = aGate({ ...store, ...DECLARED, ...declared });
  await gate.gate.ready();
  return gate;
};

/** What is accepted of a pair of tokens: of the access token, and then of the refresh token. */
const isAccepted = async (
  { get, token }: TestGate,
  { access_token, refresh_token }: { readonly access_token: string; readonly refresh_token: string },
  credentials: Pair = APPLICATION,
): Promise<readonly [access: boolean, refresh: boolean]> => [
  (await get('/me', access_token)).status === 200,
  (await token(refreshForm(refresh_token), credentials)).status === 200,
];

const BOTH = [true, true];
const REFRESH_ONLY = [false, true];
const NONE = [false, false];

const ofBeta = { ...john, organization: 'beta' };

describe('a start with changed declarations', () => {
  it.each<readonly [what: string, declared: Declared, ofJohn: readonly boolean[], ofJane: readonly boolean[]]>([
    ['nothing', {}, BOTH, BOTH],
    ['the order', { users: [jane, john], applications: [other, orders] }, BOTH, BOTH],
    ['another password of John', { users: [{ ...john, password: 'another-password' }, jane] }, NONE, BOTH],
    ['no John', { users: [jane] }, NONE, BOTH],
    ['fewer roles of John', { users: [{ ...john, roles: [] }, jane] }, REFRESH_ONLY, BOTH],
    ['more roles of John', { users: [{ ...john, roles: ['clerk', 'manager'] }, jane] }, BOTH, BOTH],
    ['another secret', { applications: [{ ...orders, consumerSecret: 'another-secret' }, other] }, NONE, NONE],
    ['another owner', { applications: [{ ...orders, owner: JANE[0] }, other] }, NONE, NONE],
    ['no application with the key', { applications: [other] }, NONE, NONE],
    [
      'a list of scopes',
      { applications: [{ ...orders, scopes: ['read', 'update'] }, other] },
      REFRESH_ONLY,
      REFRESH_ONLY,
    ],
    ['another name of the application', { applications: [{ ...orders, name: 'Renamed' }, other] }, BOTH, BOTH],
    [
      'fewer grant types',
      { applications: [{ ...orders, grantTypes: ['password', 'refresh_token'] }, other] },
      REFRESH_ONLY,
      REFRESH_ONLY,
    ],
    ['another user', { users: [john, jane, ofBeta] }, BOTH, BOTH],
    ['no organization beta', { organizations: [{ key: 'johnsorg' }] }, BOTH, BOTH],
  ])('with %s ends exactly what that must end', async (_what, declared, ofJohn, ofJane) => {
    const store = await onRedis();
    const before = await started(store);
    const johns = await before.signIn(JOHN, 'read update');
    const janes = await before.signIn(JANE);
    const others = await before.signIn(JANE, 'read', OTHER);
    await before.close();
    const after = await started(store, declared);
    const credentials: Pair =
      declared.applications?.[0]?.consumerSecret === 'another-secret' ? ['key', 'another-secret'] : APPLICATION;
    expect(await isAccepted(after, johns, credentials)).toEqual(ofJohn);
    expect(await isAccepted(after, janes, credentials)).toEqual(ofJane);
    expect(await isAccepted(after, others, OTHER)).toEqual(BOTH);
  });

  it('ends the tokens of created applications and users of an organization that is no longer declared', async () => {
    const store = await onRedis();
    const before = await started(store);
    const { users, applications } = before.gate.directory;
    await users.create({ username: 'ben', organization: 'beta', password: 'ben-password' });
    const { id } = await applications.create({ name: 'Of beta', owner: 'ben@beta' });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const tokens = await before.signIn(['ben@beta', 'ben-password'], 'read', [clientId, clientSecret]);
    const after = await started(store, { organizations: [{ key: 'johnsorg' }] });
    expect((await after.get('/me', tokens.access_token)).status).toBe(401);
    expect((await before.get('/me', tokens.access_token)).status).toBe(401);
  });

  it('emits one event for each record whose tokens ended, and logs the record without its password', async () => {
    const store = await onRedis();
    const before = await started(store);
    await before.signIn();
    await before.close();
    const after = aGate({ ...store, ...DECLARED, users: [{ ...john, password: 'another-password' }] });
    const events = recordEvents(after.gate);
    await after.gate.ready();
    const revoked = events.filter((event): event is Extract<GateEvent, { type: 'revoke' }> => event.type === 'revoke');
    expect(revoked).toMatchObject([{ because: 'declaration', ends: 'grants', subject: JOHN[0] }]);
    expect(after.lines.filter(({ fields }) => 'declaration' in fields)).toEqual([
      {
        level: 'info',
        fields: { declaration: `user ${JOHN[0]}` },
        message: 'A record is declared differently: what was issued before ends',
      },
      {
        level: 'info',
        fields: { declaration: `user ${JANE[0]}` },
        message: 'A record is no longer declared: what was issued before ends',
      },
    ]);
  });

  it('stores no password and no secret, nor an unsalted digest of one', async () => {
    const store = await onRedis();
    const { close } = await started(store);
    await close();
    const contents = await contentsUnder(store.redis as Redis, store.prefix);
    expect(contents).toContain(`user ${JOHN[0]}`);
    for (const secret of [JOHN[1], JANE[1], APPLICATION[1], OTHER[1]]) {
      for (const form of storedFormsOf(secret)) expect(contents).not.toContain(form);
    }
  });

  it('ends what a start has left that stopped between its two steps', async () => {
    const store = await onRedis();
    const redis = store.redis as Redis;
    const before = await started(store);
    const tokens = await before.signIn();
    await before.close();
    // The first step notes what is to be ended, and the second ends it.
    const [key, field] = [`${store.prefix}{directory}:declarations`, `user ${JOHN[0]}`];
    const registered = JSON.parse((await redis.hget(key, field)) ?? '') as object;
    expect(registered).not.toHaveProperty('ends');
    await redis.hset(key, field, JSON.stringify({ ...registered, ends: 'grants' }));
    const after = await started(store);
    expect(JSON.parse((await redis.hget(key, field)) ?? '')).toEqual(registered);
    expect(await isAccepted(after, tokens)).toEqual(NONE);
  });

  it('treats a registration that cannot be read as one of another record', async () => {
    const store = await onRedis();
    const before = await started(store);
    const tokens = await before.signIn();
    await before.close();
    for (const foreign of ['{}', '[]', '"x"', '{"name":"x","version":1}']) {
      await (store.redis as Redis).hset(`${store.prefix}{directory}:declarations`, `user ${JOHN[0]}`, foreign);
      const after = await started(store);
      expect(await isAccepted(after, tokens)).toEqual(NONE);
      await after.signIn();
      await after.close();
    }
  });

  it('registers a record again that the store has lost, and ends nothing', async () => {
    const store = await onRedis();
    const gate = await started(store);
    const tokens = await gate.signIn();
    await (store.redis as Redis).del(`${store.prefix}{directory}:declarations`);
    expect(await isAccepted(gate, tokens)).toEqual(BOTH);
    await gate.signIn();
    const after = await started(store);
    for (const each of [after, gate]) expect((await each.signIn(JOHN, 'update')).scope).toBe('update');
  });
});
