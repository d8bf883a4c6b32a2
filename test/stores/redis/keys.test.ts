import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { expiryIn, scoreBaseOf } from '../../../src/stores/redis/grant-scores';
import { MAX_LIFETIME_MS } from '../../../src/stores/redis/token-lua';
import { RedisTokenStore } from '../../../src/stores/redis/tokens';
import { aClock } from '../../support/time/clock';
import { aGate, JOHN, type Pair, type TestGate, type TokenBody } from '../../support/gate/gate';
import { aGrant, aRotation } from '../../support/tokens/records';
import { ownRedis, randomPrefix, testRedis } from '../../support/redis/redis';
import { aMonitor, aRedis, endAtEnd } from '../../support/redis/clients';
import { contentsUnder, hashTagOf, keysUnder, storedFormsOf } from '../../support/redis/contents';
import { openRedis } from '../../support/redis/connection';
import { refresh, refreshed } from '../../support/tokens/refreshing';
import { ANA, servePortal } from '../../support/portal/served-portal';
import { until } from '../../support/time/waiting';
import { passwordForm } from '../../support/tokens/forms';
import { grantIdOf } from '../../support/tokens/tokens';

const ALICE: Pair = ['alice@johnsorg', 'alice-password-Ünique'];
const DECLARED: Pair = ['declared-key', 'declared-consumer-secret-1147'];
const IMPORTED: Pair = ['imported-key', 'imported-consumer-secret-4711'];
/** Systems that keys are taken over from have had such. */
const SHORT: Pair = ['short-key', '#?!*'];
const WRONG = 'wrong-password-0815';

let redis: Redis;
beforeAll(async () => {
  redis = endAtEnd(await testRedis());
});

/** Grant ids are in the open: the same text in a key and in the token. */
/** A gate whose declared application has a secret that could not be anything else. */
const aGateToWalk = (client: Redis, prefix?: string): TestGate => {
  const [consumerKey, consumerSecret] = DECLARED;
  const applications = [{ name: 'Declared app', owner: JOHN[0], consumerKey, consumerSecret }];
  return aGate({ redis: client, cache: false, applications, ...(prefix === undefined ? {} : { prefix }) });
};

const isIn = (text: string, secret: string): boolean => storedFormsOf(secret).some((form) => text.includes(form));

interface Walk {
  readonly answers: readonly TokenBody[];
  readonly secrets: readonly string[];
}

/** Everything that a gate writes: what is made at run time, sign-ins right and wrong, refreshes, a reuse. */
const walk = async ({ gate, token, get, signIn }: TestGate): Promise<Walk> => {
  const { users, applications } = gate.directory;
  await gate.directory.organizations.create({ key: 'otherorg', name: 'Another organization' });
  await users.create({ username: 'alice', organization: 'johnsorg', password: ALICE[1], roles: ['clerk'] });
  const { id } = await applications.create({ name: 'Made app', owner: ALICE[0] });
  const generated = await applications.generateKeys(id, { environment: 'production' });
  await applications.generateKeys(id, { environment: 'sandbox', clientId: IMPORTED[0], clientSecret: IMPORTED[1] });
  const other = await applications.create({ name: 'Old app', owner: ALICE[0] });
  await applications.generateKeys(other.id, {
    environment: 'production',
    clientId: SHORT[0],
    clientSecret: SHORT[1],
    label: 'taken over',
  });
  const keys: Pair = [generated.clientId, generated.clientSecret];

  const declared: Pick<TestGate, 'token'> = { token: (form) => token(form, DECLARED) };
  const first = await signIn(JOHN, 'read update', DECLARED);
  const made = await signIn(ALICE, 'read', keys);
  const sandbox = await signIn(ALICE, 'read', IMPORTED);
  const old = await signIn(ALICE, 'read', SHORT);
  const second = await refreshed(declared, first);
  const third = await refreshed(declared, second, 'read');
  await get('/orders', third.access_token).expect(200);
  await get('/admin', third.access_token).expect(403);
  const wrong = passwordForm([JOHN[0], WRONG]);
  await token(wrong, DECLARED).expect(400);
  await token(wrong, [DECLARED[0], WRONG]).expect(401);
  await token(wrong, ['nobody', WRONG]).expect(401);

  const answers = [first, second, third, made, sandbox, old];
  const tokens = answers.flatMap((answer) => [answer.access_token, answer.refresh_token]);
  const passwords = [JOHN[1], ALICE[1], WRONG, DECLARED[1], IMPORTED[1], keys[1]];
  // The secret half of a token, as well as the whole: its first half is the grant id, which keys carry.
  return { answers, secrets: [...tokens, ...tokens.map((text) => text.slice(20, 63)), ...passwords] };
};

