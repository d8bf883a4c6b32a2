import type { Redis } from 'ioredis';
import { RedisTokenStore } from '../../../src/stores/redis/tokens';
import { aClock } from '../../support/time/clock';
import { aGate, JOHN, type Pair, type TestGate } from '../../support/gate/gate';
import { expectCleanAnswer } from '../../support/expect/clean-answer';
import { expectAway, expectRecovery } from '../../support/redis/redis-outage';
import { aGrant } from '../../support/tokens/records';
import { ownRedis, randomPrefix, type OwnRedis } from '../../support/redis/redis';
import { aRedis } from '../../support/redis/clients';
import { keysUnder } from '../../support/redis/contents';
import { openRedis } from '../../support/redis/connection';
import { refresh, refreshed } from '../../support/tokens/refreshing';
import { rejectionOf } from '../../support/expect/thrown';
import { collectPages } from '../../support/stores/collect';
import { after } from '../../support/time/waiting';
import { passwordForm } from '../../support/tokens/forms';
import { grantIdOf } from '../../support/tokens/tokens';

const ALICE: Pair = ['alice@johnsorg', 'alice-password'];

// One server for the file, of its own: it is made to misbehave as a whole.
let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

interface OnRedis extends TestGate {
  readonly prefix: string;
}

const aGateHere = (overrides: Parameters<typeof aGate>[0] = {}): OnRedis => {
  const prefix = randomPrefix();
  return { ...aGate({ redis, prefix, ...overrides }), prefix };
};

const signInRight = ({ token }: TestGate) => token(passwordForm(JOHN));

/** A gate with a user and an application in Redis, and tokens for them. It reads external changes immediately. */
const aGateWithAlice = async () => {
  const tested = aGateHere({ cache: false });
  const { users, applications } = tested.gate.directory;
  await users.create({ username: 'alice', organization: 'johnsorg', password: ALICE[1] });
  const { id } = await applications.create({ name: 'App', owner: ALICE[0] });
  const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
  const keys: Pair = [clientId, clientSecret];
  const tokens = await tested.signIn(ALICE, 'read', keys);
  return { ...tested, id, keys, tokens };
};

