import type { ScopegateOptions } from 'scopegate';
import { everyStore } from '../support/stores/every-store';
import { aGate, JOHN, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { BAD_VALUE, DECLARED, EXISTS, NOT_FOUND, pairOf } from '../support/gate/managed-directory';
import { statusOf } from '../support/gate/api-gate';

describe.each(everyStore)('management in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...overrides });

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
        expect(await rejectionOf(organizations.create({ key }))).toEqual(EXISTS);
      for (const key of ['', 'a@b', 'a b', '-a', 'x'.repeat(65)])
        expect(await rejectionOf(organizations.create({ key }))).toEqual(BAD_VALUE);
      expect(await rejectionOf(organizations.create({ key: 'b', name: 'a\nb' }))).toEqual(BAD_VALUE);
      expect(await organizations.find('b')).toBeUndefined();
    });

    test('does not change declared ones', async () => {
      const { gate, signIn } = await open();
      const { organizations } = gate.directory;
      for (const act of [organizations.enable, organizations.disable, organizations.remove]) {
        expect(await rejectionOf(act('JohnsOrg'))).toEqual(DECLARED);
      }
      await signIn();
    });

    test('rejects for missing ones', async () => {
      const { organizations } = (await open()).gate.directory;
      for (const act of [organizations.enable, organizations.disable, organizations.remove]) {
        expect(await rejectionOf(act('nobody'))).toEqual(NOT_FOUND);
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

    test('does not give the key of a removed one again while its users or applications exist', async () => {
      const test = await open();
      const { organizations, users, applications } = test.gate.directory;
      const acme = await anOrganization(test, 'acme');
      await users.setRoles('sam@acme', ['admin']);
      await organizations.remove('acme');

      const ofUsers = await rejectionOf(organizations.create({ key: 'Acme' }));
      expect(ofUsers).toEqual(EXISTS);
      expect((ofUsers as Error).message).toMatch(
        /users of a former organization "acme" exist: remove them first, such as with gate\.directory\.users\.remove\("sam@acme"\)$/,
      );
      expect(await organizations.find('acme')).toBeUndefined();
      expect(await statusOf(test.token(passwordForm(acme.user), acme.credentials))).toBe(401);

      await users.remove('sam@acme');
      const ofApplications = await rejectionOf(organizations.create({ key: 'acme' }));
      expect(ofApplications).toEqual(EXISTS);
      const [, id = ''] = /applications\.remove\("(.+)"\)$/.exec((ofApplications as Error).message) ?? [];
      expect(await applications.find(id)).toMatchObject({ name: 'App of acme', organization: 'acme' });

      await applications.remove(id);
      expect(await organizations.create({ key: 'acme' })).toMatchObject({ key: 'acme', enabled: true });
    });

    test('does not give the key of one again while its removal is incomplete', async () => {
      const test = await open();
      const { organizations } = test.gate.directory;
      await anOrganization(test, 'acme');
      const removal = organizations.remove('acme');
      const attempts = await Promise.all(
        Array.from({ length: 20 }, () => rejectionOf(organizations.create({ key: 'acme' }))),
      );
      await removal;
      for (const attempt of attempts) expect(attempt).toEqual(EXISTS);
    });

    test('gives a key of which no record is left, beside users without an organization', async () => {
      const { gate } = await open({ organizations: [], users: [], applications: [] });
      const { organizations, users } = gate.directory;
      await users.create({ username: 'sam@acme', password: 'old-password' });
      expect(await organizations.create({ key: 'acme' })).toEqual({ key: 'acme', enabled: true });
      await organizations.remove('acme');
      expect(await organizations.create({ key: 'acme' })).toEqual({ key: 'acme', enabled: true });
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
});
