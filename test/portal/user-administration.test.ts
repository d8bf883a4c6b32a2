import { userPath } from '../../src/portal/users/user-path';
import { everyStore } from '../support/stores/every-store';
import { auditEntries } from '../support/portal/audit-entries';
import { ADA, ANA, BEN, EVE, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, PortalVisitor, signedIn } from '../support/portal/visitor';

const USERS = '/admin/users';
const NEW = `${USERS}/new`;
const ZOE = 'zoe@johnsorg';
const INVALID = 'This code is not valid';

const pathOf = (username: string): string => `${USERS}/${encodeURIComponent(username)}`;

const codeIn = (text: string): string => /data-testid="password-code"[^>]*>([^<]*)</.exec(text)?.[1] ?? '';

const invite = async (admin: PortalVisitor, fields: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { status, text } = await admin.submit(NEW, NEW, { username: 'zoe', how: 'invite', ...fields });
  expect(status).toBe(200);
  return codeIn(text);
};

const setPassword = (portal: ServedPortal, code: string, password: string, again = password) =>
  new PortalVisitor(portal).submit('/set-password', '/set-password', { code, new: password, again });

describe.each(everyStore)('an administrator, with %s,', (_name, freshStore) => {
  it('invites a user with roles, who sets a password by the code and signs in', async () => {
    const portal = await servePortal(await freshStore());
    const ada = await signedIn(portal, ADA);
    const { text } = await ada.submit(NEW, NEW, { username: 'zoe', how: 'invite', 'role:clerk': 'on' });
    const code = codeIn(text);
    expect(text).toContain(
      `<code data-testid="password-link" id="password-link">${portal.url}/store/set-password#${code}`,
    );
    expect((await ada.get(pathOf(ZOE))).text).toContain('Invited');
    expect(await setPassword(portal, code, 'zoe-password')).toMatchObject({
      status: 303,
      location: '/sign-in?done=password-set',
    });
    const zoe = await signedIn(portal, { username: ZOE, password: 'zoe-password' });
    expect((await zoe.get('/apis')).status).toBe(200);
    expect(await portal.gate.directory.users.find(ZOE)).toEqual({
      username: ZOE,
      organization: 'johnsorg',
      roles: ['clerk'],
      enabled: true,
    });
    const audit = (await auditEntries(ada)).join('\n');
    expect(audit).toContain(ZOE);
    expect(audit).not.toContain(code);
  });

  it('creates a user with a password that satisfies the rule, and reads what is missing', async () => {
    const portal = await servePortal(await freshStore());
    const ada = await signedIn(portal, ADA);
    const given = { username: 'zoe', how: 'password' };
    for (const [password, fault] of [
      ['', 'Enter the password, or choose the invitation.'],
      ['short', 'The password must have at least 8 characters.'],
      [ZOE, 'The password must not be the user name'],
    ] as const) {
      const { status, text } = await ada.submit(NEW, NEW, { ...given, password });
      expect([status, text.includes(fault)]).toEqual([400, true]);
      expect(text).not.toContain(`value="${password}"`.replace('value=""', 'never'));
    }
    const created = await ada.submit(NEW, NEW, { ...given, password: 'zoe-password' });
    expect(created).toMatchObject({ status: 303, location: `${pathOf(ZOE)}?done=created` });
    expect((await ada.submit(NEW, NEW, { ...given, password: 'zoe-password' })).status).toBe(409);
    // A password that was entered is not ignored, whatever the choice above it is.
    await ada.submit(NEW, NEW, { username: 'yan', how: 'invite', password: 'yan-password' });
    expect(
      (await new PortalVisitor(portal).signIn({ username: 'yan@johnsorg', password: 'yan-password' })).status,
    ).toBe(303);
    expect((await new PortalVisitor(portal).signIn({ username: ZOE, password: 'zoe-password' })).status).toBe(303);
  });

  it('resets a password by a link, after which the old one, the sessions and the tokens have ended', async () => {
    const portal = await servePortal(await freshStore());
    await portal.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    const [ada, zoe] = [
      await signedIn(portal, ADA),
      await signedIn(portal, { username: ZOE, password: 'zoe-password' }),
    ];
    const { text } = await ada.submit(pathOf(ZOE), `${USERS}/link`, {});
    expect(text).toContain('Password reset link');
    expect((await zoe.get('/apis')).status).toBe(200); // the link itself ends nothing
    expect((await setPassword(portal, codeIn(text), 'zoe-changed-it')).status).toBe(303);
    expect((await zoe.get('/apis')).status).toBe(303);
    for (const [password, status] of [
      ['zoe-password', 200],
      ['zoe-changed-it', 303],
    ] as const) {
      expect((await new PortalVisitor(portal).signIn({ username: ZOE, password })).status).toBe(status);
    }
  });

  it('changes roles, which ends the access tokens that need them, and keeps roles that only the operator gives', async () => {
    const portal = await servePortal(await freshStore());
    const { users } = portal.gate.directory;
    const roles = ['clerk', 'auditor'];
    await users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password', roles });
    const { accessToken } = await portal.gate.tokens.issue({ clientId: 'key', subject: ZOE, scopes: ['update'] });
    const put = async () => {
      const headers = { Authorization: `Bearer ${accessToken}` };
      return (await fetch(`${portal.url}/orders/1`, { method: 'PUT', headers })).status;
    };
    const ada = await signedIn(portal, ADA);
    expect(await put()).toBe(200);
    expect((await ada.get(pathOf(ZOE))).text).toContain(
      'Other roles, which only the operator of the gateway changes: auditor.',
    );
    const done = await ada.submit(pathOf(ZOE), `${USERS}/roles`, {
      'role:admin': 'on',
      'role:auditor': 'on',
      'role:root': 'on',
    });
    expect(done).toMatchObject({ status: 303, location: `${pathOf(ZOE)}?done=roles` });
    expect((await users.find(ZOE))?.roles).toEqual(['auditor', 'admin']);
    expect(await put()).toBe(401);
  });

  it('signs a user out everywhere, disables, enables and removes the user, each after a confirmation', async () => {
    const portal = await servePortal(await freshStore());
    const { users } = portal.gate.directory;
    await users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    const account = { username: ZOE, password: 'zoe-password' };
    const [ada, zoe] = [await signedIn(portal, ADA), await signedIn(portal, account)];
    const query = `?username=${encodeURIComponent(ZOE)}`;
    const confirm = async (action: string) =>
      (await ada.submit(`${USERS}/${action}${query}`, `${USERS}/${action}`)).location;
    expect(await confirm('sign-out')).toBe(`${USERS}?done=signed-out`);
    expect((await zoe.get('/apis')).status).toBe(303);
    expect((await new PortalVisitor(portal).signIn(account)).status).toBe(303);
    expect(await confirm('disable')).toBe(`${USERS}?done=disabled`);
    expect((await ada.get(pathOf(ZOE))).text).toContain('Disabled by an administrator');
    expect((await ada.submit(pathOf(ZOE), `${USERS}/enable`)).status).toBe(303);
    expect(await confirm('remove')).toBe(`${USERS}?done=removed`);
    expect(await users.find(ZOE)).toBeUndefined();
    expect((await ada.get(pathOf(ZOE))).status).toBe(404);
  });

  it('finds users by text and state, 20 on a page, in the order of people', async () => {
    const portal = await servePortal(await freshStore());
    const { users } = portal.gate.directory;
    for (let count = 1; count <= 25; count += 1) {
      await users.create({ username: `user${count}`, organization: 'johnsorg', password: 'some-password' });
    }
    await users.disable('user7@johnsorg');
    const ada = await signedIn(portal, ADA);
    const namesAt = async (query: string): Promise<readonly string[]> =>
      [...(await ada.get(`${USERS}?${query}`)).text.matchAll(/href="\/store\/admin\/users\/([^"?]*%40[^"?]*)"/g)].map(
        ([, name = '']) => decodeURIComponent(name),
      );
    const all = [...(await namesAt('')), ...(await namesAt('page=2'))];
    expect(all).toEqual([
      ...[ADA, ANA, BEN].map(({ username }) => username),
      ...Array.from({ length: 25 }, (_, index) => `user${index + 1}@johnsorg`),
    ]);
    expect(await namesAt('q=USER1&state=enabled')).toHaveLength(11);
    expect(await namesAt('q=clerk')).toEqual([ANA.username]);
    expect(await namesAt('state=disabled')).toEqual(['user7@johnsorg']);
    expect((await ada.get(`${USERS}?q=%22%3E%3Cb%3E`)).text).toContain('No users match your search.');
    for (const page of ['0', '-1', '999999', '1e9', 'x'])
      expect((await ada.get(`${USERS}?page=${page}`)).status).toBe(200);
  });

  it('reads that an account is locked, until when, and unlocks it; nothing of the sort for others', async () => {
    const portal = await servePortal(await freshStore());
    const ada = await signedIn(portal, ADA);
    const guess = () => new PortalVisitor(portal).signIn({ ...BEN, password: 'wrong' });
    for (let count = 0; count < 9; count += 1) await guess();
    expect((await ada.get(USERS)).text).not.toContain('Locked');
    await guess();
    const { text } = await ada.get(USERS);
    expect(text.match(/Locked<\/span> until <time/g)).toHaveLength(1);
    expect(text.match(/aria-label="Unlock [^"]*"/g)).toEqual([`aria-label="Unlock ${BEN.username}"`]);
    expect((await ada.get(pathOf(BEN.username))).text).toContain('Locked');
    expect((await ada.submit(pathOf(BEN.username), `${USERS}/unlock`)).status).toBe(303);
    expect((await ada.get(USERS)).text).not.toContain('Locked');
    expect((await new PortalVisitor(portal).signIn(BEN)).status).toBe(303);
  });

  it('reads that a declared user is managed in the configuration file, and can only disable the user', async () => {
    const portal = await servePortal(await freshStore());
    const ada = await signedIn(portal, ADA);
    const { text } = await ada.get(pathOf(BEN.username));
    expect(text).toContain('Managed in the configuration file');
    for (const form of ['/roles', '/link', '/remove']) expect(text).not.toContain(`action="/store${USERS}${form}"`);
    const { form_token = '' } = hiddenFields((await ada.get(NEW)).text, NEW);
    const fields = { form_token, username: BEN.username, 'role:admin': 'on' };
    expect((await ada.post(`${USERS}/roles`, fields)).status).toBe(409);
    expect((await ada.post(`${USERS}/remove`, fields)).status).toBe(409);
    expect((await portal.gate.directory.users.find(BEN.username))?.roles).toEqual([]);
  });

  it('manages users whatever their names are, without organizations', async () => {
    const names = ['new', '-', '..', '.', 'a/b', 'remove', '100%', 'q?x#y&z=1', 'zoë', '<b>'];
    const users = [{ username: 'ada', password: ADA.password, roles: ['admin'] }];
    const portal = await servePortal({ ...(await freshStore()), organizations: [], users, applications: [] });
    const ada = await signedIn(portal, { username: 'ada', password: ADA.password });
    for (const username of names) {
      await portal.gate.directory.users.create({ username, password: 'some-password' });
      const path = userPath(username);
      const { text } = await ada.get(`${USERS}?q=${encodeURIComponent(username)}`);
      expect(text).toContain(`href="/store${path}"`);
      expect((await ada.submit(path, `${USERS}/roles`, { 'role:clerk': 'on' })).status).toBe(303);
      expect((await portal.gate.directory.users.find(username))?.roles).toEqual(['clerk']);
    }
  });
});

describe.each(everyStore)('the page to set a password, with %s,', (_name, freshStore) => {
  it('asks for the code again only if it was none, and never shows it', async () => {
    const portal = await servePortal(await freshStore());
    const code = await invite(await signedIn(portal, ADA));
    const visitor = new PortalVisitor(portal);
    const first = await visitor.submit('/set-password', '/set-password', { code, new: 'zoe-password', again: 'other' });
    expect(first.status).toBe(400);
    expect(first.text).toContain('The passwords do not match.');
    expect(first.text).not.toContain(code);
    const fields = hiddenFields(first.text, '/set-password');
    const weak = await visitor.post('/set-password', { ...fields, new: 'short', again: 'short' });
    expect(weak.status).toBe(400);
    expect(weak.text).not.toContain(code);
    const thief = new PortalVisitor(portal);
    const stolen = { ...fields, form_token: await thief.formToken('/set-password', '/set-password') };
    expect(
      (await thief.post('/set-password', { ...stolen, new: 'zoe-password', again: 'zoe-password' })).text,
    ).toContain(INVALID);
    const done = await visitor.post('/set-password', { ...fields, new: 'zoe-password', again: 'zoe-password' });
    expect(done.status).toBe(303);
  });

  it('S-360 po-link: answers a used, replaced, forged or empty code in one way, and pauses a network that guesses', async () => {
    const limits = { throttle: { address: { failures: 5, window: 900 } } };
    const portal = await servePortal({ ...(await freshStore()), ...limits });
    const ada = await signedIn(portal, ADA);
    const used = await invite(ada);
    expect((await setPassword(portal, used, 'zoe-password')).status).toBe(303);
    const bodies = new Set<string>();
    for (const code of [used, `${used.slice(0, -1)}x`, 'sgl_', 'nothing', '   ']) {
      const { status, text } = await setPassword(portal, code, 'another-password');
      expect([status, text.includes(INVALID)]).toEqual([400, true]);
      bodies.add(text.replaceAll(/name="form_token" value="[^"]*"/g, ''));
    }
    expect(bodies.size).toBe(1);
    expect((await setPassword(portal, used, 'another-password')).status).toBe(429);
  });

  it('signs the browser out of the account that it was signed in to', async () => {
    const portal = await servePortal(await freshStore());
    const ada = await signedIn(portal, ADA);
    const code = await invite(ada);
    const done = await ada.submit('/set-password', '/set-password', {
      code,
      new: 'zoe-password',
      again: 'zoe-password',
    });
    expect(done.location).toBe('/sign-in?done=password-set');
    expect((await ada.get('/sign-in?done=password-set')).text).toContain('Password set.');
  });
});

describe.each(everyStore)('user administration, with %s,', (_name, freshStore) => {
  it('S-289 po-idor: finds, changes and links no user of another organization', async () => {
    const portal = await servePortal(await freshStore());
    const { users } = portal.gate.directory;
    await users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password', roles: ['clerk'] });
    const eve = await signedIn(portal, EVE);
    const withoutReturn = (text: string): string => text.replaceAll(/name="return" value="[^"]*"/g, '');
    const unknown = await eve.get(pathOf('nobody@johnsorg'));
    const { form_token = '' } = hiddenFields((await eve.get(NEW)).text, NEW);
    for (const path of [
      pathOf(ZOE),
      ...['disable', 'remove', 'sign-out'].map((one) => `${USERS}/${one}?username=${ZOE}`),
    ]) {
      const { status, text } = await eve.get(path);
      expect([status, withoutReturn(text)]).toEqual([404, withoutReturn(unknown.text)]);
    }
    for (const form of [
      'roles',
      'link',
      'disable',
      'enable',
      'unlock',
      'remove',
      'sign-out',
      'sign-ups/approve',
      'sign-ups/reject',
    ]) {
      const fields = {
        form_token,
        sending: hiddenFields((await eve.get(NEW)).text, NEW)['sending'] ?? '',
        username: ZOE,
      };
      expect([form, (await eve.post(`${USERS}/${form}`, { ...fields, 'role:admin': 'on' })).status]).toEqual([
        form,
        404,
      ]);
    }
    // The organization of a new user is that of the administrator, whatever a form contains.
    await eve.submit(NEW, NEW, { username: 'spy', how: 'invite', organization: 'johnsorg', 'role:admin': 'on' });
    expect(await users.find('spy@johnsorg')).toBeUndefined();
    expect(await users.find('spy@evilcorp')).toMatchObject({ organization: 'evilcorp' });
    expect((await users.find(ZOE))?.roles).toEqual(['clerk']);
    expect((await new PortalVisitor(portal).signIn({ username: ZOE, password: 'zoe-password' })).status).toBe(303);
  });

  it('S-297 po-admin: does not exist for other users', async () => {
    const portal = await servePortal(await freshStore());
    const ana = await signedIn(portal, ANA);
    const form_token = await ana.formToken('/apis', '/sign-out');
    for (const path of [USERS, NEW, pathOf(ANA.username), `${USERS}/disable?username=${BEN.username}`]) {
      expect((await ana.get(path)).status).toBe(404);
    }
    for (const form of ['new', 'roles', 'link', 'remove', 'sign-out', 'sign-ups/approve']) {
      const fields = { form_token, username: ANA.username, 'role:admin': 'on' };
      expect((await ana.post(`${USERS}/${form}`, fields)).status).toBe(404);
    }
  });

  it('lets no administrator change the own account, so that an organization keeps its last one', async () => {
    const portal = await servePortal(await freshStore());
    const { users } = portal.gate.directory;
    await users.create({ username: 'max', organization: 'johnsorg', password: 'max-password', roles: ['admin'] });
    const max = await signedIn(portal, { username: 'max@johnsorg', password: 'max-password' });
    const { form_token = '' } = hiddenFields((await max.get(NEW)).text, NEW);
    for (const username of ['max@johnsorg', 'MAX@JohnsOrg']) {
      for (const form of ['roles', 'remove', 'sign-out', 'disable']) {
        expect((await max.post(`${USERS}/${form}`, { form_token, username })).status).toBe(400);
      }
    }
    expect(await users.find('max@johnsorg')).toMatchObject({ roles: ['admin'], enabled: true });
  });

  it('limits the links of one administrator within an hour', async () => {
    const limits = { limits: { passwordLinksPerAdministrator: 2 } };
    const portal = await servePortal({ ...(await freshStore()), ...limits });
    const ada = await signedIn(portal, ADA);
    for (const username of ['one', 'two']) await invite(ada, { username });
    const refused = await ada.submit(NEW, NEW, { username: 'three', how: 'invite' });
    expect(refused.status).toBe(429);
    expect(await portal.gate.directory.users.find('three@johnsorg')).toBeUndefined();
  });

  it('says that users are managed elsewhere if they come from a function', async () => {
    const users = async () => ({ id: 'ada', roles: ['admin'] });
    const portal = await servePortal({ ...(await freshStore()), users, applications: [] });
    const ada = await signedIn(portal, { username: 'ada@johnsorg', password: 'any' });
    for (const path of [USERS, NEW]) {
      expect((await ada.get(path)).text).toContain('Users are managed outside this portal.');
    }
    expect((await new PortalVisitor(portal).get('/set-password')).status).toBe(404);
  });

  it('stores no user if they come from a function, whose tokens would end', async () => {
    const users = async (username: string) => ({ id: username, roles: ['admin'] });
    const portal = await servePortal({ ...(await freshStore()), users, applications: [] });
    const ada = await signedIn(portal, { username: 'ada@johnsorg', password: 'any' });
    const zoe = await signedIn(portal, { username: ZOE, password: 'any' });
    const form_token = await ada.formToken('/apis', '/sign-out');
    for (const how of [{ how: 'invite' }, { how: 'password', password: 'zoe-password' }]) {
      const sending = await ada.sending();
      expect((await ada.post(NEW, { form_token, sending, username: 'zoe', ...how })).status).toBe(400);
    }
    expect((await zoe.get('/apis')).status).toBe(200);
    expect(await portal.gate.directory.users.find(ZOE)).toBeUndefined();
  });
});
