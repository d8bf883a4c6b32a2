import type { ApplicationInfo, GeneratedKeys, ScopegateOptions } from 'scopegate';
import { aClock } from '../support/time/clock';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, JANE, JOHN, MARY, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm, refreshForm } from '../support/tokens/forms';

const declared = expect.objectContaining({ name: 'DirectoryError', code: 'ERR_SCOPEGATE_DECLARED' });
const exists = expect.objectContaining({ name: 'DirectoryError', code: 'ERR_SCOPEGATE_EXISTS' });
const notFound = expect.objectContaining({ name: 'DirectoryError', code: 'ERR_SCOPEGATE_NOT_FOUND' });
const badValue = expect.objectContaining({ name: 'DirectoryError', code: 'ERR_SCOPEGATE_VALUE' });

/** Consumer key and secret as the token endpoint takes them. */
const pairOf = ({ clientId, clientSecret }: GeneratedKeys): Pair => [clientId, clientSecret];

describe.each(everyStore)('management in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...overrides });

  /** An application of johnsorg with a production key pair. */
  const anApplication = async ({ gate }: TestGate): Promise<{ info: ApplicationInfo; keys: GeneratedKeys }> => {
    const info = await gate.directory.applications.create({ name: 'Made app', owner: JOHN[0] });
    return { info, keys: await gate.directory.applications.generateKeys(info.id, { environment: 'production' }) };
  };

  const SAM: Pair = ['sam@johnsorg', 'sam-password'];

  const aUser = ({ gate }: TestGate, roles: readonly string[] = ['clerk']) =>
    gate.directory.users.create({ username: 'sam', organization: 'johnsorg', password: SAM[1], roles });

  const statusOf = async (test: PromiseLike<{ status: number }>): Promise<number> => (await test).status;

  describe('of organizations', () => {
    test('creates them, finds them by their key in any case, and lists them after the declared ones', async () => {
      const { gate } = await open();
      const { organizations } = gate.directory;
      const made = await organizations.create({ key: 'AcmeCorp', name: 'Acme' });
      expect(made).toEqual({ key: 'acmecorp', name: 'Acme', enabled: true });
      expect(await organizations.find('ACMECORP')).toEqual(made);
      expect(await organizations.find('johnsorg')).toEqual({
        key: 'johnsorg',
        name: "John's organization",
        enabled: true,
      });
      expect(await organizations.find('nobody')).toBeUndefined();
      expect((await collect(organizations.list())).map(({ key }) => key)).toEqual(['johnsorg', 'acmecorp']);
    });

    test('requires unique keys and valid values', async () => {
      const { gate } = await open();
      const { organizations } = gate.directory;
      await organizations.create({ key: 'acme' });
      for (const key of ['acme', 'ACME', 'johnsorg'])
        expect(await rejectionOf(organizations.create({ key }))).toEqual(exists);
      for (const key of ['', 'a@b', 'a b', '-a', 'x'.repeat(65)])
        expect(await rejectionOf(organizations.create({ key }))).toEqual(badValue);
      expect(await rejectionOf(organizations.create({ key: 'b', name: 'a\nb' }))).toEqual(badValue);
      expect(await organizations.find('b')).toBeUndefined();
    });

    test('does not change declared ones', async () => {
      const { gate, signIn } = await open();
      const { organizations } = gate.directory;
      for (const act of [organizations.enable, organizations.disable, organizations.remove]) {
        expect(await rejectionOf(act('JohnsOrg'))).toEqual(declared);
      }
      await signIn();
    });

    test('rejects for missing ones', async () => {
      const { organizations } = (await open()).gate.directory;
      for (const act of [organizations.enable, organizations.disable, organizations.remove]) {
        expect(await rejectionOf(act('nobody'))).toEqual(notFound);
      }
    });

    /** An organization made at run time, with a user and an application in it. */
    const anOrganization = async (test: TestGate, key: string) => {
      const { organizations, users, applications } = test.gate.directory;
      await organizations.create({ key });
      await users.create({ username: 'sam', organization: key, password: `${key}-password` });
      const { id } = await applications.create({ name: `App of ${key}`, owner: `sam@${key}` });
      const user: Pair = [`sam@${key}`, `${key}-password`];
      return { user, credentials: pairOf(await applications.generateKeys(id, { environment: 'production' })) };
    };

    test('S-085 ends all grants of a disabled one immediately, and refuses its users and applications', async () => {
      const test = await open();
      const { gate, get, token, signIn } = test;
      const acme = await anOrganization(test, 'acme');
      const other = await signIn();
      const tokens = await signIn(acme.user, undefined, acme.credentials);
      expect(await statusOf(get('/me', tokens.access_token))).toBe(200);

      expect(await gate.directory.organizations.disable('Acme')).toEqual({ key: 'acme', enabled: false });
      expect(await statusOf(get('/me', tokens.access_token))).toBe(401);
      expect((await token(passwordForm(acme.user), acme.credentials)).body).toMatchObject({ error: 'invalid_client' });
      expect((await token(refreshForm(tokens.refresh_token), acme.credentials)).body).toMatchObject({
        error: 'invalid_client',
      });
      expect(await statusOf(get('/me', other.access_token))).toBe(200);

      await gate.directory.organizations.enable('acme');
      expect(await statusOf(get('/me', tokens.access_token))).toBe(401);
      expect((await token(refreshForm(tokens.refresh_token), acme.credentials)).body).toMatchObject({
        error: 'invalid_grant',
      });
      await signIn(acme.user, undefined, acme.credentials);
    });

    test('S-085 removes one for good, and what belongs to it stays refused', async () => {
      const test = await open();
      const { gate, get, token, signIn } = test;
      const acme = await anOrganization(test, 'acme');
      const { access_token } = await signIn(acme.user, undefined, acme.credentials);
      await gate.directory.organizations.remove('acme');
      expect(await gate.directory.organizations.find('acme')).toBeUndefined();
      expect(await statusOf(get('/me', access_token))).toBe(401);
      expect(await statusOf(token(passwordForm(acme.user), acme.credentials))).toBe(401);
      expect(await statusOf(token(passwordForm(acme.user)))).toBe(400);
    });

    test('separates their user names, applications and tokens', async () => {
      const test = await open();
      const { get, token, signIn } = test;
      const acme = await anOrganization(test, 'acme');
      const beta = await anOrganization(test, 'beta');

      // The same name in two organizations is two users.
      const tokens = await signIn(acme.user, undefined, acme.credentials);
      expect((await get('/me', tokens.access_token)).body).toMatchObject({ subject: 'sam@acme', organization: 'acme' });
      expect(await statusOf(token(passwordForm(['sam@acme', 'beta-password']), acme.credentials))).toBe(400);

      // An application signs in users of its own organization; the others are unknown to it.
      const unknown = await token(passwordForm(['nobody@acme', 'x']), acme.credentials);
      expect(unknown.body).toMatchObject({ error: 'invalid_grant' });
      for (const user of [
        beta.user,
        JOHN,
        ['sam', 'acme-password'],
        ['sam@', 'acme-password'],
        ['sam@nowhere', 'x'],
      ] as const) {
        const answer = await token(passwordForm(user), acme.credentials);
        expect([user, answer.status, answer.text]).toEqual([user, 400, unknown.text]);
      }

      // And no application refreshes what another's users were given.
      expect((await token(refreshForm(tokens.refresh_token), beta.credentials)).body).toMatchObject({
        error: 'invalid_grant',
      });
      expect(await statusOf(get('/me', tokens.access_token))).toBe(200);
    });

    test('lets an application without an owner sign in no user', async () => {
      const { gate, token } = await open();
      const { id } = await gate.directory.applications.create({ name: 'Nobody has it' });
      const keys = await gate.directory.applications.generateKeys(id, { environment: 'production' });
      expect((await token(passwordForm(JOHN), pairOf(keys))).body).toMatchObject({ error: 'invalid_grant' });
    });

    test('does not assign a user from before organizations to one, even if the name looks like it', async () => {
      const { gate, token } = await open({ organizations: [], users: [], applications: [] });
      const { organizations, users, applications } = gate.directory;
      await users.create({ username: 'sam@acme', password: 'old-password' });
      await organizations.create({ key: 'acme' });
      const { id } = await applications.create({ name: 'App', owner: 'boss@acme' });
      const keys = await applications.generateKeys(id, { environment: 'production' });
      expect((await token(passwordForm(['sam@acme', 'old-password']), pairOf(keys))).body).toMatchObject({
        error: 'invalid_grant',
      });
    });
  });

  describe('of users', () => {
    test('creates them, finds them by full name in any case, and lists them after the declared ones', async () => {
      const test = await open();
      const { users } = test.gate.directory;
      const made = await users.create({
        username: 'Sam@Gmail.com',
        organization: 'JohnsOrg',
        password: SAM[1],
        roles: ['clerk'],
      });
      const expected = {
        username: 'sam@gmail.com@johnsorg',
        organization: 'johnsorg',
        roles: ['clerk'],
        enabled: true,
      };
      expect(made).toEqual(expected);
      expect(await users.find('SAM@gmail.com@JOHNSORG')).toEqual(expected);
      expect(await users.find(JOHN[0])).toEqual({
        username: JOHN[0],
        organization: 'johnsorg',
        roles: ['clerk'],
        enabled: true,
      });
      for (const name of ['sam@gmail.com', 'sam', '', '@', 'sam@gmail.com@nowhere', '__proto__']) {
        expect([name, await users.find(name)]).toEqual([name, undefined]);
      }
      expect((await collect(users.list())).map(({ username }) => username)).toEqual([
        JOHN[0],
        JANE[0],
        MARY[0],
        expected.username,
      ]);
    });

    test('S-345 never returns their password or its hash', async () => {
      const test = await open();
      const { users } = test.gate.directory;
      const shown = [await aUser(test), await users.find(SAM[0]), ...(await collect(users.list()))];
      expect(JSON.stringify(shown)).not.toMatch(/password|argon2/i);
    });

    test('S-091 S-092 requires unique names, in whatever form they are written', async () => {
      const { users } = (await open()).gate.directory;
      const make = (username: string) =>
        users.create({ username, organization: 'johnsorg', password: 'made-password' });
      await make('caf\u00e9');
      await make('stra\u00dfe');
      for (const username of ['caf\u00e9', 'CAFE\u0301', 'John@Gmail.com', 'Stra\u00dfe', 'STRASSE'])
        expect(await rejectionOf(make(username))).toEqual(exists);
      for (const username of ['\u212Aelvin', '\uff4aohn', 'a b', '', 'a\0', '\ud800', 'x'.repeat(257)]) {
        expect(await rejectionOf(make(username))).toEqual(badValue);
      }
    });

    test('S-091 lets them sign in with their name in any case and composition', async () => {
      const test = await open();
      await test.gate.directory.users.create({
        username: 'Émile',
        organization: 'johnsorg',
        password: 'made-password',
      });
      for (const name of ['émile@johnsorg', 'ÉMILE@JOHNSORG', 'e\u0301mile@JohnsOrg']) {
        const { access_token } = await test.signIn([name, 'made-password']);
        expect((await test.get('/me', access_token)).body).toMatchObject({ subject: 'émile@johnsorg' });
      }
    });

    test('requires valid values', async () => {
      const { users } = (await open()).gate.directory;
      const base = { username: 'sam', organization: 'johnsorg', password: SAM[1] };
      expect(await rejectionOf(users.create({ username: 'sam', password: SAM[1] }))).toEqual(badValue);
      expect(await rejectionOf(users.create({ ...base, organization: 'nowhere' }))).toEqual(notFound);
      for (const password of ['', 'x'.repeat(1_025), 'a\0b', 'a\nb']) {
        const thrown = await rejectionOf(users.create({ ...base, password }));
        expect(thrown).toEqual(badValue);
        if (password.length > 2) expect((thrown as Error).message).not.toContain(password);
      }
      for (const role of ['', 'two words', 'a\n'])
        expect(await rejectionOf(users.create({ ...base, roles: [role] }))).toEqual(badValue);
      expect(await users.find('sam@johnsorg')).toBeUndefined();
    });

    test('S-086 ends all their grants when the password changes', async () => {
      const test = await open();
      await aUser(test);
      const { gate, get, token, signIn } = test;
      const tokens = [await signIn(SAM), await signIn(SAM)];
      const other = await signIn();

      expect(await gate.directory.users.setPassword('SAM@johnsorg', 'another-password')).toMatchObject({
        username: SAM[0],
      });
      for (const { access_token, refresh_token } of tokens) {
        expect(await statusOf(get('/me', access_token))).toBe(401);
        expect((await token(refreshForm(refresh_token))).body).toMatchObject({ error: 'invalid_grant' });
      }
      expect(await statusOf(token(passwordForm(SAM)))).toBe(400);
      await signIn([SAM[0], 'another-password']);
      expect(await statusOf(get('/me', other.access_token))).toBe(200);
      expect(await rejectionOf(gate.directory.users.setPassword(SAM[0], ''))).toEqual(badValue);
      await signIn([SAM[0], 'another-password']);
    });

    test('S-117 ends their access tokens when roles change, and the next refresh grants what is left', async () => {
      const test = await open();
      await aUser(test);
      const { gate, get, put, token, signIn } = test;
      const before = await signIn(SAM, 'read update');
      expect(before.scope).toBe('read update');
      expect(await statusOf(put('/orders/1', before.access_token))).toBe(200);

      expect(await gate.directory.users.setRoles(SAM[0], ['manager'])).toMatchObject({ roles: ['manager'] });
      expect(await statusOf(get('/orders', before.access_token))).toBe(401);
      const after = await token(refreshForm(before.refresh_token));
      expect([after.status, after.body.scope]).toEqual([200, 'read']);
      expect(await statusOf(put('/orders/1', after.body.access_token as string))).toBe(403);
      expect(await statusOf(get('/orders', after.body.access_token as string))).toBe(200);

      // A refresh does not restore what was lost: the grant has shrunk.
      await gate.directory.users.setRoles(SAM[0], ['clerk']);
      expect((await token(refreshForm(after.body.refresh_token as string))).body).toMatchObject({ scope: 'read' });
    });

    test('S-085 S-135 refuses disabled ones like unknown ones, and ends all their grants', async () => {
      const test = await open();
      await aUser(test);
      const { gate, get, token, signIn } = test;
      const { access_token, refresh_token } = await signIn(SAM);
      const unknown = await token(passwordForm(['nobody@johnsorg', 'x']));

      expect(await gate.directory.users.disable(SAM[0])).toMatchObject({ enabled: false });
      const refused = await token(passwordForm(SAM));
      expect([refused.status, refused.text]).toEqual([400, unknown.text]);
      expect(await statusOf(get('/me', access_token))).toBe(401);
      expect((await token(refreshForm(refresh_token))).body).toMatchObject({ error: 'invalid_grant' });

      expect(await gate.directory.users.enable(SAM[0])).toMatchObject({ enabled: true });
      expect(await statusOf(get('/me', access_token))).toBe(401);
      expect(await statusOf(token(refreshForm(refresh_token)))).toBe(400);
      await signIn(SAM);
    });

    test('S-085 removes one with all its grants, and frees the name', async () => {
      const test = await open();
      await aUser(test);
      const { gate, get, token, signIn } = test;
      const { access_token, refresh_token } = await signIn(SAM);
      await gate.directory.users.remove('Sam@johnsorg');
      expect(await gate.directory.users.find(SAM[0])).toBeUndefined();
      expect(await statusOf(token(passwordForm(SAM)))).toBe(400);
      expect(await statusOf(get('/me', access_token))).toBe(401);
      await gate.directory.users.create({ username: 'sam', organization: 'johnsorg', password: 'new-password' });
      expect((await token(refreshForm(refresh_token))).body).toMatchObject({ error: 'invalid_grant' });
      await signIn(['sam@johnsorg', 'new-password']);
    });

    test('does not change declared ones, and does not create them a second time', async () => {
      const { gate, get, signIn } = await open();
      const { users } = gate.directory;
      const { access_token } = await signIn();
      const acts = [
        () => users.setPassword(JOHN[0], 'new-password'),
        () => users.setRoles(JOHN[0], []),
        () => users.enable(JOHN[0]),
        () => users.disable('JOHN@gmail.com@JohnsOrg'),
        () => users.remove(JOHN[0]),
      ];
      for (const act of acts) expect(await rejectionOf(act())).toEqual(declared);
      expect(
        await rejectionOf(
          users.create({ username: 'john@gmail.com', organization: 'johnsorg', password: 'new-password' }),
        ),
      ).toEqual(exists);
      expect(await statusOf(get('/me', access_token))).toBe(200);
      await signIn();
    });

    test('rejects for missing ones', async () => {
      const { users } = (await open()).gate.directory;
      const acts = [
        () => users.setPassword('no@johnsorg', 'new-password'),
        () => users.setRoles('no@johnsorg', []),
        () => users.enable('no@johnsorg'),
        () => users.disable('no@johnsorg'),
        () => users.remove('no@johnsorg'),
      ];
      for (const act of acts) expect(await rejectionOf(act())).toEqual(notFound);
    });

    test('takes the whole text as the name if there are no organizations', async () => {
      const { gate, get, signIn } = await open({
        organizations: [],
        users: [{ username: 'john@gmail.com', password: 'x' }],
        applications: [{ name: 'App', consumerKey: 'key', consumerSecret: 'secret', owner: 'anybody' }],
      });
      expect(await gate.directory.users.create({ username: 'Sam@x.org', password: 'made-password' })).toEqual({
        username: 'sam@x.org',
        roles: [],
        enabled: true,
      });
      for (const user of [
        ['john@gmail.com', 'x'],
        ['SAM@x.org', 'made-password'],
      ] as const) {
        const body: unknown = (await get('/me', (await signIn(user)).access_token)).body;
        expect(body).toMatchObject({ subject: user[0].toLowerCase() });
        expect(body).not.toHaveProperty('organization');
      }
      expect(
        await rejectionOf(gate.directory.users.create({ username: 'a', organization: 'b', password: 'made-password' })),
      ).toEqual(notFound);
    });
  });

  describe('of applications', () => {
    test('creates them without keys, finds them by their id, and lists them after the declared ones', async () => {
      const { gate } = await open();
      const { applications } = gate.directory;
      const made = await applications.create({
        name: 'Made app',
        owner: JOHN[0],
        grantTypes: ['password'],
        scopes: ['read'],
      });
      expect(made).toEqual({
        id: expect.stringMatching(/^[A-Za-z0-9_-]{16}$/),
        name: 'Made app',
        owner: JOHN[0],
        organization: 'johnsorg',
        grantTypes: ['password'],
        subscriptions: [],
        scopes: ['read'],
        introspect: false,
        enabled: true,
        keys: {},
      });
      expect(await applications.find(made.id)).toEqual(made);
      expect(await applications.find('nothing')).toBeUndefined();
      expect((await collect(applications.list())).map(({ name }) => name)).toEqual(['Orders app', 'Made app']);
    });

    test('requires valid values', async () => {
      const { applications } = (await open()).gate.directory;
      for (const name of ['', 'a\nb', 'x'.repeat(101)])
        expect(await rejectionOf(applications.create({ name }))).toEqual(badValue);
      expect(await rejectionOf(applications.create({ name: 'a', owner: 'no-organization' }))).toEqual(badValue);
      expect(await rejectionOf(applications.create({ name: 'a', owner: 'x@nowhere' }))).toEqual(notFound);
      expect(await rejectionOf(applications.create({ name: 'a', scopes: ['raed'] }))).toEqual(badValue);
      expect(await rejectionOf(applications.create({ name: 'a', subscriptions: ['nothing'] }))).toEqual(badValue);
      const grantTypes = ['passwrod'] as unknown as readonly ['password'];
      expect(await rejectionOf(applications.create({ name: 'a', grantTypes }))).toEqual(badValue);
      expect(await collect(applications.list())).toHaveLength(1);
    });

    test('S-292 returns a generated secret once and never again', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      expect(keys).toEqual({
        clientId: expect.stringMatching(/^[A-Za-z0-9]{28}$/),
        clientSecret: expect.stringMatching(/^sgs_[A-Za-z0-9_-]{49}$/),
        secretId: expect.any(String),
      });
      await test.signIn(JOHN, undefined, pairOf(keys));
      const { applications } = test.gate.directory;
      const shown = JSON.stringify([
        await applications.find(info.id),
        await collect(applications.list()),
        await applications.disable(info.id),
      ]);
      expect(shown).not.toContain(keys.clientSecret);
      expect(shown).not.toContain('digest');
      expect((await applications.find(info.id))?.keys).toEqual({
        production: {
          clientId: keys.clientId,
          secrets: [{ id: keys.secretId, lastFour: keys.clientSecret.slice(-4), createdAt: expect.any(Number) }],
        },
      });
    });

    test('generates a key pair for each environment, and the token names the environment', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      const sandbox = await test.gate.directory.applications.generateKeys(info.id, { environment: 'sandbox' });
      expect(sandbox.clientId).not.toBe(keys.clientId);
      for (const [environment, pair] of [
        ['production', keys],
        ['sandbox', sandbox],
      ] as const) {
        const { access_token } = await test.signIn(JOHN, undefined, pairOf(pair));
        expect((await test.get('/me', access_token)).body).toMatchObject({ environment, clientId: pair.clientId });
      }
      expect(await statusOf(test.token(passwordForm(JOHN), [keys.clientId, sandbox.clientSecret]))).toBe(401);
      const staging = 'staging' as 'sandbox';
      expect(
        await rejectionOf(test.gate.directory.applications.generateKeys(info.id, { environment: staging })),
      ).toEqual(badValue);
    });

    test('S-049 accepts imported keys, so that clients of an earlier system keep working', async () => {
      const test = await open();
      const { applications } = test.gate.directory;
      const { id } = await applications.create({ name: 'Old', owner: JOHN[0] });
      const order = { environment: 'production', clientId: 'old.key', clientSecret: 'a:b:c' } as const;
      expect(await applications.generateKeys(id, order)).toMatchObject({ clientId: 'old.key', clientSecret: 'a:b:c' });
      await test.signIn(JOHN, undefined, ['old.key', 'a:b:c']);
      expect(await statusOf(test.token(passwordForm(JOHN), ['old.key', 'a:b']))).toBe(401);
      expect(await statusOf(test.token(passwordForm(JOHN), ['old.key', 'a']))).toBe(401);
    });

    test('S-050 refuses imported keys that cannot be sent in a request', async () => {
      const { applications } = (await open()).gate.directory;
      const { id } = await applications.create({ name: 'Old', owner: JOHN[0] });
      const order = { environment: 'production', clientId: 'k', clientSecret: 's' } as const;
      for (const clientId of ['with:colon', '', 'with space', 'é', 'a\n', 'x'.repeat(129)]) {
        expect(await rejectionOf(applications.generateKeys(id, { ...order, clientId }))).toEqual(badValue);
      }
      for (const clientSecret of ['', 'é-canary', 'a\n-canary', 'x'.repeat(257)]) {
        const thrown = await rejectionOf(applications.generateKeys(id, { ...order, clientSecret }));
        expect(thrown).toEqual(badValue);
        expect((thrown as Error).message).not.toContain('canary');
      }
      expect((await applications.find(id))?.keys).toEqual({});
      await applications.generateKeys(id, order);
    });

    test('S-289 refuses a key of another application, declared or created, and does not change that one', async () => {
      const test = await open();
      const { applications } = test.gate.directory;
      const { keys } = await anApplication(test);
      const { id } = await applications.create({ name: 'Second', owner: JOHN[0] });
      for (const clientId of ['key', keys.clientId]) {
        const order = { environment: 'production', clientId, clientSecret: 'stolen' } as const;
        expect(await rejectionOf(applications.generateKeys(id, order))).toEqual(exists);
        expect(await statusOf(test.token(passwordForm(JOHN), [clientId, 'stolen']))).toBe(401);
      }
      await test.signIn();
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('refuses the key of one environment for the other, because its secret could never be used', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      const order = { environment: 'sandbox', clientId: keys.clientId, clientSecret: 'other' } as const;
      expect(await rejectionOf(applications.generateKeys(info.id, order))).toMatchObject({ name: 'DirectoryError' });
      expect((await applications.find(info.id))?.keys.sandbox).toBeUndefined();
      const { access_token } = await test.signIn(JOHN, undefined, pairOf(keys));
      expect((await test.get('/me', access_token)).body).toMatchObject({ environment: 'production' });
    });

    test('S-073 keeps several secrets for one key, each until it expires', async () => {
      const clock = aClock();
      const test = await open({ clock: clock.now });
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      const order = { environment: 'production', label: 'rotation', expiresAt: clock.now() + 60 } as const;
      const second = await applications.generateKeys(info.id, order);
      expect(second.clientId).toBe(keys.clientId);
      expect((await applications.find(info.id))?.keys.production?.secrets).toMatchObject([
        { id: keys.secretId },
        { id: second.secretId, label: 'rotation', expiresAt: order.expiresAt, createdAt: clock.now() },
      ]);
      for (const pair of [keys, second]) await test.signIn(JOHN, undefined, pairOf(pair));

      clock.advance(59.999);
      await test.signIn(JOHN, undefined, pairOf(second));
      clock.advance(0.001);
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(second)))).toBe(401);
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('refuses an invalid label or expiry', async () => {
      const test = await open();
      const { info } = await anApplication(test);
      const { applications } = test.gate.directory;
      for (const order of [
        { label: 'a\nb' },
        { expiresAt: Number.NaN },
        { expiresAt: '2030-01-01' as unknown as number },
      ]) {
        expect(await rejectionOf(applications.generateKeys(info.id, { environment: 'production', ...order }))).toEqual(
          badValue,
        );
      }
      expect((await applications.find(info.id))?.keys.production?.secrets).toHaveLength(1);
    });

    test('S-299 keeps each of many secrets that are created concurrently', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      const made = await Promise.all(
        Array.from({ length: 5 }, () => applications.generateKeys(info.id, { environment: 'production' })),
      );
      expect((await applications.find(info.id))?.keys.production?.secrets).toHaveLength(6);
      for (const pair of [keys, ...made]) await test.signIn(JOHN, undefined, pairOf(pair));
    });

    test('S-299 creates one key for many concurrent first calls, and refuses the rest', async () => {
      const test = await open();
      const { applications } = test.gate.directory;
      const { id } = await applications.create({ name: 'New', owner: JOHN[0] });
      const orders = Array.from({ length: 5 }, () => applications.generateKeys(id, { environment: 'production' }));
      const made = (await Promise.allSettled(orders)).flatMap((outcome) => {
        if (outcome.status === 'fulfilled') return [outcome.value];
        expect(outcome.reason).toMatchObject({ name: 'DirectoryError' });
        return [];
      });
      expect(made.length).toBeGreaterThan(0);
      for (const pair of made) await test.signIn(JOHN, undefined, pairOf(pair));
    });

    test('revokes a secret and the grants of its key, and keeps the other secrets', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      const second = await applications.generateKeys(info.id, { environment: 'production' });
      const sandbox = await applications.generateKeys(info.id, { environment: 'sandbox' });
      const tokens = await test.signIn(JOHN, undefined, pairOf(keys));
      const inSandbox = await test.signIn(JOHN, undefined, pairOf(sandbox));

      expect((await applications.revokeSecret(info.id, keys.secretId)).keys.production?.secrets).toMatchObject([
        { id: second.secretId },
      ]);
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.get('/me', tokens.access_token))).toBe(401);
      expect((await test.token(refreshForm(tokens.refresh_token), pairOf(second))).body).toMatchObject({
        error: 'invalid_grant',
      });
      await test.signIn(JOHN, undefined, pairOf(second));
      expect(await statusOf(test.get('/me', inSandbox.access_token))).toBe(200);
      for (const secretId of [keys.secretId, 'nothing']) {
        expect(await rejectionOf(applications.revokeSecret(info.id, secretId))).toEqual(notFound);
      }
    });

    test('S-072 refuses a client that has lost its last secret, and accepts a new secret for it', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      await applications.revokeSecret(info.id, keys.secretId);
      for (const secret of [keys.clientSecret, '']) {
        expect(await statusOf(test.token(passwordForm(JOHN), [keys.clientId, secret]))).toBe(401);
      }
      const fresh = await applications.generateKeys(info.id, { environment: 'production' });
      expect(fresh.clientId).toBe(keys.clientId);
      await test.signIn(JOHN, undefined, pairOf(fresh));
    });

    test('subscribes them to declared APIs, and ends their access tokens when they unsubscribe', async () => {
      const apis = { orders: { resources: [] }, stock: { resources: [] } };
      const test = await open({ apis });
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      expect((await applications.subscribe(info.id, 'orders')).subscriptions).toEqual(['orders']);
      expect((await applications.subscribe(info.id, 'orders')).subscriptions).toEqual(['orders']);
      expect((await applications.subscribe(info.id, 'stock')).subscriptions).toEqual(['orders', 'stock']);
      expect(await rejectionOf(applications.subscribe(info.id, 'nothing'))).toEqual(badValue);

      const { access_token, refresh_token } = await test.signIn(JOHN, 'read', pairOf(keys));
      expect((await applications.unsubscribe(info.id, 'orders')).subscriptions).toEqual(['stock']);
      expect(await statusOf(test.get('/me', access_token))).toBe(401);
      expect(await statusOf(test.token(refreshForm(refresh_token), pairOf(keys)))).toBe(200);
    });

    test('S-072 S-135 refuses disabled ones immediately, and ends all their grants', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      const { access_token, refresh_token } = await test.signIn(JOHN, undefined, pairOf(keys));
      const other = await test.signIn();

      expect(await applications.disable(info.id)).toMatchObject({ enabled: false });
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.token(refreshForm(refresh_token), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.get('/me', access_token))).toBe(401);
      expect(await statusOf(test.get('/me', other.access_token))).toBe(200);

      expect(await applications.enable(info.id)).toMatchObject({ enabled: true });
      expect(await statusOf(test.get('/me', access_token))).toBe(401);
      expect((await test.token(refreshForm(refresh_token), pairOf(keys))).body).toMatchObject({
        error: 'invalid_grant',
      });
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('S-072 removes one with its keys and grants, and frees the keys', async () => {
      const test = await open();
      const { info, keys } = await anApplication(test);
      const { applications } = test.gate.directory;
      const { access_token, refresh_token } = await test.signIn(JOHN, undefined, pairOf(keys));
      await applications.remove(info.id);
      expect(await applications.find(info.id)).toBeUndefined();
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.get('/me', access_token))).toBe(401);

      const { id } = await applications.create({ name: 'Again', owner: JOHN[0] });
      const { clientId, clientSecret } = keys;
      await applications.generateKeys(id, { environment: 'production', clientId, clientSecret });
      expect((await test.token(refreshForm(refresh_token), pairOf(keys))).body).toMatchObject({
        error: 'invalid_grant',
      });
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('does not change declared ones', async () => {
      const test = await open({ apis: { orders: { resources: [] } } });
      const { applications } = test.gate.directory;
      const [own] = await collect(applications.list());
      const id = own?.id ?? '';
      const secretId = own?.keys.production?.secrets[0]?.id ?? '';
      const { access_token } = await test.signIn();
      const acts = [
        () => applications.generateKeys(id, { environment: 'production' }),
        () => applications.generateKeys(id, { environment: 'sandbox', clientId: 'imported', clientSecret: 's' }),
        () => applications.revokeSecret(id, secretId),
        () => applications.subscribe(id, 'orders'),
        () => applications.unsubscribe(id, 'orders'),
        () => applications.enable(id),
        () => applications.disable(id),
        () => applications.remove(id),
      ];
      for (const act of acts) expect(await rejectionOf(act())).toEqual(declared);
      expect(await statusOf(test.get('/me', access_token))).toBe(200);
      await test.signIn();

      // A refused order takes nothing away from others.
      const other = await applications.create({ name: 'Other', owner: JOHN[0] });
      await applications.generateKeys(other.id, { environment: 'production', clientId: 'imported', clientSecret: 's' });
      await test.signIn(JOHN, undefined, ['imported', 's']);
    });

    test('rejects for missing ones', async () => {
      const { applications } = (await open({ apis: { orders: { resources: [] } } })).gate.directory;
      const acts = [
        () => applications.generateKeys('no', { environment: 'production' }),
        () => applications.revokeSecret('no', 'x'),
        () => applications.subscribe('no', 'orders'),
        () => applications.unsubscribe('no', 'orders'),
        () => applications.enable('no'),
        () => applications.disable('no'),
        () => applications.remove('no'),
      ];
      for (const act of acts) expect(await rejectionOf(act())).toEqual(notFound);
    });
  });
});

