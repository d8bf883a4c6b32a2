import express, { type RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import request from 'supertest';
import {
  scopegate,
  UnguardedError,
  type Auth,
  type ScopegateOptions,
  type SignInContext,
  type UserSource,
} from 'scopegate';
import { Passwords } from '../../src/directory/passwords';
import { aClock } from '../support/time/clock';
import { onRedis } from '../support/stores/every-store';
import {
  aGate,
  APPLICATION,
  closeAtEnd,
  JANE,
  JOHN,
  recordedLogger,
  type TestScope,
  cheapPasswords,
} from '../support/gate/gate';
import { ownRedis, randomPrefix, testRedis5 } from '../support/redis/redis';
import { thrownBy } from '../support/expect/thrown';
import { until, after } from '../support/time/waiting';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

describe('the quick start', () => {
  test.each([
    ['the embedded store', async () => ({})],
    ['an ioredis 6 client', onRedis],
    [
      'an ioredis 5 client',
      async () => {
        const redis = await testRedis5();
        closeAtEnd({ close: async () => redis.disconnect() });
        return { redis, prefix: randomPrefix() };
      },
    ],
  ])(
    'S-080 S-118 on %s: a resource that needs update accepts a token for it and refuses one for read only',
    async (_name, store) => {
      const { signIn, token, get, put, served } = aGate(await store());
      const both = await signIn(JOHN, 'read update');
      expect(both).toEqual({
        access_token: expect.stringMatching(/^sga_/),
        refresh_token: expect.stringMatching(/^sgr_/),
        token_type: 'Bearer',
        expires_in: 3_600,
        scope: 'read update',
      });
      expect((await put('/orders/1', both.access_token)).status).toBe(200);

      const read = await signIn(JOHN, 'read');
      expect((await get('/orders', read.access_token)).status).toBe(200);
      expect(served()).toBe(2);
      const refused = await put('/orders/1', read.access_token);
      expect([refused.status, refused.body.scope]).toEqual([403, 'update']);
      expect(served()).toBe(2);

      const again = await token(refreshForm(both.refresh_token));
      expect([again.status, again.body.scope]).toEqual([200, 'read update']);
      expect((await put('/orders/1', again.body.access_token as string)).status).toBe(200);
    },
  );

  test('S-107 S-109 grants no scope that was not requested, and the response says `default`', async () => {
    const { signIn, get } = aGate();
    const { access_token, scope } = await signIn(JOHN);
    expect(scope).toBe('default');
    expect((await get('/orders', access_token)).status).toBe(403);
    expect((await get('/me', access_token)).body).toMatchObject({ scopes: [] });
  });

  test('S-194 issues an access token that is valid for the announced lifetime, to the millisecond', async () => {
    const clock = aClock();
    const { signIn, get } = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 60 } });
    const { access_token, expires_in } = await signIn();
    clock.advance(expires_in - 0.001);
    expect((await get('/me', access_token)).status).toBe(200);
    clock.advance(0.001);
    expect((await get('/me', access_token)).status).toBe(401);
    clock.advance(-3_600);
    expect((await get('/me', access_token)).status).toBe(401);
  });
});

