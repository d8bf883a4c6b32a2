import type { ScopegateOptions } from 'scopegate';
import { everyStore } from '../support/stores/every-store';
import { aGate, JANE, JOHN, MARY, type TestGate, type TestScope } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { BAD_VALUE, createSam, DECLARED, EXISTS, NOT_FOUND, SAM } from '../support/gate/managed-directory';
import { statusOf } from '../support/gate/api-gate';

describe.each(everyStore)('management in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...overrides });

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
      const shown = [await createSam(test), await users.find(SAM[0]), ...(await collect(users.list()))];
      expect(JSON.stringify(shown)).not.toMatch(/password|argon2/i);
    });

    test('S-091 S-092 requires unique names, in whatever form they are written', async () => {
      const { users } = (await open()).gate.directory;
      const make = (username: string) =>
        users.create({ username, organization: 'johnsorg', password: 'made-password' });
      await make('caf\u00e9');
      await make('stra\u00dfe');
      for (const username of ['caf\u00e9', 'CAFE\u0301', 'John@Gmail.com', 'Stra\u00dfe', 'STRASSE'])
        expect(await rejectionOf(make(username))).toEqual(EXISTS);
      for (const username of ['\u212Aelvin', '\uff4aohn', 'a b', '', 'a\0', '\ud800', 'x'.repeat(257)]) {
        expect(await rejectionOf(make(username))).toEqual(BAD_VALUE);
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
      expect(await rejectionOf(users.create({ username: 'sam', password: SAM[1] }))).toEqual(BAD_VALUE);
      expect(await rejectionOf(users.create({ ...base, organization: 'nowhere' }))).toEqual(NOT_FOUND);
      for (const password of ['', 'x'.repeat(1_025), 'a\0b', 'a\nb']) {
        const thrown = await rejectionOf(users.create({ ...base, password }));
        expect(thrown).toEqual(BAD_VALUE);
        if (password.length > 2) expect((thrown as Error).message).not.toContain(password);
      }
      for (const role of ['', 'two words', 'a\n'])
        expect(await rejectionOf(users.create({ ...base, roles: [role] }))).toEqual(BAD_VALUE);
      expect(await users.find('sam@johnsorg')).toBeUndefined();
    });

    test('S-086 ends all their grants when the password changes', async () => {
      const test = await open();
      await createSam(test);
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
      expect(await rejectionOf(gate.directory.users.setPassword(SAM[0], ''))).toEqual(BAD_VALUE);
      await signIn([SAM[0], 'another-password']);
    });

    test('S-117 ends their access tokens when roles change, and the next refresh grants what is left', async () => {
      const test = await open();
      await createSam(test);
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
      await createSam(test);
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
      await createSam(test);
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
        () => users.remove(JOHN[0]),
      ];
      for (const act of acts) expect(await rejectionOf(act())).toEqual(DECLARED);
      expect(
        await rejectionOf(
          users.create({ username: 'john@gmail.com', organization: 'johnsorg', password: 'new-password' }),
        ),
      ).toEqual(EXISTS);
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
      for (const act of acts) expect(await rejectionOf(act())).toEqual(NOT_FOUND);
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
      ).toEqual(NOT_FOUND);
    });
  });
});
