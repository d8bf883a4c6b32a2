import type { Redis } from 'ioredis';
import { StoreUnavailableError } from 'scopegate';
import { systemClock } from '../../src/protocol/time';
import { createKeys } from '../../src/stores/redis/keys';
import { RedisSessionStore } from '../../src/stores/redis/sessions';
import { aSession } from '../contracts/session-store';
import { rejectionOf } from '../support/expect/thrown';
import { aGate, APPLICATION, type TestGate } from '../support/gate/gate';
import { fits, openRedis } from '../support/redis/connection';
import { testRedis } from '../support/redis/redis';
import { ANA, BEN, portalOptions, servePortal, tokenOfAna, type ServedPortal } from '../support/portal/served-portal';
import { PortalVisitor, signedIn } from '../support/portal/visitor';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aDigest } from '../support/tokens/records';
import { refusedRefresh } from '../support/tokens/refreshing';

const isSignedIn = async (visitor: PortalVisitor): Promise<boolean> => (await visitor.get('/apis')).status === 200;

const isAccepted = async ({ url }: ServedPortal, token: string): Promise<boolean> =>
  (await fetch(`${url}/orders/`, { headers: { Authorization: `Bearer ${token}` } })).status === 200;

const wrongValue = expect.objectContaining({ code: 'ERR_SCOPEGATE_VALUE' });

describe.each(everyStore)('gate.sessions in %s', (_name, freshStore) => {
  it('ends all sessions of a user in any spelling of the name, none of others, and no token', async () => {
    const portal = await servePortal(await freshStore());
    const anas = [await signedIn(portal, ANA), await signedIn(portal, ANA)];
    const ben = await signedIn(portal, BEN);
    const token = await tokenOfAna(portal);
    await portal.gate.sessions.end({ user: 'ANA@JohnsOrg' });
    for (const ana of anas) expect(await isSignedIn(ana)).toBe(false);
    expect(await isSignedIn(ben)).toBe(true);
    expect(await isAccepted(portal, token)).toBe(true);
    expect(await isSignedIn(await signedIn(portal, ANA))).toBe(true);
    await portal.gate.sessions.end({ user: 'nobody@johnsorg' });
  });

  it('ends the sessions of a user of a users function, by the id that it returns', async () => {
    const { users: _declared, ...options } = portalOptions();
    const users = (username: string) => ({ id: `id-of-${username}` });
    const portal = await servePortal({ ...(await freshStore()), ...options, users });
    const [jack, jill] = [
      await signedIn(portal, { username: 'Jack@johnsorg', password: 'x' }),
      await signedIn(portal, { username: 'Jill@johnsorg', password: 'x' }),
    ];
    await portal.gate.sessions.end({ user: 'id-of-Jack' });
    expect(await isSignedIn(jack)).toBe(false);
    expect(await isSignedIn(jill)).toBe(true);
    await portal.gate.tokens.revoke({ user: 'id-of-Jill' });
    expect(await isSignedIn(jill)).toBe(true);
    await portal.gate.tokens.revoke({ user: 'id-of-Jill', sessions: true });
    expect(await isSignedIn(jill)).toBe(false);
  });

  it('is included in gate.tokens.revoke on request', async () => {
    const portal = await servePortal(await freshStore());
    const [ana, ben] = [await signedIn(portal, ANA), await signedIn(portal, BEN)];
    const token = await tokenOfAna(portal);
    await portal.gate.tokens.revoke({ user: ANA.username, sessions: false });
    expect(await isAccepted(portal, token)).toBe(false);
    expect(await isSignedIn(ana)).toBe(true);
    const next = await tokenOfAna(portal);
    await portal.gate.tokens.revoke({ user: ANA.username, sessions: true });
    expect(await isAccepted(portal, next)).toBe(false);
    expect(await isSignedIn(ana)).toBe(false);
    expect(await isSignedIn(ben)).toBe(true);
  });

  it('keeps at most `sessionsPerUser` sessions of a user: the oldest ends, and an event says so', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { sessionsPerUser: 2 } });
    const reached: unknown[] = [];
    portal.gate.on('limit', ({ limit, subject }) => reached.push({ limit, subject }));
    const ben = await signedIn(portal, BEN);
    const anas = [await signedIn(portal, ANA), await signedIn(portal, ANA)];
    expect(reached).toEqual([]);
    anas.push(await signedIn(portal, ANA));
    expect(await Promise.all(anas.map(isSignedIn))).toEqual([false, true, true]);
    expect(reached).toEqual([{ limit: 'sessionsPerUser', subject: ANA.username }]);
    expect(await isSignedIn(ben)).toBe(true);
  });

  it('ends no session for a new one with `sessionsPerUser: false`', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { sessionsPerUser: false } });
    const first = await signedIn(portal, ANA);
    for (let count = 0; count < 55; count += 1) await signedIn(portal, ANA);
    expect(await isSignedIn(first)).toBe(true);
  });
});