describe('S-313 a foreign value under a key of the gate', () => {
  const fieldsOf = (value: string): readonly string[] => value.split('\t');

  const wrongTypes: readonly [string, (key: string) => Promise<unknown>][] = [
    ['a list', (key) => redis.rpush(key, 'x')],
    ['a hash', (key) => redis.hset(key, 'x', 'y')],
    ['a stream', (key) => redis.xadd(key, '*', 'x', 'y')],
    ['an empty text', (key) => redis.set(key, '')],
    ['a text', (key) => redis.set(key, 'garbage')],
    ['bytes', (key) => redis.set(key, Buffer.from([0, 255, 254, 10, 10, 128]))],
  ];

  it.each(wrongTypes)('opens nothing if it is %s in the place of an access token', async (_what, put) => {
    const { prefix, signIn, get } = aGateHere();
    const tokens = await signIn();
    const key = `${prefix}{${grantIdOf(tokens.access_token)}}:a`;
    await redis.del(key);
    await put(key);
    expectCleanAnswer(await get('/me', tokens.access_token), { status: [401, 503], from: 'guard' });
    await get('/me', (await signIn()).access_token).expect(200);
  });

  it.each<[string, (value: string) => string]>([
    ['cut off', (value) => value.slice(0, -1)],
    ['cut off in the middle', (value) => value.slice(0, value.length / 2)],
    ['cut off before its end', (value) => value.slice(0, -3)],
    ['of another version', (value) => `2${value}`],
    ['its digest alone', (value) => fieldsOf(value)[3] ?? ''],
    ['null', () => 'null'],
    ['a list', (value) => JSON.stringify(fieldsOf(value))],
    ['a number', () => '1e999'],
    ['without scopes', (value) => fieldsOf(value).toSpliced(6, 1).join('\t')],
    ['with a field too many', (value) => fieldsOf(value).toSpliced(6, 0, 'admin').join('\t')],
    ['with an expiry in words', (value) => fieldsOf(value).with(5, 'never ending').join('\t')],
    ['without an expiry', (value) => fieldsOf(value).with(5, '').join('\t')],
    ['with an endless expiry', (value) => fieldsOf(value).with(5, 'z'.repeat(99)).join('\t')],
    ['with an invalid digest', (value) => fieldsOf(value).with(3, 'x').join('\t')],
    ['deep', () => '['.repeat(100_000)],
  ])('opens nothing if it is an access token that is %s', async (_what, spoil) => {
    const { prefix, signIn, get } = aGateHere();
    const tokens = await signIn(JOHN, 'read');
    const key = `${prefix}{${grantIdOf(tokens.access_token)}}:a`;
    const value = (await redis.get(key)) ?? '';
    await redis.set(key, spoil(value));
    expectCleanAnswer(await get('/orders', tokens.access_token), { status: [401, 503], from: 'guard' });
    await redis.set(key, value);
    await get('/orders', tokens.access_token).expect(200);
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['a text', (key) => redis.set(key, 'x')],
    ['a hash of something else', (key) => redis.hset(key, 'x', 'y')],
    ['a refresh token without its facts', (key) => redis.set(key, `${'x'.repeat(32)}\tzzzzzzzz`)],
  ])('refreshes nothing if it is %s in the place of a refresh token', async (_what, put) => {
    const tested = aGateHere();
    const tokens = await tested.signIn();
    const key = `${tested.prefix}{${grantIdOf(tokens.access_token)}}:r`;
    await redis.del(key);
    await put(key);
    expectCleanAnswer(await refresh(tested, tokens.refresh_token), { status: [400, 503] });
  });

  it.each([
    ['nothing at all', () => ''],
    ['its digest alone', (value: string) => value.split('\t').slice(0, 1).join('\t')],
    ['no facts', (value: string) => value.split('\t').slice(0, 2).join('\t')],
    ['no scopes', (value: string) => value.split('\t').toSpliced(-2, 1).join('\t')],
    ['a line that was cut short', (value: string) => value.slice(0, -1)],
    ['a field too many', (value: string) => `${value}\tx`],
    ['an invalid environment', (value: string) => value.replace('\t2p', '\t2q')],
    ['an expiry that is not a number', (value: string) => value.replace(/\t[0-9a-z]+\t/, '\t-x-\t')],
    ['a list', () => '[1,2,3,4,5,6,7,8]'],
    ['something long', () => '['.repeat(100_000)],
  ])('refreshes nothing if it is a state of %s', async (_what, spoil) => {
    const tested = aGateHere();
    const tokens = await tested.signIn();
    const key = `${tested.prefix}{${grantIdOf(tokens.access_token)}}:r`;
    const before = (await redis.get(key)) ?? '';
    expect(spoil(before)).not.toBe(before);
    await redis.set(key, spoil(before));
    expectCleanAnswer(await refresh(tested, tokens.refresh_token), { status: [400, 503] });
    await redis.set(key, before);
    await refreshed(tested, tokens);
  });

  it.each(['', '!', 'NaN', '-1', '99999999999'])(
    'returns no pair again if it is a grace window until %j',
    async (until) => {
      const clock = aClock();
      const tested = aGateHere({ clock: clock.now });
      const first = await tested.signIn();
      await refreshed(tested, first);
      clock.advance(11);
      const key = `${tested.prefix}{${grantIdOf(first.access_token)}}:r`;
      const [live = '', spent = ''] = ((await redis.get(key)) ?? '').split('\n');
      const [digest, , sealed] = spent.split('\t');
      await redis.set(key, `${live}\n${digest}\t${until}\t${sealed}\t`);
      expectCleanAnswer(await refresh(tested, first.refresh_token), { status: [400, 503] });
    },
  );

  it('in an index prevents the issue of tokens that no list has, and no revocation', async () => {
    const tested = await aGateWithAlice();
    const tokens = await tested.signIn(ALICE, 'read', tested.keys);
    const indexes = (await keysUnder(redis, tested.prefix)).filter((key) => key.endsWith(':g'));
    expect(indexes).toHaveLength(2);
    for (const key of indexes) {
      await redis.del(key);
      await redis.set(key, 'x');
    }
    const form = passwordForm(ALICE);
    expectCleanAnswer(await tested.token(form, tested.keys), { status: 503 });
    await tested.gate.directory.users.disable(ALICE[0]);
    await tested.get('/me', tokens.access_token).expect(401);
    await tested.gate.directory.users.enable(ALICE[0]);
    await tested.gate.directory.applications.disable(tested.id);
    await refresh(tested, tokens.refresh_token, undefined, tested.keys).expect(401);
  });

  describe.each(['users', 'applications', 'clients'])('in the collection of %s in the directory', (noun) => {
    it.each(['', '{', 'null', '5', '"x"', '[]', '{}', '{"enabled":true}', '{"keys":{"production":{}},"enabled":true}'])(
      'signs in no user if it is %j',
      async (text) => {
        const { prefix, token, keys, get, signIn } = await aGateWithAlice();
        const key = `${prefix}{directory}:${noun}`;
        for (const field of await redis.hkeys(key)) await redis.hset(key, field, text);
        const answer = await token(passwordForm(ALICE), keys);
        expectCleanAnswer(answer, { status: [400, 401, 500, 503] });
        await get('/me', (await signIn()).access_token).expect(200);
      },
    );

    it('signs in no user if it is a key of another type', async () => {
      const { prefix, token, keys } = await aGateWithAlice();
      const key = `${prefix}{directory}:${noun}`;
      await redis.del(key);
      await redis.set(key, 'x');
      const answer = await token(passwordForm(ALICE), keys);
      expectCleanAnswer(answer, { status: 503 });
    });
  });

  it('in the place of a counter prevents the check of a password', async () => {
    const tested = aGateHere();
    await tested.signIn();
    await tested.token(passwordForm([JOHN[0], 'wrong'])).expect(400);
    for (const key of await keysUnder(redis, `${tested.prefix}throttle:`)) {
      await redis.del(key);
      await redis.rpush(key, 'x');
    }
    expectCleanAnswer(await signInRight(tested), { status: 503 });
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['another type', (key) => redis.rpush(key, 'x')],
    ['a text that the gate did not write', (key) => redis.set(key, '["garbage')],
  ])('is logged for the operator if it is %s', async (_what, put) => {
    const { prefix, signIn, get, lines } = aGateHere();
    const tokens = await signIn();
    const key = `${prefix}{${grantIdOf(tokens.access_token)}}:a`;
    await redis.del(key);
    await put(key);
    await get('/me', tokens.access_token);
    expect(lines.filter(({ level }) => level === 'warn' || level === 'error')).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('garbage');
  });
});

