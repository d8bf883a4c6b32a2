import { applicationPath } from '../../src/portal/application/application-path';
import { everyStore, onRedis } from '../support/stores/every-store';
import { ADA, ANA, BEN, portalOptions, servePortal, tokenOfAna } from '../support/portal/served-portal';
import { hiddenFields, PortalVisitor, signedIn } from '../support/portal/visitor';

const USERS = '/admin/users';
const APPLICATIONS = '/admin/applications';

const disabledBy = (name: string, button: string): string => `aria-label="${button} ${name}"`;

describe.each(everyStore)('an administrator, with %s,', (_name, freshStore) => {
  it('disables a declared user of the organization, who is signed out, and enables the user again', async () => {
    const portal = await servePortal(await freshStore());
    const [ada, ana] = [await signedIn(portal, ADA), await signedIn(portal, ANA)];
    const token = await tokenOfAna(portal);
    const confirmation = await ada.get(`${USERS}/disable?username=${encodeURIComponent(ANA.username)}`);
    expect(confirmation.text).toContain('is signed out everywhere');
    const done = await ada.post(`${USERS}/disable`, hiddenFields(confirmation.text, `${USERS}/disable`));
    expect(done).toMatchObject({ status: 303, location: `${USERS}?done=disabled` });
    expect((await ana.get('/apis')).status).toBe(303);
    expect((await new PortalVisitor(portal).signIn(ANA)).status).not.toBe(303);
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(`${portal.url}/orders/`, { headers })).status).toBe(401);
    const { text } = await ada.get(USERS);
    expect(text).toContain('Disabled by an administrator');
    expect(text).toContain(disabledBy(ANA.username, 'Enable'));
    expect((await ada.submit(USERS, `${USERS}/enable`, { username: ANA.username })).status).toBe(303);
    expect((await new PortalVisitor(portal).signIn(ANA)).status).toBe(303);
  });

  it('disables a declared application of the organization, whatever its key, and enables it again', async () => {
    const [declared] = portalOptions().applications ?? [];
    if (declared === undefined) throw new Error('the portal of the tests has a declared application');
    const consumerKey = `a/b?c#d%2F"'<&>`;
    const portal = await servePortal({ ...(await freshStore()), applications: [{ ...declared, consumerKey }] });
    const ada = await signedIn(portal, ADA);
    const { accessToken } = await portal.gate.tokens.issue({ clientId: consumerKey, scopes: ['read'] });
    const path = (action: string): string => `/admin${applicationPath(consumerKey)}/${action}`;
    expect((await ada.get(APPLICATIONS)).text).toContain(disabledBy('Declared app', 'Disable'));
    const confirmation = await ada.get(path('disable'));
    expect(confirmation.text).toContain('Disable Declared app?');
    expect((await ada.submit(path('disable'), path('disable'))).status).toBe(303);
    const headers = { Authorization: `Bearer ${accessToken}` };
    expect((await fetch(`${portal.url}/orders/`, { headers })).status).toBe(401);
    expect((await ada.get(APPLICATIONS)).text).toContain('Disabled by an administrator');
    expect((await ada.submit(APPLICATIONS, path('enable'))).status).toBe(303);
    expect((await portal.gate.directory.applications.find(consumerKey))?.enabled).toBe(true);
  });

  it('cannot enable a declared user whom the operator disabled', async () => {
    const portal = await servePortal(await freshStore());
    const ada = await signedIn(portal, ADA);
    await portal.gate.directory.users.disable(BEN.username);
    expect((await ada.get(USERS)).text).not.toContain(disabledBy(BEN.username, 'Enable'));
    const form_token = await ada.formToken('/apis', '/sign-out');
    const refused = await ada.post(`${USERS}/enable`, { form_token, username: BEN.username });
    expect(refused.status).toBe(400);
    expect((await portal.gate.directory.users.find(BEN.username))?.enabled).toBe(false);
  });
});

it('the owner of a declared application opens its page, whatever its key', async () => {
  const [declared] = portalOptions().applications ?? [];
  if (declared === undefined) throw new Error('the portal of the tests has a declared application');
  for (const consumerKey of ['plain-key', '~plain', '..', 'a/b?c#d%2Fe', 'x'.repeat(128)]) {
    const portal = await servePortal({ applications: [{ ...declared, consumerKey }] });
    const ana = await signedIn(portal, ANA);
    for (const page of ['/apis/orders', '/subscriptions']) {
      const [, path = ''] = /href="\/store(\/applications\/[^"]*)"/.exec((await ana.get(page)).text) ?? [];
      expect((await ana.get(path)).text).toContain('<h1>Declared app</h1>');
    }
    await portal.close();
  }
});

it('the session of a declared user ends when a gate is started with another password of the user', async () => {
  const store = await onRedis();
  const portal = await servePortal(store);
  const [ana, ben] = [await signedIn(portal, ANA), await signedIn(portal, BEN)];
  const { users = [] } = portalOptions();
  if (!Array.isArray(users)) throw new Error('the users of the portal are declared');
  const changed = users.map((user) => (user.username === 'ana' ? { ...user, password: 'another password' } : user));
  const next = await servePortal({ ...store, users: changed });
  expect((await ana.get('/apis')).status).not.toBe(200);
  expect((await ben.get('/apis')).status).toBe(200);
  expect((await new PortalVisitor(next).signIn({ ...ANA, password: 'another password' })).status).toBe(303);
  expect((await new PortalVisitor(next).signIn(ANA)).status).not.toBe(303);
});