it('gate.sessions ends sessions that began at another gate on the same Redis', async () => {
  const options = await onRedis();
  const [one, other] = [await servePortal(options), await servePortal(options)];
  const here = await signedIn(one, ANA);
  const there = new PortalVisitor(other);
  there.cookie = here.cookie;
  expect(await isSignedIn(there)).toBe(true);
  await other.gate.sessions.end({ user: ANA.username });
  for (const visitor of [here, there]) expect(await isSignedIn(visitor)).toBe(false);
});

it.each([
  [
    'revoke a client and sessions',
    (gate: TestGate['gate']) => gate.tokens.revoke({ clientId: 'key', sessions: true } as never),
  ],
  [
    'revoke a token and sessions',
    (gate: TestGate['gate']) => gate.tokens.revoke({ token: 'x', sessions: true } as never),
  ],
  [
    'revoke an organization and sessions',
    (gate: TestGate['gate']) => gate.tokens.revoke({ organization: 'johnsorg', sessions: true } as never),
  ],
  ['take a text for sessions', (gate: TestGate['gate']) => gate.tokens.revoke({ user: 'x', sessions: 'yes' } as never)],
  ['end sessions without a user', (gate: TestGate['gate']) => gate.sessions.end({} as never)],
])('a gate refuses to %s', async (_what, act) => {
  expect(await rejectionOf(act(aGate().gate))).toEqual(wrongValue);
});

const BOB: readonly [string, string] = ['bob@neworg', 'bob-password'];

/** A gate on Redis with a user Bob and an application, both of a new organization, and the keys of its store. */
const aGateWithBob = async () => {
  const options = await onRedis();
  const tested = aGate(options);
  const { organizations, users, applications } = tested.gate.directory;
  await organizations.create({ key: 'neworg' });
  await users.create({ username: 'bob', organization: 'neworg', password: BOB[1] });
  await users.create({ username: 'amy', organization: 'neworg', password: 'amy-password' });
  const { id } = await applications.create({ name: 'New app', owner: BOB[0] });
  const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
  const client = [clientId, clientSecret] as const;
  const redis: Redis = await testRedis();
  return { ...tested, client, redis, keys: createKeys(options.prefix), prefix: options.prefix };
};

describe('ending everything of a user', () => {
  it('works with 10,057 sessions of an earlier version, which had no limit: their grants end too', async () => {
    const { gate, signIn, token, client, redis, keys, prefix, get } = await aGateWithBob();
    const { connection } = openRedis(fits(await testRedis()), { prefix });
    const store = new RedisSessionStore(connection, keys, systemClock);
    const session = aSession(systemClock(), { subject: BOB[0], expiresAt: systemClock() + 3_600 });
    for (let left = 10_057; left > 0; left -= 500)
      await Promise.all(Array.from({ length: Math.min(left, 500) }, () => store.save(aDigest(), session, Infinity)));
    const tokens = await signIn(BOB, 'read', client);
    await gate.directory.users.setPassword(BOB[0], 'a new password');
    expect(await redis.exists(keys.sessionsOf(BOB[0]))).toBe(0);
    await get('/me', tokens.access_token).expect(401);
    await refusedRefresh({ token }, tokens.refresh_token, client);
  });

  it('ends the grants even if the sessions cannot be ended, rejects, and can be repeated', async () => {
    const { gate, signIn, client, redis, keys, get } = await aGateWithBob();
    const token = await signIn(BOB, 'read', client);
    await redis.set(keys.sessionsOf(BOB[0]), 'a foreign value');
    expect(await rejectionOf(gate.directory.users.disable(BOB[0]))).toBeInstanceOf(StoreUnavailableError);
    await get('/me', token.access_token).expect(401);
    await redis.del(keys.sessionsOf(BOB[0]));
    await gate.directory.users.disable(BOB[0]);
  });

  it('ends everything else of an organization if one of its users cannot be signed out, and then rejects', async () => {
    const { gate, signIn, client, redis, keys, prefix, get } = await aGateWithBob();
    const tokens = [
      await signIn(BOB, 'read', client),
      await signIn(['amy@neworg', 'amy-password'], 'read', client),
      (await gate.tokens.issue({ clientId: client[0], scopes: ['read'] })).accessToken,
      (await gate.tokens.issue({ clientId: APPLICATION[0], scopes: ['read'] })).accessToken,
    ].map((token) => (typeof token === 'string' ? token : token.access_token));
    const { connection } = openRedis(fits(await testRedis()), { prefix });
    const ofAmy = aDigest();
    const session = aSession(systemClock(), { subject: 'amy@neworg', expiresAt: systemClock() + 3_600 });
    await new RedisSessionStore(connection, keys, systemClock).save(ofAmy, session, 50);
    await redis.set(keys.sessionsOf(BOB[0]), 'a foreign value'); // Bob is the first user of the organization
    expect(await rejectionOf(gate.directory.organizations.disable('neworg'))).toBeInstanceOf(StoreUnavailableError);
    expect(await redis.exists(keys.session(ofAmy))).toBe(0);
    const statuses = await Promise.all(tokens.map(async (token) => (await get('/me', token)).status));
    expect(statuses).toEqual([401, 401, 401, 200]);
  });
});