describe('a users function', () => {
  /** A gate with a users function, and the arguments of its calls. */
  const asking = (
    answer: (username: string, password: string) => unknown,
    overrides: Partial<ScopegateOptions<TestScope>> = {},
  ) => {
    const asked: (readonly [string, string, SignInContext])[] = [];
    const users = (username: string, password: string, context: SignInContext) => {
      asked.push([username, password, context]);
      return answer(username, password) as null;
    };
    return { ...aGate({ users, ...overrides }), asked };
  };
  const noOrganizations = {
    organizations: [],
    applications: [{ name: 'App', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
  };

  test('receives the part before the last @ and the organization, and its id becomes the subject', async () => {
    const { asked, signIn, get } = asking((username) => ({ id: `u:${username}`, roles: ['clerk'] }));
    const { access_token, scope } = await signIn(['Jack@Gmail.com@JohnsOrg', 'pass word'], 'read update admin');
    expect(scope).toBe('read update');
    expect(asked).toEqual([
      [
        'Jack@Gmail.com',
        'pass word',
        { organization: 'johnsorg', clientId: 'key', address: expect.stringContaining('127.0.0.1') },
      ],
    ]);
    expect(Object.isFrozen(asked[0]?.[2])).toBe(true);
    expect((await get('/me', access_token)).body).toMatchObject({
      subject: 'u:Jack@Gmail.com',
      organization: 'johnsorg',
      clientId: 'key',
    });
  });

  test('receives the whole text if there are no organizations', async () => {
    const { asked, signIn, get } = asking((username) => ({ id: username }), noOrganizations);
    const { access_token } = await signIn(['jack@gmail.com', 'x']);
    expect(asked).toMatchObject([['jack@gmail.com', 'x', { organization: undefined }]]);
    expect((await get('/me', access_token)).body).not.toHaveProperty('organization');
  });

  test('is not called for users of other organizations, who are unknown', async () => {
    const { asked, token } = asking(() => ({ id: 'x' }));
    for (const name of ['jack@other', 'jack', 'jack@', '@'])
      expect((await token(passwordForm([name, 'x']))).body).toMatchObject({ error: 'invalid_grant' });
    expect(asked).toEqual([]);
  });

  test('S-081 S-082 returns null for a wrong name or password, with the same response for both', async () => {
    const { token } = asking(async () => null);
    const answers = await Promise.all(['a@johnsorg', 'b@johnsorg'].map((name) => token(passwordForm([name, 'x']))));
    for (const answer of answers) {
      expect([answer.status, answer.body]).toEqual([
        400,
        { error: 'invalid_grant', error_description: 'The user name or the password is wrong.' },
      ]);
    }
  });

  test('replaces the built-in users completely', async () => {
    const { gate, token } = asking(() => null);
    const creating = gate.directory.users.create({
      username: 'sam',
      organization: 'johnsorg',
      password: 'sam-password',
    });
    await expect(creating).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
    expect((await token(passwordForm(['sam@johnsorg', 'x']))).status).toBe(400);
  });

  const failures: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('canary');
      },
    ],
    ['rejects', () => Promise.reject(new Error('canary'))],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
    ],
    [
      'throws null',
      () => {
        throw null;
      },
    ],
    ['rejects with route', () => Promise.reject('route')],
    ['answers true', () => true],
    ['answers a text', () => 'canary'],
    ['answers no id', () => ({ roles: ['clerk'] })],
    ['answers an empty id', () => ({ id: '' })],
    ['answers a fraction for an id', () => ({ id: 1.5 })],
    ['answers an id with a line break', () => ({ id: 'a\nb' })],
    ['answers an id that is too long', () => ({ id: 'x'.repeat(257) })],
    ['answers roles that are not a list', () => ({ id: 'x', roles: 'clerk' })],
    ['answers roles that are not texts', () => ({ id: 'x', roles: [1] })],
    ['never answers', () => new Promise(() => undefined)],
  ];

  test.each(failures)(
    'S-036 S-037 S-038 that %s leads to 503 with Retry-After, and to a log line for the operator',
    async (_how, answer) => {
      const { token, lines } = asking(answer, { usersDeadline: 20 });
      const refused = await token(passwordForm(['jack@johnsorg', 'secret-of-jack'], 'read'));
      expect([refused.status, refused.body.error, refused.headers['retry-after']]).toEqual([
        503,
        'temporarily_unavailable',
        '1',
      ]);
      expect(refused.body).not.toHaveProperty('access_token');
      expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      expect(JSON.stringify([lines, refused.body])).not.toMatch(/canary|secret-of-jack/);
    },
  );

  test('S-089 never receives anything but texts', async () => {
    const { asked, app } = asking(() => null);
    const bodies = [
      'grant_type=password&username[$ne]=x&password=y',
      'grant_type=password&username=a&username=b&password=y',
    ];
    for (const body of bodies)
      expect(
        (
          await request(app)
            .post('/token')
            .auth(...APPLICATION)
            .type('form')
            .send(body)
        ).status,
      ).toBe(400);
    expect(asked).toEqual([]);
  });
});