describe('keys in Redis', () => {
  it('have a TTL after all kinds of requests, except those of the directory', async () => {
    const prefix = randomPrefix();
    await walk(aGateToWalk(redis, prefix));
    const keys = await keysUnder(redis, prefix);
    const lasting = keys.filter((key) => key.startsWith(`${prefix}{directory}:`));
    const ttls = await Promise.all(keys.map(async (key) => [key, await redis.pttl(key)] as const));

    expect(lasting).toEqual(
      ['application-groups', 'applications', 'clients', 'declarations', 'organizations', 'users'].map(
        (noun) => `${prefix}{directory}:${noun}`,
      ),
    );
    expect(ttls.filter(([, ttl]) => ttl < 0).map(([key]) => key)).toEqual(lasting);
    const tokenKeys = ttls.filter(([key]) => /:[arg]$/.test(key));
    expect(tokenKeys.length).toBeGreaterThanOrEqual(9);
    for (const [, ttl] of tokenKeys) expect(ttl).toBeLessThanOrEqual(86_400_000);
    const accessKeys = tokenKeys.filter(([key]) => key.endsWith(':a'));
    for (const [, ttl] of accessKeys) expect(ttl).toBeLessThanOrEqual(3_600_000);
  });

  it('S-140 share one hash tag if they belong to one grant', async () => {
    const prefix = randomPrefix();
    const { answers } = await walk(aGateToWalk(redis, prefix));
    const keys = await keysUnder(redis, prefix);
    for (const grantId of new Set(answers.map((answer) => grantIdOf(answer.access_token)))) {
      const ofGrant = keys.filter((key) => key.includes(grantId));
      expect(ofGrant).toHaveLength(2);
      expect(ofGrant.map(hashTagOf)).toEqual([grantId, grantId]);
    }
    // Indexes are in a slot of their own, or a grant of a busy client would be where all the others are.
    const indexes = keys.filter((key) => key.endsWith(':g'));
    expect(new Set(indexes.map(hashTagOf)).size).toBe(indexes.length);
  });

  it('S-345 contain no token, secret or password in any form, and neither do their values', async () => {
    const prefix = randomPrefix();
    const { secrets } = await walk(aGateToWalk(redis, prefix));
    const contents = await contentsUnder(redis, prefix);
    for (const sign of ['alice@johnsorg', '$argon2id$']) expect(contents.includes(sign)).toBe(true); // it is the whole
    expect(secrets.filter((secret) => isIn(contents, secret))).toEqual([]);
    // A bare digest of a password is found with a list of words.
    for (const password of [JOHN[1], ALICE[1], WRONG]) {
      for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
        const digest = createHash(algorithm).update(password).digest();
        for (const form of ['hex', 'base64', 'base64url'] as const) {
          expect(contents.includes(digest.toString(form).replace(/=+$/, ''))).toBe(false);
        }
      }
    }
  });

  it('S-345 contain no short imported secret, and neither do their values', async () => {
    const prefix = randomPrefix();
    await walk(aGateToWalk(redis, prefix));
    const contents = await contentsUnder(redis, prefix);
    expect(contents.includes(SHORT[0])).toBe(true);
    expect(isIn(contents, SHORT[1])).toBe(false);
  });

  it('S-345 are in a dump file that contains no token, secret or password', async () => {
    const own = await ownRedis();
    const client = aRedis({}, own.url);
    const { secrets } = await walk(aGateToWalk(client));
    await client.config('SET', 'rdbcompression', 'no');
    await client.save();
    const [, folder = ''] = await client.config('GET', 'dir');
    const file = (await readFile(join(folder, 'dump.rdb'))).toString();
    expect(file.includes('alice@johnsorg')).toBe(true);
    expect(secrets.filter((secret) => isIn(file, secret))).toEqual([]);
  });

  it('S-344 are never scanned for during a request', async () => {
    const own = await ownRedis();
    const client = aRedis({}, own.url);
    const tested = aGateToWalk(client);
    const monitor = await aMonitor(client);
    const seen: string[] = [];
    const all = new Promise<void>((resolve) => {
      monitor.on('monitor', (_time: string, [command = '']: string[]) => {
        seen.push(command.toLowerCase());
        if (seen.at(-1) === 'echo') resolve();
      });
    });
    await walk(tested);
    await client.echo('end');
    await all;
    expect(seen).toEqual(expect.arrayContaining(['get', 'evalsha']));
    expect(seen.filter((command) => ['keys', 'scan', 'hgetall', 'smembers', 'sort'].includes(command))).toEqual([]);
  });

  it("of a grant are deleted by Redis's own expiry, including their indexes", async () => {
    const prefix = randomPrefix();
    const { signIn, get, token } = aGate({
      redis,
      prefix,
      throttle: false,
      tokens: { accessTokenLifetime: 1, refreshTokenLifetime: 2, refreshGrace: 1 },
    });
    const first = await signIn();
    const second = await refreshed({ token }, first);
    const access = `${prefix}{${grantIdOf(second.access_token)}}:a`;
    const expiring = async () => (await keysUnder(redis, prefix)).filter((key) => !key.endsWith(':declarations'));
    expect(await expiring()).toHaveLength(7);

    expect(await redis.pttl(access)).toBeLessThanOrEqual(1_000);
    for (const key of await expiring()) {
      expect(await redis.pttl(key)).toBeLessThanOrEqual(key.endsWith(':e') ? 4_000 : 2_000);
    }
    await until(async () => (await redis.exists(access)) === 0);
    await get('/me', second.access_token).expect(401);
    await until(async () => (await expiring()).length === 0);
    await refresh({ token }, second.refresh_token).expect(400);
  });
});

