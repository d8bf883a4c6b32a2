import request from 'supertest';
import type { GateEvent, RedisLike } from 'scopegate';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { endGrant, replaceEpoch, saveGrant, rotateGrant } from '../../src/stores/redis/token-scripts';
import { aClock } from '../support/time/clock';
import { onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, JOHN, type TestGate } from '../support/gate/gate';
import { recordEvents, recordChannels } from '../support/gate/recorded-events';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { redisWithHook } from '../support/redis/hook';
import { refresh, refreshed } from '../support/tokens/refreshing';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';
import { grantIdOf, aForgery } from '../support/tokens/tokens';

const NOW = 1_800_000_000;
const DEADLINE_MS = 100;

const open = (redis: RedisLike, overrides: Parameters<typeof aGate>[0] = {}) => {
  const tested = aGate({ clock: aClock(NOW).now, deadline: DEADLINE_MS, redis, ...overrides });
  return { ...tested, events: recordEvents(tested.gate) };
};

const away = { type: 'storeAway', store: 'redis', reason: expect.stringMatching(/^[\w-]{1,40}$/), at: NOW };
const back = { type: 'storeBack', store: 'redis', at: NOW };

const ofStore = (events: readonly GateEvent[]) =>
  events.filter(({ type }) => type === 'storeAway' || type === 'storeBack');

const next = (gate: TestGate['gate'], type: 'storeAway' | 'storeBack'): Promise<void> =>
  new Promise((resolve) => {
    const off = gate.on(type, () => {
      off();
      resolve();
    });
  });

describe('a gate on Redis', () => {
  it('S-304 emits one storeAway and one storeBack for each outage, with and without requests during it', async () => {
    const own = await ownRedis();
    const messages = recordChannels();
    const { gate, get, signIn, events } = open(aRedis({}, own.url));
    const { access_token: token } = await signIn();
    expect(ofStore(events)).toEqual([]);
    for (let outage = 0; outage < 2; outage += 1) {
      events.splice(0);
      const left = next(gate, 'storeAway');
      await own.stop();
      await left; // without any request
      for (let times = 0; times < 5; times += 1) await get('/me', token).expect(503);
      expect(ofStore(events)).toStrictEqual([away]);

      const returned = next(gate, 'storeBack');
      await own.start();
      await returned;
      await get('/me', token).expect(401);
      expect(ofStore(events)).toStrictEqual([away, back]);
    }
    const channels = messages.map(([name]) => name).filter((name) => name.startsWith('scopegate:store'));
    expect(channels).toEqual([
      'scopegate:storeAway',
      'scopegate:storeBack',
      'scopegate:storeAway',
      'scopegate:storeBack',
    ]);
  });

  it('S-303 emits storeAway if Redis is unavailable at the start, and nothing if it is available', async () => {
    const own = await ownRedis();
    const there = open(aRedis({}, own.url));
    await there.gate.ready();
    expect(there.events).toEqual([]);

    await own.stop();
    const tested = open(aRedis({}, own.url));
    await next(tested.gate, 'storeAway');
    await own.start();
    await tested.gate.ready();
    expect(ofStore(tested.events)).toStrictEqual([away, back]);
  });

  it('S-305 emits storeAway with the reason `silent` for a Redis that hangs', async () => {
    const own = await ownRedis();
    const { get, signIn, events } = open(aRedis({}, own.url));
    const { access_token: token } = await signIn();
    own.pause();
    while (ofStore(events).length === 0) await get('/me', token).expect(503);
    own.resume();
    await expectRecovery(() => get('/me', token));
    expect(ofStore(events)).toStrictEqual([{ ...away, reason: 'silent' }, back]);
  });

  it('emits nothing when it is closed, or when Redis stops after that', async () => {
    const own = await ownRedis();
    const { gate, signIn, events } = open(aRedis({}, own.url));
    await signIn();
    events.splice(0);
    await gate.close();
    await own.stop();
    expect(events).toEqual([]);
  });
});