describe('a users object with verify and find', () => {
  /** Users kept in an object of a class, as an integrator would write it. */
  class People implements UserSource {
    readonly #roles = new Map<string, readonly string[]>([['jack', ['clerk']]]);
    failing = false;

    async verify(username: string) {
      const roles = this.#roles.get(username);
      return roles === undefined ? null : { id: username, roles };
    }

    async find(subject: string) {
      if (this.failing) throw new Error('canary');
      const roles = this.#roles.get(subject);
      return roles === undefined ? null : { roles };
    }

    setRoles(username: string, roles: readonly string[]): void {
      this.#roles.set(username, roles);
    }

    remove(username: string): void {
      this.#roles.delete(username);
    }
  }

  const opened = async () => {
    const people = new People();
    const test = aGate({ users: people });
    return { ...test, people, tokens: await test.signIn(['jack@johnsorg', 'x'], 'read update') };
  };

  test('S-117 determines the scopes of a refresh by the current roles', async () => {
    const { people, tokens, token } = await opened();
    expect((await token(refreshForm(tokens.refresh_token))).body).toMatchObject({ scope: 'read update' });
    const next = await opened();
    next.people.setRoles('jack', []);
    expect((await next.token(refreshForm(next.tokens.refresh_token))).body).toMatchObject({ scope: 'read' });
    expect(people).not.toBe(next.people);
  });

  test('S-135 ends the grant at a refresh if the user is gone', async () => {
    const { people, tokens, token, get } = await opened();
    people.remove('jack');
    expect((await token(refreshForm(tokens.refresh_token))).body).toMatchObject({ error: 'invalid_grant' });
    expect((await get('/me', tokens.access_token)).status).toBe(401);
    people.setRoles('jack', ['clerk']);
    expect((await token(refreshForm(tokens.refresh_token))).body).toMatchObject({ error: 'invalid_grant' });
  });

  test('S-133 leads to 503 while it fails, and nothing is spent', async () => {
    const { people, tokens, token } = await opened();
    people.failing = true;
    const refused = await token(refreshForm(tokens.refresh_token));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.text).not.toContain('canary');
    people.failing = false;
    expect((await token(refreshForm(tokens.refresh_token))).body).toMatchObject({ scope: 'read update' });
  });

  test('keeps what was granted if it has no find', async () => {
    const { signIn, token } = aGate({ users: { verify: () => ({ id: 'jack', roles: ['clerk'] }) } });
    const tokens = await signIn(['jack@johnsorg', 'x'], 'read update');
    expect((await token(refreshForm(tokens.refresh_token))).body).toMatchObject({ scope: 'read update' });
  });
});

describe('declared users', () => {
  test('sign in with the declared password or hash', async () => {
    const passwordHash = await new Passwords({
      memoryCost: 64,
      timeCost: 2,
      parallelism: 2,
      concurrency: 1,
      queue: 1,
      queueDeadline: 1_000,
    }).hash('from-a-hash');
    const { signIn, token } = aGate({
      users: [
        { username: 'a', organization: 'johnsorg', password: 'in clear' },
        { username: 'b', organization: 'johnsorg', passwordHash, roles: ['clerk'] },
      ],
    });
    await signIn(['a@johnsorg', 'in clear']);
    expect((await signIn(['b@johnsorg', 'from-a-hash'], 'update')).scope).toBe('update');
    expect((await token(passwordForm(['b@johnsorg', passwordHash]))).status).toBe(400);
  });

  test('are all available, however many they are and however short the hash queue is', async () => {
    const users = Array.from({ length: 30 }, (_, index) => ({
      username: `u${index}`,
      organization: 'johnsorg',
      password: `p${index}`,
    }));
    const { gate, signIn } = aGate({ users, passwords: { ...cheapPasswords, concurrency: 1, queue: 2 } });
    for (const index of [0, 1, 2, 3, 15, 29]) await signIn([`u${index}@johnsorg`, `p${index}`]);
    let found = 0;
    for await (const user of gate.directory.users.list()) found += user.enabled ? 1 : 0;
    expect(found).toBe(30);
  });
});