describe('management on several machines with one Redis', () => {
  test('S-072 S-085 takes effect for all gates immediately', async () => {
    const store = await onRedis();
    const [here, there] = [aGate(store), aGate(store)];
    const { applications, users } = here.gate.directory;
    await users.create({ username: 'sam', organization: 'johnsorg', password: 'sam-password' });
    const { id } = await applications.create({ name: 'Shared', owner: JOHN[0] });
    const keys = pairOf(await applications.generateKeys(id, { environment: 'production' }));
    const { access_token, refresh_token } = await there.signIn(['sam@johnsorg', 'sam-password'], undefined, keys);
    expect((await here.get('/me', access_token)).status).toBe(200);

    await users.disable('sam@johnsorg');
    expect((await there.get('/me', access_token)).status).toBe(401);
    expect((await there.token(refreshForm(refresh_token), keys)).body).toMatchObject({ error: 'invalid_grant' });
    await there.gate.directory.applications.disable(id);
    expect((await here.token(passwordForm(JOHN), keys)).status).toBe(401);
  });

  test('never writes declared records to the store, and drops them when they leave the options', async () => {
    const store = await onRedis();
    const first = aGate(store);
    await first.signIn();
    await first.close();
    const second = aGate({ ...store, users: [], applications: [] });
    expect(await collect(second.gate.directory.users.list())).toEqual([]);
    expect(await collect(second.gate.directory.applications.list())).toEqual([]);
    expect((await second.token(passwordForm(JOHN))).status).toBe(401);
  });

  test('prefers a declared record to a created one of the same name, which is read-only from then on', async () => {
    const store = await onRedis();
    const first = aGate({ ...store, users: [] });
    await first.gate.directory.users.create({
      username: 'john@gmail.com',
      organization: 'johnsorg',
      password: 'made-password',
    });
    const second = aGate(store);
    expect((await second.token(passwordForm([JOHN[0], 'made-password']))).status).toBe(400);
    await second.signIn(JOHN);
    expect(await rejectionOf(second.gate.directory.users.disable(JOHN[0]))).toEqual(declared);
    expect(
      (await collect(second.gate.directory.users.list())).filter(({ username }) => username === JOHN[0]),
    ).toHaveLength(1);
  });
});

test('a name with an invalid organization never belongs to a user of another organization', async () => {
  const { gate } = aGate({ users: [], applications: [] });
  const { users, organizations } = gate.directory;
  await organizations.create({ key: 'gmail.com' });
  await users.create({ username: 'john', organization: 'gmail.com', password: 'john-password' });
  await expect(users.disable('john@gmail.com@bad!')).rejects.toEqual(notFound);
  await expect(users.remove('john@gmail.com@')).rejects.toEqual(notFound);
  expect(await users.find('john@gmail.com')).toMatchObject({ enabled: true });
});

test('S-094 a password that no request could carry cannot be set', async () => {
  const { gate } = aGate({ users: [], applications: [] });
  const { users } = gate.directory;
  await users.create({ username: 'kim', organization: 'johnsorg', password: 'ü'.repeat(512) });
  for (const password of ['ü'.repeat(513), 'a\uD800', 'a\uFFFE', 'a\nb', '']) {
    await expect(users.setPassword('kim@johnsorg', password)).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
  }
});
