import { everyStore } from '../support/stores/every-store';
import { auditEntries } from '../support/portal/audit-entries';
import { ADA, ANA, BEN, EVE, servePortal, portalOptions } from '../support/portal/served-portal';
import { signedIn, PortalVisitor, withKeys } from '../support/portal/visitor';

const MAX = { username: 'max@johnsorg', password: 'max-password' };

describe.each(everyStore)('administration in the portal, with %s,', (_name, freshStore) => {
  it('S-293 po-brute: never lets administrators unlock themselves, as a stolen session might try', async () => {
    const portal = await servePortal(await freshStore());
    const { username, password } = MAX;
    await portal.gate.directory.users.create({ username: 'max', organization: 'johnsorg', password, roles: ['admin'] });
    const thief = await signedIn(portal, MAX);
    const form_token = await thief.formToken('/apis', '/sign-out');
    const guess = (guessed: string) =>
      thief.post('/password', { form_token, password: guessed, new: 'new-password', again: 'new-password' });
    for (let round = 0; round < 2; round += 1) {
      for (let count = 0; count < 6; count += 1) await guess('wrong');
      expect((await thief.post('/admin/users/unlock', { form_token, username })).status).toBe(400);
      expect((await thief.post('/admin/users/unlock', { form_token, username: 'MAX@JohnsOrg' })).status).toBe(400);
    }
    expect((await guess(password)).status).toBe(200); // refused, though it is the right one
    expect((await thief.get('/admin/users')).text).not.toContain(`aria-label="Unlock ${username}"`);
    const ada = await signedIn(portal, ADA);
    expect((await ada.submit('/admin/users', '/admin/users/unlock', { username })).status).toBe(303);
    expect((await guess(password)).status).toBe(303);
  });

  it('S-297 po-admin: ends with the role, in the same session', async () => {
    const portal = await servePortal(await freshStore());
    const { users } = portal.gate.directory;
    await users.create({ username: 'max', organization: 'johnsorg', password: MAX.password, roles: ['admin'] });
    const max = await signedIn(portal, MAX);
    const form_token = await max.formToken('/apis', '/sign-out');
    expect((await max.get('/admin/users')).status).toBe(200);
    await users.setRoles(MAX.username, []);
    for (const page of ['/admin/users', '/admin/applications', '/admin/audit']) {
      expect((await max.get(page)).status).toBe(404);
    }
    expect((await max.post('/admin/users/unlock', { form_token, username: BEN.username })).status).toBe(404);
  });

  it('S-289 po-idor: of another organization finds no application, secret or token by its id', async () => {
    const portal = await servePortal(await freshStore());
    const ana = await signedIn(portal, ANA);
    const { id } = await withKeys(ana);
    const client = `${id}.production`;
    await ana.submit('/generate-token', '/generate-token', { client, for: 'user' });
    const [, grantId = ''] = /\/tokens\/([\w-]{16})\/revoke"/.exec((await ana.get('/tokens')).text) ?? [];
    expect(grantId).not.toBe('');
    const before = await portal.gate.directory.applications.find(id);
    const secret = before?.keys.production?.secrets[0]?.id ?? '';
    const eve = await signedIn(portal, EVE);
    const form_token = await eve.formToken('/apis', '/sign-out');
    const { password } = EVE;
    for (const page of ['', `/secrets/${secret}`, '/revoke-tokens', '/remove']) {
      expect((await eve.get(`/applications/${id}${page}`)).status).toBe(404);
    }
    const posts: readonly [string, Readonly<Record<string, string>>][] = [
      [`/applications/${id}/subscribe`, { subscription: 'orders' }],
      [`/applications/${id}/unsubscribe`, { api: 'orders' }],
      [`/applications/${id}/settings`, { name: 'Taken over', description: '' }],
      [`/applications/${id}/tokens/${grantId}/revoke`, {}],
      [`/applications/${id}/revoke-tokens`, {}],
      [`/applications/${id}/generate`, { environment: 'sandbox', sending: await eve.sending() }],
      [`/applications/${id}/secrets`, { sending: await eve.sending(), password }],
      [`/applications/${id}/secrets/${secret}`, { password }],
      [`/applications/${id}/remove`, { password }],
      [`/admin/applications/${id}/disable`, {}],
      [`/admin/applications/${id}/enable`, {}],
      ['/apis/orders/subscribe', { application: id, sending: await eve.sending() }],
      [`/tokens/${grantId}/revoke`, {}],
    ];
    for (const [path, fields] of posts) expect((await eve.post(path, { form_token, ...fields })).status).toBe(404);
    await eve.post('/tokens/revoke-all', { form_token });
    expect((await eve.post('/generate-token', { form_token, client, for: 'client' })).text).not.toContain('sga_');
    expect(await portal.gate.directory.applications.find(id)).toEqual(before);
    expect((await ana.get('/tokens')).text).toContain(grantId);
  });

  it('keeps its audit entries even if a user unsubscribes from APIs without a subscription', async () => {
    const portal = await servePortal(await freshStore());
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    const form_token = await ben.formToken('/apis', '/sign-out');
    for (const api of ['nothing', '', 'Z'.repeat(20_000), '__proto__']) {
      expect((await ben.post(`/applications/${id}/unsubscribe`, { form_token, api })).status).toBe(404);
    }
    const entries = (await auditEntries(await signedIn(portal, ADA))).join('\n');
    expect(entries).toContain('Keys generated');
    expect(entries).not.toContain('Unsubscribed');
  });

  it('S-295 po-reauth: signs out a user whom the users function no longer finds, and the cookie for good', async () => {
    const { users: _declared, ...options } = portalOptions();
    let present: { readonly id: string; readonly roles: readonly string[] } | null = { id: 'u-1', roles: ['admin'] };
    const users = { verify: () => ({ id: 'u-1', roles: ['admin'] }), find: () => present };
    const portal = await servePortal({ ...options, ...(await freshStore()), users });
    const kim = await signedIn(portal, { username: 'kim@johnsorg', password: 'pw' });
    const { cookie } = kim;
    expect((await kim.get('/admin/users')).status).toBe(200);
    present = { id: 'u-1', roles: [] };
    expect((await kim.get('/admin/users')).status).toBe(404); // by the current roles of `find`
    present = null;
    expect((await kim.get('/apis')).location).toMatch(/^\/sign-in/);
    present = { id: 'u-1', roles: ['admin'] };
    const again = new PortalVisitor(portal);
    again.cookie = cookie;
    expect((await again.get('/apis')).location).toMatch(/^\/sign-in/);
  });
});