describe('the scopes of a grant', () => {
  test('S-108 S-109 omit by default what is unknown or not for the user, and the response says so', async () => {
    const { signIn } = aGate();
    expect((await signIn(JOHN, 'update nothing read admin')).scope).toBe('update read');
    expect((await signIn(JANE, 'read update')).scope).toBe('read');
    expect((await signIn(JANE, 'update')).scope).toBe('default');
  });

  test('S-108 are refused as a whole if `ungrantedScopes` is `reject`, and nothing is issued', async () => {
    const { token, signIn } = aGate({ ungrantedScopes: 'reject' });
    for (const scope of ['read nothing', 'read admin', 'read update admin']) {
      const refused = await token(passwordForm(JOHN, scope));
      expect([scope, refused.status, refused.body.error]).toEqual([scope, 400, 'invalid_scope']);
    }
    expect((await signIn(JOHN, 'read update')).scope).toBe('read update');
    expect((await signIn(JOHN)).scope).toBe('default');
    expect((await token(passwordForm(JANE, 'update'))).body).toMatchObject({ error: 'invalid_scope' });
  });

  test('S-088 reveal nothing about the password if the client may not have them', async () => {
    const { token } = aGate({ ungrantedScopes: 'reject' });
    const answers = await Promise.all(
      ['wrong', JOHN[1]].map((password) => token(passwordForm([JOHN[0], password], 'nothing'))),
    );
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      [answers[0], answers[0]].map((one) => [one?.status, one?.text]),
    );
  });

  const withPatterns = async (scopesWithoutRoleCheck: readonly (string | RegExp)[]): Promise<string> =>
    (await aGate({ scopesWithoutRoleCheck }).signIn(JANE, 'read update admin')).scope;

  test('S-113 include those that match a pattern without a role check', async () => {
    expect(await withPatterns(['update'])).toBe('read update');
    expect(await withPatterns(['upd*'])).toBe('read update');
    expect(await withPatterns(['*'])).toBe('read update admin');
    expect(await withPatterns([/^(update|admin)$/g])).toBe('read update admin');
    expect(await withPatterns([/^ad/, 'x'])).toBe('read admin');
  });

  test('S-112 S-113 are compared as whole names, in which only * is special', async () => {
    for (const text of ['upd', 'pdate', 'UPDATE', 'u.date', 'update|admin', '[a-z]*', '^update$', ''])
      expect([text, await withPatterns([text])]).toEqual([text, 'read']);
    expect(await withPatterns([])).toBe('read');
  });
});

describe('an application with limits', () => {
  const declared = (more: object): Partial<ScopegateOptions<TestScope>> => ({
    applications: [
      { name: 'Limited', owner: JOHN[0], consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1], ...more },
      { name: 'Other', owner: JOHN[0], consumerKey: 'other', consumerSecret: 'other' },
    ],
  });

  test('S-108 never gets scopes outside its list, and does not limit other applications', async () => {
    const { signIn } = aGate(declared({ scopes: ['read', 'admin'] }));
    expect((await signIn(JOHN, 'read update admin')).scope).toBe('read');
    expect((await signIn(JOHN, 'read update', ['other', 'other'])).scope).toBe('read update');
    expect((await aGate(declared({ scopes: [] })).signIn(JOHN, 'read')).scope).toBe('default');
  });

  test('S-087 may use only its grant types, which is checked before any password', async () => {
    const { token, signIn } = aGate(declared({ grantTypes: ['refresh_token'] }));
    for (const password of [JOHN[1], 'wrong']) {
      const refused = await token(passwordForm([JOHN[0], password]));
      expect([refused.status, refused.body.error]).toEqual([400, 'unauthorized_client']);
    }
    await signIn(JOHN, undefined, ['other', 'other']);
  });

  test('S-138 gets no refresh token if it may not use one', async () => {
    const { token, signIn } = aGate(declared({ grantTypes: ['password'] }));
    const tokens = await signIn();
    expect(tokens).not.toHaveProperty('refresh_token');
    const other = await signIn(JOHN, undefined, ['other', 'other']);
    expect((await token(refreshForm(other.refresh_token))).body).toMatchObject({ error: 'unauthorized_client' });
  });
});