describe('S-314 scripts that are missing in Redis', () => {
  it('are sent again without an effect on requests', async () => {
    const tested = await aGateWithAlice();
    const { users } = tested.gate.directory;
    await redis.script('FLUSH');
    const first = await tested.signIn();
    await redis.script('FLUSH');
    const second = await refreshed(tested, first);
    await redis.script('FLUSH');
    await users.setRoles(ALICE[0], ['clerk']);
    expect(await users.find(ALICE[0])).toMatchObject({ roles: ['clerk'] });
    await redis.script('FLUSH');
    await tested.token(passwordForm([JOHN[0], 'wrong'])).expect(400);
    await tested.get('/me', second.access_token).expect(200);
  });

  it('are sent again by all concurrent requests', async () => {
    const tested = aGateHere();
    const signedIn = await Promise.all(Array.from({ length: 10 }, () => tested.signIn()));
    await redis.script('FLUSH');
    const renewed = await Promise.all(signedIn.map((tokens) => refreshed(tested, tokens)));
    for (const tokens of renewed) await tested.get('/me', tokens.access_token).expect(200);
  });
});

describe('S-310 a gate on a full Redis', () => {
  const whileFull = async (act: () => Promise<void>): Promise<void> => {
    await redis.config('SET', 'maxmemory', '1mb');
    try {
      await act();
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  };

  it('issues nothing, writes nothing partially, spends no refresh token, and still checks tokens', async () => {
    const tested = aGateHere();
    const tokens = await tested.signIn();
    const keys = await keysUnder(redis, tested.prefix);
    await whileFull(async () => {
      expectCleanAnswer(await signInRight(tested), { status: 503 });
      expectCleanAnswer(await refresh(tested, tokens.refresh_token), { status: 503 });
      await tested.get('/me', tokens.access_token).expect(200);
      await tested.get('/health/ready').expect(503);
      expect(await keysUnder(redis, tested.prefix)).toEqual(keys);
    });
    await refreshed(tested, tokens);
    await signInRight(tested).expect(200);
  });

  it('still revokes tokens', async () => {
    const clock = aClock();
    const { connection, keys } = openRedis(aRedis({}, own.url));
    const store = new RedisTokenStore(connection, keys, clock.now);
    const [one, two] = [aGrant(clock.now()), aGrant(clock.now())];
    const three = aGrant(clock.now(), { clientId: 'other' });
    for (const { access, refresh: token } of [one, two, three]) await store.save(access, token);
    await whileFull(async () => {
      expect(await collectPages(store.grantsOf({ clientId: 'client' }))).toHaveLength(2);
      await store.revokeGrant(one.access.grantId);
      await store.revokeAccess(two.access.grantId);
      expect(await store.find(one.access.grantId, one.access.digest)).toBeUndefined();
      expect(await store.findRefresh(one.access.grantId)).toBeUndefined();
      expect(await store.find(two.access.grantId, two.access.digest)).toBeUndefined();
      expect(await store.find(three.access.grantId, three.access.digest)).toBeDefined();
      await store.replaceEpoch({ clientId: 'other' }, 'grants');
      expect(await store.find(three.access.grantId, three.access.digest)).toBeUndefined();
      expect(await store.findRefresh(three.access.grantId)).toBeUndefined();
    });
  });

  it('still ends a grant when its spent refresh token is used again', async () => {
    const clock = aClock();
    const tested = aGateHere({ clock: clock.now });
    const first = await tested.signIn();
    const second = await refreshed(tested, first);
    clock.advance(11);
    await whileFull(async () => {
      await refresh(tested, first.refresh_token).expect(400);
      await tested.get('/me', second.access_token).expect(401);
    });
    await refresh(tested, second.refresh_token).expect(400);
  });

  it('still ends the grants of a disabled user, and reports that the rest could not be written', async () => {
    const { gate, get, tokens } = await aGateWithAlice();
    await whileFull(async () => {
      expect(await rejectionOf(gate.directory.users.disable(ALICE[0]))).toMatchObject({
        code: 'ERR_SCOPEGATE_STORE_UNAVAILABLE',
      });
      await get('/me', tokens.access_token).expect(401);
    });
  });
});

describe('S-311 a gate on a Redis that evicts keys', () => {
  it('loses tokens, and grants nothing that it should not', async () => {
    const tested = aGateHere();
    const [first, second] = [await tested.signIn(), await tested.signIn()];
    await redis.del(`${tested.prefix}{${grantIdOf(first.access_token)}}:a`);
    await tested.get('/me', first.access_token).expect(401);
    await redis.del(`${tested.prefix}{${grantIdOf(second.access_token)}}:r`);
    await refresh(tested, second.refresh_token).expect(400);
  });

  it('logs at the start that keys may be evicted', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const { gate, lines } = aGateHere();
      await gate.ready();
      await after(50);
      expect(lines).toEqual([
        expect.objectContaining({ level: 'warn', message: expect.stringContaining('noeviction') }),
      ]);
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
  });

  it('S-312 accepts no earlier token after a flush, and keeps working', async () => {
    const tested = aGateHere();
    const tokens = await tested.signIn();
    await redis.flushall();
    await tested.get('/me', tokens.access_token).expect(401);
    await refresh(tested, tokens.refresh_token).expect(400);
    await tested.get('/me', (await tested.signIn()).access_token).expect(200);
  });
});