it('S-304 a gate emits every refusal while Redis is unavailable, and nothing that was not done', async () => {
  const own = await ownRedis();
  const tested = open(aRedis({}, own.url));
  const { gate, events } = tested;
  const tokens = await tested.signIn(JOHN, 'read');
  const left = next(gate, 'storeAway');
  await own.stop();
  await left;
  events.splice(0);
  const form = (path: string) =>
    request(tested.app)
      .post(path)
      .auth(...APPLICATION)
      .type('form')
      .send({ token: tokens.access_token });
  await tested.get('/orders', tokens.access_token).expect(503);
  await tested.token(passwordForm(JOHN)).expect(503);
  await refresh(tested, tokens.refresh_token).expect(503);
  await form('/revoke').expect(503);
  await form('/introspect').expect(503);
  await tested.get('/orders', 'nonsense').expect(401);
  const denied = { type: 'deny', status: 503, reason: 'store_away', at: NOW };
  const clientId = APPLICATION[0];
  // No client is authenticated without the store, which has the registrations of declared ones.
  expect(events.splice(0)).toStrictEqual([
    { ...denied, place: 'guard', needs: ['read'] },
    { ...denied, place: 'token' },
    { ...denied, place: 'token' },
    { ...denied, place: 'revoke' },
    { ...denied, place: 'introspect' },
    { ...denied, place: 'guard', status: 401, reason: 'invalid_token', needs: ['read'] },
  ]);

  const { users } = gate.directory;
  const calls = [
    gate.tokens.revoke({ token: tokens.access_token }),
    gate.tokens.revoke({ grantId: grantIdOf(tokens.access_token) }),
    gate.tokens.revoke({ user: JOHN[0] }),
    gate.tokens.revoke({ clientId }),
    gate.tokens.issue({ clientId }),
    users.disable('sam@johnsorg'),
    users.setPassword('sam@johnsorg', 'another-password'),
    users.setRoles('sam@johnsorg', []),
    gate.explain(aForgery(), 'read'),
  ];
  for (const thrown of await Promise.all(calls.map(rejectionOf))) expect(thrown).toBeInstanceOf(StoreUnavailableError);
  expect(events).toEqual([]);
});

describe('a command that Redis executed and whose reply is lost', () => {
  type Matches = (command: readonly unknown[]) => boolean;
  const runs =
    ({ sha }: { readonly sha: string }): Matches =>
    (command) =>
      command[0] === 'evalsha' && command[1] === sha;

  /** A gate, and a second one on the same Redis that gets no answer to the first command of a kind. */
  const losing = async (matches: Matches, overrides: Parameters<typeof aGate>[0] = {}) => {
    const { redis, ...store } = await onRedis();
    const elsewhere = aGate({ redis, ...store, clock: aClock(NOW).now, ...overrides });
    const lossy = redisWithHook(redis as RedisLike & object, matches, () => Promise.reject(new Error('reset')));
    return { elsewhere, ...open(lossy, { ...store, ...overrides }) };
  };
  const denied = { type: 'deny', place: 'token', status: 503, reason: 'store_away', at: NOW };
  const clientId = APPLICATION[0];

  it('S-218 emits no revoke event before the repeat is answered, which may find that all was freed', async () => {
    const { elsewhere, gate, events } = await losing(runs(replaceEpoch));
    await elsewhere.gate.tokens.revoke({ user: JANE[0] }); // Redis has loaded the script now
    await elsewhere.signIn();
    expect(await rejectionOf(gate.tokens.revoke({ user: JOHN[0] }))).toBeInstanceOf(StoreUnavailableError);
    expect(events).toEqual([]);
    await gate.tokens.revoke({ user: JOHN[0] });
    expect(events.length).toBeLessThanOrEqual(1);
    for (const event of events) expect(event).toMatchObject({ type: 'revoke', subject: JOHN[0] });
  });

  it('S-126 emits no end of a grant after a reuse', async () => {
    const { elsewhere, events, ...tested } = await losing(runs(endGrant), { tokens: { refreshGrace: 0 } });
    const { access_token } = await elsewhere.signIn();
    await elsewhere.gate.tokens.revoke({ token: access_token }); // Redis has loaded the script now
    const tokens = await elsewhere.signIn();
    await refreshed(elsewhere, tokens);
    await refresh(tested, tokens.refresh_token).expect(503);
    expect(events.filter(({ type }) => type !== 'reuse')).toStrictEqual([{ ...denied, clientId }]);
  });

  it('S-139 emits no issue event for a sign-in', async () => {
    const { elsewhere, token, events } = await losing(runs(saveGrant));
    await elsewhere.signIn(); // Redis has loaded the script now
    await token(passwordForm(JOHN)).expect(503);
    expect(events).toStrictEqual([{ ...denied, clientId }]);
  });

  it('S-133 emits no refresh event', async () => {
    const { elsewhere, events, ...tested } = await losing(runs(rotateGrant));
    const tokens = await refreshed(elsewhere, await elsewhere.signIn());
    await refresh(tested, tokens.refresh_token).expect(503);
    expect(events).toStrictEqual([{ ...denied, clientId }]);
  });
});