describe('the endpoint paths', () => {
  test('are those of the options, and no others', async () => {
    const { app } = aGate({ paths: { token: '/oauth2/token', live: '/livez', ready: '/readyz' } });
    const sent = request(app)
      .post('/oauth2/token')
      .auth(...APPLICATION)
      .type('form')
      .send(passwordForm(JOHN));
    expect((await sent).status).toBe(200);
    expect((await request(app).get('/livez')).status).toBe(200);
    expect((await request(app).get('/readyz?verbose')).status).toBe(200);
    for (const path of ['/health/live', '/health/ready']) expect((await request(app).get(path)).status).toBe(404);
    expect((await request(app).post('/token')).status).toBe(404);
  });

  test('that are false are left to the host', async () => {
    const { app } = aGate({ paths: { token: false, live: false, ready: false } });
    for (const path of ['/token', '/health/live', '/health/ready']) {
      expect((await request(app).get(path)).status).toBe(404);
      expect((await request(app).post(path)).status).toBe(404);
    }
  });

  test('S-248 S-249 are matched completely and case-sensitively', async () => {
    const { app } = aGate();
    for (const path of ['/Token', '/token/', '/token/x', '/tokens', '/tok%65n', '/x/token'])
      expect((await request(app).post(path)).status).toBe(404);
  });
});

describe('gate.auth', () => {
  test('returns the facts of the token, and nothing else', async () => {
    const clock = aClock(1_800_000_000.75);
    const { signIn, get } = aGate({ clock: clock.now });
    const { access_token } = await signIn(JOHN, 'read update');
    expect((await get('/me', access_token)).body).toEqual({
      subject: JOHN[0],
      clientId: 'key',
      organization: 'johnsorg',
      scopes: ['read', 'update'],
      environment: 'production',
      grantId: grantIdOf(access_token),
      issuedAt: 1_800_000_000,
      expiresAt: 1_800_003_600,
    });
  });

  /** What a guarded handler receives. */
  const inside = async (act: (auth: Auth, incoming: express.Request) => unknown): Promise<unknown> => {
    const { gate, signIn } = aGate();
    let seen: unknown;
    const app = express();
    const before: RequestHandler = (incoming, _response, next) => {
      Object.assign(incoming, { user: 'set by the host', auth: 'forged' });
      next();
    };
    app.get('/', before, gate.requireToken(), (incoming, response) => {
      seen = act(gate.auth(incoming), incoming);
      response.end();
    });
    const { access_token } = await signIn(JOHN, 'read');
    expect((await request(app).get('/').set('Authorization', `Bearer ${access_token}`)).status).toBe(200);
    return seen;
  };

  test('S-339 is frozen, including its scopes', async () => {
    const attempts = (auth: Auth) => [
      thrownBy(() => Object.assign(auth, { subject: 'somebody else' })),
      thrownBy(() => (auth.scopes as string[]).push('admin')),
      thrownBy(() => Object.assign(auth, { more: 1 })),
      thrownBy(() => Reflect.deleteProperty(auth, 'subject')),
      Object.isFrozen(auth) && Object.isFrozen(auth.scopes),
      auth.subject,
      auth.scopes,
    ];
    expect(await inside(attempts)).toEqual([
      expect.any(TypeError),
      expect.any(TypeError),
      expect.any(TypeError),
      undefined,
      true,
      JOHN[0],
      ['read'],
    ]);
  });

  test("S-204 does not read the request's own properties, and does not change them", async () => {
    const seen = await inside((auth, incoming) => [
      auth.subject,
      Reflect.get(incoming, 'user'),
      Reflect.get(incoming, 'auth'),
    ]);
    expect(seen).toEqual([JOHN[0], 'set by the host', 'forged']);
  });

  test('returns the same object each time, as does findAuth', async () => {
    const { gate, signIn } = aGate();
    const app = express();
    let same: readonly unknown[] = [];
    app.get('/', gate.requireScope('read'), (incoming, response) => {
      same = [gate.auth(incoming) === gate.auth(incoming), gate.auth(incoming) === gate.findAuth(incoming)];
      response.end();
    });
    await request(app)
      .get('/')
      .set('Authorization', `Bearer ${(await signIn(JOHN, 'read')).access_token}`);
    expect(same).toEqual([true, true]);
  });

  test('throws on a route without a guard, with a message that names the missing guard and the route', async () => {
    const { gate } = aGate();
    const app = express();
    const thrown: unknown[] = [];
    app.get('/orders/:id', (incoming, response) => {
      thrown.push(
        thrownBy(() => gate.auth(incoming)),
        gate.findAuth(incoming),
      );
      response.end();
    });
    await request(app).get('/orders/1?secret=canary');
    expect(thrown[0]).toBeInstanceOf(UnguardedError);
    expect(thrown[0]).toMatchObject({
      code: 'ERR_SCOPEGATE_UNGUARDED',
      message:
        "ERR_SCOPEGATE_UNGUARDED: gate.auth(req): no guard ran on GET /orders/:id. Add gate.requireScope('...') or gate.requireToken() before this handler.\nSee docs/errors.md#err_scopegate_unguarded",
    });
    expect(thrown[1]).toBeUndefined();
  });

  test('S-171 does not print the query, and tolerates a value that is not a request', () => {
    const { gate } = aGate();
    const auth = gate.auth as (value: object) => unknown;
    expect(thrownBy(() => auth({ method: 'GET', originalUrl: '/a?token=canary' }))).toMatchObject({
      message: expect.not.stringContaining('canary'),
    });
    expect(thrownBy(() => auth({}))).toBeInstanceOf(UnguardedError);
  });

  test('returns nothing after a second guard has refused', async () => {
    const { gate, signIn } = aGate();
    const app = express();
    let seen: unknown = 'not asked';
    app.use(gate.requireToken(), (incoming, response, next) => {
      response.on('finish', () => {
        seen = gate.findAuth(incoming);
      });
      next();
    });
    app.get('/', gate.requireScope('admin'));
    const { access_token } = await signIn();
    expect((await request(app).get('/').set('Authorization', `Bearer ${access_token}`)).status).toBe(403);
    expect(seen).toBeUndefined();
  });
});

