import request from 'supertest';
import type { ScopegateOptions, SignInContext, UserSource } from 'scopegate';
import { aGate, APPLICATION, type TestScope } from '../support/gate/gate';
import { passwordForm, refreshForm } from '../support/tokens/forms';

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