it('the keys of a portal have a TTL, and contain no session id, form token, token or password', async () => {
  const prefix = randomPrefix();
  const { url, gate } = await servePortal({ redis, prefix, deadline: 5_000 });
  const field = (page: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const post = (path: string, cookie: string, form: Readonly<Record<string, string>>) => {
    const headers = { Cookie: cookie, Origin: url };
    return fetch(`${url}/store${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams(form),
    });
  };

  const shown = await fetch(`${url}/store/sign-in`);
  const token = field(await shown.text(), 'form_token');
  const signedIn = await post('/sign-in', cookieOf(shown), { ...ANA, form_token: token });
  const cookie = cookieOf(signedIn);
  expect(cookie).toMatch(/^scopegate=s/);
  const page = await (await fetch(`${url}/store/subscriptions`, { headers: { Cookie: cookie } })).text();
  const [formToken, sending] = [field(page, 'form_token'), field(page, 'sending')];
  const made = await post('/applications', cookie, { form_token: formToken, sending, name: 'An application' });
  expect(made.status).toBeLessThan(400);
  const { access_token: used } = (await (
    await fetch(`${url}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa('key:declared-secret')}` },
      body: new URLSearchParams({ grant_type: 'password', ...ANA, scope: 'read' }),
    })
  ).json()) as TokenBody;
  expect((await fetch(`${url}/orders`, { headers: { Authorization: `Bearer ${used}` } })).status).toBe(200);
  await gate.close(); // writes the audit and the last uses

  const keys = await keysUnder(redis, prefix);
  const lasting = keys.filter((key) => key.startsWith(`${prefix}{directory}:`));
  const kinds = [
    /\{s\.[^}]+\}:s$/,
    /\{s\.[^}]+\}:f$/,
    /\{u\.[^}]+\}:s$/,
    /\{o\.[^}]+\}:audit:security$/,
    /\{c\.[^}]+\}:u$/,
  ];
  for (const kind of kinds) expect(keys.filter((key) => kind.test(key))).toHaveLength(1);
  for (const key of keys) if (!lasting.includes(key)) expect(await redis.pttl(key)).toBeGreaterThan(0);
  const contents = await contentsUnder(redis, prefix);
  expect(contents.includes(ANA.username)).toBe(true);
  const secrets = [cookie.slice('scopegate='.length, 'scopegate='.length + 44), formToken, sending, used, ANA.password];
  expect(secrets.filter((secret) => secret === '' || isIn(contents, secret))).toEqual([]);
});

describe('the indexes of grants', () => {
  const anIndexedStore = async () => {
    const clock = aClock();
    const { connection, keys } = openRedis(await testRedis());
    return { clock, keys, portal: new RedisTokenStore(connection, keys, clock.now) };
  };

  it('drop expired members whenever a grant is added, and do not grow by rotation', async () => {
    const { clock, keys, portal } = await anIndexedStore();
    const lifetimes = [10, 20, 30];
    for (const seconds of lifetimes) {
      const now = clock.now();
      const grant = aGrant(now, { accessExpiresAt: now + seconds, refreshExpiresAt: now + seconds });
      await portal.save(grant.access, grant.refresh);
    }
    const index = keys.grantsOf({ clientId: 'client' });
    expect(await redis.zcard(index)).toBe(3);
    clock.advance(20);
    let grant = aGrant(clock.now());
    await portal.save(grant.access, grant.refresh);
    expect(await redis.zcard(index)).toBe(2);
    for (let use = 0; use < 5; use += 1) {
      const rotation = aRotation(grant, clock.now());
      await portal.rotate(rotation);
      grant = rotation;
    }
    expect(await redis.zcard(index)).toBe(2);
  });

  it('drop expired members of clients that a user no longer uses', async () => {
    const { clock, keys, portal } = await anIndexedStore();
    for (let client = 0; client < 20; client += 1) {
      const expiresAt = clock.now() + 10;
      const brief = { clientId: `client ${client}`, accessExpiresAt: expiresAt, refreshExpiresAt: expiresAt };
      const grant = aGrant(clock.now(), brief);
      await portal.save(grant.access, grant.refresh);
    }
    const index = keys.grantsOf({ subject: 'john@gmail.com@johnsorg' });
    expect(await redis.zcard(index)).toBe(20);
    for (let saved = 0; saved < 1_024 && (await redis.zcard(index)) > saved; saved += 1) {
      clock.advance(10.007); // the client whose members are removed depends on the time
      const grant = aGrant(clock.now(), { refreshExpiresAt: clock.now() + 1_000_000 });
      await portal.save(grant.access, grant.refresh);
    }
    const listed = await redis.zrange(index, '0', '-1', 'WITHSCORES');
    const expiries = listed.filter((_member, place) => place % 2 === 1).map((score) => expiryIn(Number(score)));
    expect(Math.min(...expiries)).toBeGreaterThan(clock.now() * 1_000);
  });

  it('do not live for thousands of years after an earlier release has taken a score for an expiry', async () => {
    const { clock, keys, portal } = await anIndexedStore();
    const index = keys.grantsOf({ subject: 'john@gmail.com@johnsorg' });
    for (let saved = 0; saved < 2; saved += 1) {
      const grant = aGrant(clock.now());
      await portal.save(grant.access, grant.refresh);
      expect(await redis.pttl(index)).toBeLessThanOrEqual(MAX_LIFETIME_MS);
      await redis.pexpire(index, scoreBaseOf('client'));
    }
  });

  it('expire with their last member', async () => {
    const { clock, keys, portal } = await anIndexedStore();
    const now = clock.now();
    for (const seconds of [50, 1_000, 10]) {
      const grant = aGrant(now, { accessExpiresAt: now + seconds, refreshExpiresAt: now + seconds });
      await portal.save(grant.access, grant.refresh);
    }
    for (const owner of [{ clientId: 'client' }, { subject: 'john@gmail.com@johnsorg' }]) {
      const ttl = await redis.pttl(keys.grantsOf(owner));
      expect(ttl).toBeGreaterThan(990_000);
      expect(ttl).toBeLessThanOrEqual(1_000_000);
    }
  });

  it('contain no client or user in their names', async () => {
    const { clock, portal, keys } = await anIndexedStore();
    const grant = aGrant(clock.now(), { clientId: 'a:b}{c*', subject: 'd:e}{f*' });
    await portal.save(grant.access, grant.refresh);
    for (const owner of [{ clientId: 'a:b}{c*' }, { subject: 'd:e}{f*' }]) {
      expect(keys.grantsOf(owner)).toMatch(/^[A-Za-z0-9]+:\{[cu]\.[A-Za-z0-9_-]{22}\}:g$/);
      expect(await redis.zcard(keys.grantsOf(owner))).toBe(1);
    }
  });
});

describe('several gates on one Redis', () => {
  const expectApart = async (one: TestGate, other: TestGate): Promise<void> => {
    const [ofOne, ofOther] = [await one.signIn(), await other.signIn()];
    await one.get('/me', ofOther.access_token).expect(401);
    await other.get('/me', ofOne.access_token).expect(401);
    await refresh(one, ofOther.refresh_token).expect(400);
    await refresh(other, ofOne.refresh_token).expect(400);
    await one.gate.directory.users.create({ username: 'new', organization: 'johnsorg', password: 'new-password' });
    expect(await other.gate.directory.users.find('new@johnsorg')).toBeUndefined();
  };

  it('are separated by different prefixes', async () => {
    await expectApart(aGate({ redis, prefix: randomPrefix() }), aGate({ redis, prefix: randomPrefix() }));
  });

  it('are separated even if one prefix is the beginning of the other', async () => {
    const prefix = randomPrefix();
    await expectApart(aGate({ redis, prefix }), aGate({ redis, prefix: `${prefix}a:` }));
  });

  it('are separated by the database', async () => {
    const prefix = randomPrefix();
    const second = aRedis({ db: 1 });
    await expectApart(aGate({ redis, prefix }), aGate({ redis: second, prefix }));
  });

  it('S-328 are separated by the key prefix of their clients, which precedes every key', async () => {
    const [one, other] = [randomPrefix(), randomPrefix()];
    const prefix = randomPrefix();
    const clients = [one, other].map((keyPrefix) => aRedis({ keyPrefix }));
    const [ofOne, ofOther] = clients.map((client) => aGate({ redis: client, prefix }));
    if (ofOne === undefined || ofOther === undefined) throw new Error('no gates');
    await expectApart(ofOne, ofOther);
    await ofOne.token(passwordForm([JOHN[0], WRONG])).expect(400);
    expect(await keysUnder(redis, prefix)).toEqual([]);
    const keys = await keysUnder(redis, one);
    expect(keys.length).toBeGreaterThan(6);
    for (const key of keys) expect(key.startsWith(`${one}${prefix}`)).toBe(true);
  });

  it("accept each other's tokens with the same prefix, and can end them for each other", async () => {
    const prefix = randomPrefix();
    const [one, other] = [aGate({ redis, prefix }), aGate({ redis, prefix })];
    const first = await one.signIn();
    await other.get('/me', first.access_token).expect(200);
    const second = await refreshed(other, first);
    await one.get('/me', second.access_token).expect(200);

    await one.gate.directory.users.create({ username: 'new', organization: 'johnsorg', password: 'new-password' });
    const ofNew = await other.signIn(['new@johnsorg', 'new-password']);
    await one.gate.directory.users.disable('new@johnsorg');
    await other.get('/me', ofNew.access_token).expect(401);
    await refresh(other, ofNew.refresh_token).expect(400);
  });

  it('keep tokens after a restart', async () => {
    const prefix = randomPrefix();
    const before = aGate({ redis, prefix });
    const first = await before.signIn();
    await before.close();
    const after = aGate({ redis, prefix });
    await after.get('/me', first.access_token).expect(200);
    const second = await refreshed(after, first);
    await after.get('/me', second.access_token).expect(200);
  });

  it('end tokens for good, even across a restart', async () => {
    const prefix = randomPrefix();
    const clock = aClock();
    const before = aGate({ redis, prefix, clock: clock.now });
    const first = await before.signIn();
    const second = await refreshed(before, first);
    clock.advance(11);
    await before.close();
    const after = aGate({ redis, prefix, clock: clock.now });
    await refresh(after, first.refresh_token).expect(400); // a reuse
    await after.get('/me', second.access_token).expect(401);
    await refresh(after, second.refresh_token).expect(400);
  });
});