describe('an http issuer', () => {
  const warnings = (issuer: string) =>
    aGate({ issuer }).lines.filter(({ level, message }) => level === 'warn' && message.includes('in clear'));

  it.each(['http://api.example.com', 'http://10.0.0.1:8080', 'http://localhost.example.com', 'http://[2001:db8::1]'])(
    'causes a warning when it is not on the loopback: %s',
    (issuer) => {
      expect(warnings(issuer)).toEqual([
        { level: 'warn', fields: { issuer }, message: expect.stringContaining('https') },
      ]);
    },
  );

  it.each([
    'http://127.0.0.1',
    'http://127.8.9.10:80',
    'http://[::1]:8080',
    'http://localhost:3000',
    'http://a.localhost',
    'https://api.example.com',
  ])('causes no warning when nothing crosses a network in clear: %s', (issuer) => {
    expect(warnings(issuer)).toEqual([]);
  });
});

describe('two gates in one process', () => {
  test('S-197 S-357 do not share tokens, users, applications and requests', async () => {
    const one = aGate();
    const other = aGate({
      users: [],
      applications: [{ name: 'Other', owner: JOHN[0], consumerKey: 'other', consumerSecret: 'other' }],
    });
    const { access_token, refresh_token } = await one.signIn();
    expect((await other.get('/me', access_token)).status).toBe(401);
    expect((await other.token(refreshForm(refresh_token), ['other', 'other'])).body).toMatchObject({
      error: 'invalid_grant',
    });
    expect((await other.token(passwordForm(JOHN))).status).toBe(401);
    expect((await other.token(passwordForm(JOHN), ['other', 'other'])).body).toMatchObject({
      error: 'invalid_grant',
    });
    await one.gate.directory.users.create({ username: 'sam', organization: 'johnsorg', password: 'sam-password' });
    expect(await other.gate.directory.users.find('sam@johnsorg')).toBeUndefined();

    const app = express();
    let thrown: unknown;
    app.get('/', one.gate.requireToken(), (incoming, response) => {
      thrown = thrownBy(() => other.gate.auth(incoming));
      response.end();
    });
    expect((await request(app).get('/').set('Authorization', `Bearer ${access_token}`)).status).toBe(200);
    expect(thrown).toBeInstanceOf(UnguardedError);

    await one.close();
    await other.signIn(JOHN, undefined, ['other', 'other']).catch(() => undefined);
    expect((await other.get('/me')).status).toBe(401);
  });

  test('S-197 S-357 on one Redis are separated by different prefixes and joined by the same prefix', async () => {
    const { redis, prefix } = await onRedis();
    const [one, same, other] = [
      aGate({ redis, prefix }),
      aGate({ redis, prefix }),
      aGate({ redis, prefix: randomPrefix() }),
    ];
    const { access_token, refresh_token } = await one.signIn();
    expect((await same.get('/me', access_token)).status).toBe(200);
    expect((await other.get('/me', access_token)).status).toBe(401);
    expect((await other.token(refreshForm(refresh_token))).body).toMatchObject({ error: 'invalid_grant' });
    expect((await same.token(refreshForm(refresh_token))).status).toBe(200);
  });

  test('S-357 can share an app, each with its own endpoints and guards', async () => {
    const app = express();
    const [one, other] = [aGate(), aGate({ scopes: { read: 'x', update: 'x', admin: 'x' } })];
    app.use('/one', one.gate.routes(), one.gate.requireScope('update'));
    app.use('/other', other.gate.routes(), other.gate.requireScope('update'));
    app.use((_request, response) => {
      response.json({});
    });
    const tokenOf = async (mount: string): Promise<string> => {
      const sent = request(app)
        .post(`${mount}/token`)
        .auth(...APPLICATION)
        .type('form')
        .send(passwordForm(JANE, 'update'));
      return (await sent).body.access_token as string;
    };
    const [first, second] = [await tokenOf('/one'), await tokenOf('/other')];
    const status = async (path: string, token: string) =>
      (await request(app).get(path).set('Authorization', `Bearer ${token}`)).status;
    expect([await status('/one', first), await status('/other', second)]).toEqual([403, 200]);
    expect([await status('/one', second), await status('/other', first)]).toEqual([401, 401]);
  });
});