describe('a Redis that refuses', () => {
  const DEADLINE_MS = 150;

  it('S-308 writes because it is a replica is reconnected to, and serves again when it is a primary', async () => {
    const tested = aGateHere({ deadline: DEADLINE_MS, redis: aRedis({ connectionName: 'demoted' }, own.url) });
    const tokens = await tested.signIn();
    const connections = async () => {
      const list = String(await redis.client('LIST')).match(/id=\d+ .*name=demoted/g) ?? [];
      return new Set(list.map((line) => /id=(\d+)/.exec(line)?.[1]));
    };
    const before = await connections();
    await redis.replicaof('127.0.0.1', '1');
    try {
      for (let look = 0; look < 5; look += 1) {
        expectCleanAnswer(await signInRight(tested), { status: 503 });
        expectCleanAnswer(await refresh(tested, tokens.refresh_token), { status: 503 });
        expect([200, 503]).toContain((await tested.get('/me', tokens.access_token)).status);
      }
    } finally {
      await redis.replicaof('NO', 'ONE');
    }
    await expectRecovery(() => signInRight(tested));
    await tested.get('/me', tokens.access_token).expect(200);
    await refreshed(tested, tokens);
    expect(await connections()).not.toEqual(before);
  });

  it('S-309 reads while its primary is gone causes a 503 for every request', async () => {
    const tested = aGateHere({ deadline: DEADLINE_MS });
    const tokens = await tested.signIn();
    await redis.config('SET', 'replica-serve-stale-data', 'no');
    await redis.replicaof('127.0.0.1', '1');
    try {
      expectCleanAnswer(await tested.get('/me', tokens.access_token), { status: 503, from: 'guard' });
      expectCleanAnswer(await refresh(tested, tokens.refresh_token), { status: 503 });
    } finally {
      await redis.replicaof('NO', 'ONE');
      await redis.config('SET', 'replica-serve-stale-data', 'yes');
    }
    await expectRecovery(() => tested.get('/me', tokens.access_token));
  });

  it('S-309 everything while a script runs causes a 503 in time', async () => {
    const tested = aGateHere({ deadline: DEADLINE_MS });
    const tokens = await tested.signIn();
    await redis.config('SET', 'busy-reply-threshold', '50');
    const busy = aRedis({}, own.url);
    const script = rejectionOf(busy.eval('while true do end', 0));
    await after(100);
    await expectAway(tested, DEADLINE_MS, tokens);
    await redis.script('KILL');
    expect(await script).toBeDefined();
    await expectRecovery(() => tested.get('/me', tokens.access_token));
  });

  describe('S-342 the password', () => {
    const PASSWORD = 'redis-password-4711';
    const WRONG = 'wrong-redis-password-0815';

    it('causes a 503 and a log line with the reason and no password, until the password is right', async () => {
      const guarded = await ownRedis();
      const admin = aRedis({ password: PASSWORD }, guarded.url);
      await aRedis({}, guarded.url).config('SET', 'requirepass', PASSWORD);
      const printed = [jest.spyOn(console, 'error'), jest.spyOn(console, 'warn'), jest.spyOn(console, 'log')];
      for (const spy of printed) spy.mockImplementation(() => undefined);

      const mistaken = aGate({ redis: aRedis({ password: WRONG }, guarded.url), deadline: DEADLINE_MS });
      const silent = aGate({ redis: aRedis({}, guarded.url), deadline: DEADLINE_MS });
      for (const tested of [mistaken, silent]) {
        await expectAway(tested, DEADLINE_MS);
        await after(100);
        await expectAway(tested, DEADLINE_MS);
      }
      expect(mistaken.lines[0]).toMatchObject({ level: 'error', fields: { store: 'redis', reason: 'WRONGPASS' } });
      expect(silent.lines[0]).toMatchObject({ level: 'error', fields: { store: 'redis', reason: 'NOAUTH' } });
      const logged = JSON.stringify([mistaken.lines, silent.lines, printed.map(({ mock }) => mock.calls)]);
      expect(logged).not.toContain(WRONG);
      expect(logged).not.toContain(PASSWORD);

      await admin.config('SET', 'requirepass', WRONG);
      await expectRecovery(() => signInRight(mistaken));
      for (const spy of printed) spy.mockRestore();
    });

    it('causes a 503 when the password is changed at run time', async () => {
      const guarded = await ownRedis();
      const admin = aRedis({}, guarded.url);
      const tested = aGate({ redis: aRedis({}, guarded.url), deadline: DEADLINE_MS });
      const tokens = await tested.signIn();
      await admin.config('SET', 'requirepass', PASSWORD);
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await after(50);
      await expectAway(tested, DEADLINE_MS, tokens);
    });
  });

  it('S-342 scripts by its access list causes a 503 for every request that needs them', async () => {
    const tested = aGateHere();
    const tokens = await tested.signIn();
    await redis.acl('SETUSER', 'poor', 'on', '>poor', '~*', '&*', '+@all', '-eval', '-evalsha');
    const poor = aGate({ redis: aRedis({ username: 'poor', password: 'poor' }, own.url), prefix: tested.prefix });
    expectCleanAnswer(await signInRight(poor), { status: 503 });
    expectCleanAnswer(await refresh(poor, tokens.refresh_token), { status: 503 });
    expectCleanAnswer(await poor.get('/me', tokens.access_token), { status: 503, from: 'guard' }); // read by a script
    await tested.get('/me', tokens.access_token).expect(200);
    await refreshed(tested, tokens);
  });

  it('S-343 TLS counts as unavailable, and is not contacted in clear instead', async () => {
    const plain = await ownRedis({ over: 'port' });
    const admin = aRedis({}, plain.url);
    await admin.config('RESETSTAT');
    const tested = aGate({ deadline: DEADLINE_MS, redis: aRedis({ tls: {}, lazyConnect: true }, plain.url) });
    await expectAway(tested, DEADLINE_MS);
    await after(200);
    await expectAway(tested, DEADLINE_MS);
    while (tested.lines.length === 0) await expectAway(tested, DEADLINE_MS); // logged once the silence is long
    expect(tested.lines[0]).toMatchObject({ level: 'error', fields: { store: 'redis' } });
    const done = (await admin.info('commandstats')).match(/cmdstat_[^:]*/g) ?? [];
    expect(done.filter((command) => !/^cmdstat_(?:config|info)/.test(command))).toEqual([]);
  });
});