describe('the realm', () => {
  const challenges = async (overrides: Partial<ScopegateOptions<TestScope>>) => {
    const { get, token } = aGate(overrides);
    return [
      (await get('/me')).headers['www-authenticate'],
      (await token(passwordForm(JOHN), null)).headers['www-authenticate'],
    ];
  };

  test('S-043 S-177 is in the challenges of guards and of the token endpoint', async () => {
    expect(await challenges({ realm: 'the orders of John & Co.' })).toEqual([
      'Bearer realm="the orders of John & Co.", resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource"',
      'Basic realm="the orders of John & Co.", charset="UTF-8"',
    ]);
  });

  test("is the issuer's host by default", async () => {
    expect(await challenges({ issuer: 'http://api.example.com:8443/auth' })).toEqual([
      'Bearer realm="api.example.com:8443", resource_metadata="http://api.example.com:8443/.well-known/oauth-protected-resource"',
      'Basic realm="api.example.com:8443", charset="UTF-8"',
    ]);
  });
});

describe('the health endpoints', () => {
  test('answer 200 to GET and HEAD without a token, and 405 to other methods', async () => {
    const { app } = aGate();
    const live = await request(app).get('/health/live');
    expect([live.status, live.body, live.headers['cache-control']]).toEqual([200, { status: 'ok' }, 'no-store']);
    const ready = await request(app).get('/health/ready');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ok', stores: { memory: 'ok' } }]);
    for (const path of ['/health/live', '/health/ready']) {
      const head = await request(app).head(path);
      expect([head.status, head.text]).toEqual([200, undefined]);
      const post = await request(app).post(path);
      expect([post.status, post.headers['allow'], post.body.error]).toEqual([405, 'GET, HEAD', 'method_not_allowed']);
    }
  });

  test('S-303 S-164 report which store is unavailable, and nothing more, and recover by themselves', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const { gate, app, get, signIn } = aGate({ redis, prefix: randomPrefix() });
    redis.disconnect(); // the gate has a connection of its own
    await gate.ready();
    expect((await request(app).get('/health/ready')).body).toEqual({ status: 'ok', stores: { redis: 'ok' } });
    const { access_token } = await signIn();

    await server.stop();
    await until(async () => (await request(app).get('/health/ready')).status === 503);
    const ready = await request(app).get('/health/ready');
    expect([ready.body, ready.headers['retry-after']]).toEqual([
      { status: 'unavailable', stores: { redis: 'away' } },
      '1',
    ]);
    expect((await request(app).get('/health/live')).status).toBe(200);
    const guarded = await get('/me', access_token);
    expect([guarded.status, guarded.headers['retry-after']]).toEqual([503, '1']);

    await server.start();
    await gate.ready();
    expect((await request(app).get('/health/ready')).status).toBe(200);
    await signIn();
    await gate.close();
    await server.close();
  });
});

describe('gate.ready', () => {
  test('resolves immediately on the embedded store', async () => {
    await aGate().gate.ready();
  });

  test('S-303 waits until Redis answers, and the first request after that succeeds', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    redis.disconnect(); // only its options are needed
    await server.stop();
    const { gate, signIn } = aGate({ redis, prefix: randomPrefix() });
    let isReady = false;
    const ready = gate.ready().then(() => {
      isReady = true;
    });
    await after(100);
    expect(isReady).toBe(false);
    await server.start();
    await ready;
    await signIn();
    await gate.close();
    await server.close();
  });

  test('rejects when the gate is closed', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    redis.disconnect(); // only its options are needed
    await server.stop();
    const { gate } = aGate({ redis, prefix: randomPrefix() });
    const ready = gate.ready();
    await gate.close();
    await ready;
    await server.close();
  });
});

describe('gate.close', () => {
  const connections = async (redis: Redis): Promise<number> =>
    String(await redis.client('LIST'))
      .trim()
      .split('\n').length;

  test('closes what the gate opened, and does not change the Redis client that was passed in', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const before = await connections(redis);
    const { gate, signIn, get } = aGate({ redis, prefix: randomPrefix() });
    await gate.ready();
    const { access_token } = await signIn();
    expect(await connections(redis)).toBeGreaterThan(before);

    await gate.close();
    await until(async () => (await connections(redis)) === before);
    expect(await redis.ping()).toBe('PONG');
    expect(redis.listenerCount('error')).toBe(1);
    expect((await get('/me', access_token)).status).toBe(503);
    await gate.close();
    redis.disconnect();
    await server.close();
  });

  test('discards tokens in memory, and no request is allowed afterwards', async () => {
    const { gate, signIn, get } = aGate();
    const { access_token } = await signIn();
    await gate.close();
    expect((await get('/me', access_token)).status).not.toBe(200);
    await gate.close();
  });
});

test('is preceded by a warning at the start that embedded stores lose their data, and by none with Redis', async () => {
  expect(aGate().lines).toMatchObject([
    { level: 'warn', fields: { store: 'memory' }, message: expect.stringContaining('lost when it ends') },
  ]);
  const { gate, lines } = aGate(await onRedis());
  await gate.ready();
  expect(lines).toEqual([]);
});

test('warnings become process warnings if there is no logger', async () => {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  closeAtEnd(scopegate({ issuer: 'http://127.0.0.1' }));
  expect(emitted.mock.calls).toEqual([[expect.stringContaining('{"store":"memory"}'), 'ScopegateWarning']]);
  emitted.mockRestore();
});

test('routes() is one middleware that passes all other requests on', async () => {
  const { logger } = recordedLogger();
  const gate = closeAtEnd(scopegate({ issuer: 'http://127.0.0.1', logger }));
  const app = express()
    .use(gate.routes())
    .use((_request, response) => {
      response.status(418).end();
    });
  for (const path of ['/', '/tokens', '/health', '/.well-known/nothing'])
    expect((await request(app).get(path)).status).toBe(418);
});
