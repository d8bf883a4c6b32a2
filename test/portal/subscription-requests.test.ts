import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScopegateOptions } from 'scopegate';
import { auditEntries } from '../support/portal/audit-entries';
import { ADA, ANA, BEN, EVE, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys, type PortalVisitor } from '../support/portal/visitor';

const APPROVED: Partial<ScopegateOptions> = {
  plans: { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 60 } },
  apis: {
    orders: {
      title: 'Orders',
      approval: true,
      plans: ['free', 'partner'],
      resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }],
    },
    stock: { title: 'Stock', resources: [{ path: '/', methods: ['GET'] }] },
  },
};

const subscribe = (visitor: PortalVisitor, api: string, fields: Readonly<Record<string, string>> = {}) =>
  visitor.submit('/apis', `/apis/${api}/subscribe`, fields);

const textOf = ({ text }: { readonly text: string }): string =>
  text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

const statusWith = async ({ url }: ServedPortal, token: string): Promise<number> =>
  (await fetch(`${url}/orders`, { headers: { Authorization: `Bearer ${token}` } })).status;

describe('a subscription to an API that needs approval', () => {
  const open = async () => {
    const portal = await servePortal(APPROVED);
    const ben = await signedIn(portal, BEN);
    const { id, key } = await withKeys(ben);
    const { applications } = portal.gate.directory;
    return { portal, ben, id, key, applications };
  };

  it('is requested instead of made, so that tokens of the application are refused', async () => {
    const { portal, ben, id, key, applications } = await open();
    const { location = '' } = await subscribe(ben, 'orders', { plan: 'partner' });
    expect(location).toBe(`/applications/${id}?done=requested#subscriptions`);
    const page = textOf(await ben.get(location));
    expect(page).toContain('An administrator has to approve the subscription before it has an effect.');
    expect(page).toContain('Orders (plan partner) Waiting for approval');
    expect(await applications.find(id)).toMatchObject({
      subscriptions: [],
      requests: [{ api: 'orders', plan: 'partner', requestedBy: BEN.username }],
    });
    const { accessToken } = await portal.gate.tokens.issue({ clientId: key });
    expect(await statusWith(portal, accessToken)).toBe(403);
    await applications.approve(id, 'orders');
    const approved = await portal.gate.tokens.issue({ clientId: key, scopes: ['read'] });
    expect(await statusWith(portal, approved.accessToken)).toBe(200);
    expect(textOf(await ben.get('/subscriptions'))).not.toContain('Waiting for approval');
  });

  it('keeps its plan until another one is approved', async () => {
    const { ben, id, applications } = await open();
    await applications.subscribe(id, 'orders', { plan: 'free' });
    const { location } = await ben.submit(`/applications/${id}`, `/applications/${id}/plan`, {
      api: 'orders',
      plan: 'partner',
    });
    expect(location).toBe(`/applications/${id}?done=plan-requested#subscriptions`);
    expect(await applications.find(id)).toMatchObject({ plans: { orders: 'free' }, requests: [{ plan: 'partner' }] });
    await applications.approve(id, 'orders');
    expect(await applications.find(id)).toMatchObject({ plans: { orders: 'partner' } });
  });

  it('is requested on the page of the application, too, which offers it no more until it is decided', async () => {
    const { ben, id, applications } = await open();
    const path = `/applications/${id}`;
    const { location = '' } = await ben.submit(path, `${path}/subscribe`, { subscription: 'orders partner' });
    expect(location).toBe(`${path}?done=requested#subscriptions`);
    const page = await ben.get(location);
    expect(textOf(page)).toContain('Orders (plan partner) Waiting for approval');
    expect(page.text).not.toContain('value="orders partner"');
    expect(await applications.find(id)).toMatchObject({ subscriptions: [], requests: [{ plan: 'partner' }] });
    await applications.reject(id, 'orders', { reason: 'Too big' });
    const rejected = await ben.get(path);
    expect(textOf(rejected)).toContain('Reason: Too big');
    expect(rejected.text).toContain('value="orders partner"');
  });

  it('requests nothing if the application has this plan already', async () => {
    const { ben, id, applications } = await open();
    await applications.subscribe(id, 'orders', { plan: 'free' });
    const fields = { api: 'orders', plan: 'free' };
    const { location } = await ben.submit(`/applications/${id}`, `/applications/${id}/plan`, fields);
    expect(location).toBe(`/applications/${id}?done=plan#subscriptions`);
    expect(await applications.find(id)).not.toHaveProperty('requests');
  });

  it('shows its owner the reason of a rejection, until the owner dismisses it', async () => {
    const { ben, id, applications } = await open();
    await subscribe(ben, 'orders');
    await applications.reject(id, 'orders', { reason: 'Use <Stock> instead' });
    const page = await ben.get('/subscriptions');
    expect(page.text).toContain('Reason: Use &lt;Stock&gt; instead');
    expect(textOf(page)).toContain('Rejected');
    const { location } = await ben.submit('/subscriptions', `/applications/${id}/withdraw`);
    expect(location).toBe(`/applications/${id}?done=withdrawn#subscriptions`);
    expect(await applications.find(id)).not.toHaveProperty('requests');
  });

  it('is withdrawn by its owner, and by no one else', async () => {
    const { portal, ben, id, applications } = await open();
    await subscribe(ben, 'orders');
    const ana = await signedIn(portal, ANA);
    const form_token = await ana.formToken('/subscriptions', '/applications');
    const refused = await ana.post(`/applications/${id}/withdraw`, { form_token, api: 'orders' });
    expect(refused.status).toBe(404);
    expect(await applications.find(id)).toHaveProperty('requests');
    const withdrawn = await ben.submit('/subscriptions', `/applications/${id}/withdraw`);
    expect(withdrawn.location).toBe(`/applications/${id}?done=withdrawn#subscriptions`);
    expect(await applications.find(id)).not.toHaveProperty('requests');
    const again = await ben.post(`/applications/${id}/withdraw`, {
      form_token: await ben.formToken('/subscriptions', '/applications'),
      api: 'orders',
    });
    expect(again.status).toBe(404);
  });

  it('is recorded in the audit as a request and as a withdrawal', async () => {
    const { portal, ben, id } = await open();
    await subscribe(ben, 'orders', { plan: 'free' });
    await ben.submit('/subscriptions', `/applications/${id}/withdraw`);
    const audit = (await auditEntries(await signedIn(portal, ADA))).join('\n');
    expect(audit).toContain('orders with the plan free');
    expect(audit).toContain('Request withdrawn');
  });

  it('is made immediately by the operator, and for an API without approval', async () => {
    const { ben, id, applications } = await open();
    await subscribe(ben, 'stock');
    expect(await applications.find(id)).toMatchObject({ subscriptions: ['stock'] });
    await applications.subscribe(id, 'orders');
    expect(await applications.find(id)).toMatchObject({ subscriptions: ['stock', 'orders'] });
  });
});

describe('the page of approvals', () => {
  const open = async () => {
    const portal = await servePortal(APPROVED);
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    await subscribe(ben, 'orders', { plan: 'partner' });
    const ada = await signedIn(portal, ADA);
    return { portal, ben, ada, id, applications: portal.gate.directory.applications };
  };
  const decide = (visitor: PortalVisitor, to: 'approve' | 'reject', fields: Readonly<Record<string, string>> = {}) =>
    visitor.submit('/admin/approvals', `/admin/approvals/${to}`, fields);

  it('lists what waits in the organization, and approves it once', async () => {
    const { ben, ada, id, applications } = await open();
    const page = await ada.get('/admin/approvals');
    expect(textOf(page)).toMatch(/My app: Orders Plan partner Owner ben@johnsorg Requested/);
    expect(page.text).toContain(`<a href="/store/admin/applications/${id}">`);
    const fields = hiddenFields(page.text, '/admin/approvals/approve');
    expect((await ada.post('/admin/approvals/approve', fields)).location).toBe('/admin/approvals?done=approved');
    expect(await applications.find(id)).toMatchObject({ subscriptions: ['orders'], plans: { orders: 'partner' } });
    await ben.submit(`/applications/${id}/unsubscribe?api=orders`, `/applications/${id}/unsubscribe`);
    expect((await ada.post('/admin/approvals/approve', fields)).location).toBe('/admin/approvals');
    expect(await applications.find(id)).toMatchObject({ subscriptions: [] });
    expect(textOf(await ada.get('/admin/approvals?done=approved'))).toContain('No subscription waits for approval.');
    expect(textOf(await ada.get('/admin/audit'))).toContain('orders with the plan partner');
  });

  it('rejects with a reason for the owner, and refuses one that is too long without losing it', async () => {
    const { ben, ada } = await open();
    const refused = await decide(ada, 'reject', { reason: 'x'.repeat(201) });
    expect([refused.status, textOf(refused).includes('at most 200 characters')]).toEqual([400, true]);
    expect(refused.text).toContain('x'.repeat(201));
    expect((await decide(ada, 'reject', { reason: ' Ask first ' })).location).toBe('/admin/approvals?done=rejected');
    expect(textOf(await ben.get('/subscriptions'))).toContain('Reason: Ask first');
    expect(textOf(await ada.get('/admin/approvals'))).not.toContain('My app');
  });

  it.each(['approve', 'reject'] as const)(
    'does not %s a request that has been replaced since it was shown',
    async (to) => {
      const { ben, ada, id, applications } = await open();
      const { text } = await ada.get('/admin/approvals');
      await subscribe(ben, 'orders', { plan: 'free' }).catch(() =>
        applications.request(id, 'orders', { plan: 'free' }),
      );
      const { location = '' } = await ada.post(`/admin/approvals/${to}`, hiddenFields(text, `/admin/approvals/${to}`));
      expect(location).toBe('/admin/approvals?done=gone');
      expect(textOf(await ada.get(location))).toContain('Nothing was changed.');
      const { subscriptions, requests } = (await applications.find(id)) ?? {};
      expect([subscriptions, requests]).toEqual([[], [expect.objectContaining({ plan: 'free' })]]);
      expect(requests?.[0]).not.toHaveProperty('rejected');
    },
  );

  it('is for administrators of the same organization', async () => {
    const { portal, ben, ada, id, applications } = await open();
    expect((await ben.get('/admin/approvals')).status).toBe(404);
    const eve = await signedIn(portal, EVE);
    expect(textOf(await eve.get('/admin/approvals'))).not.toContain('My app');
    const fields = hiddenFields((await ada.get('/admin/approvals')).text, '/admin/approvals/approve');
    const form_token = await eve.formToken('/subscriptions', '/applications');
    for (const to of ['approve', 'reject']) {
      const sending = await eve.sending();
      const answer = await eve.post(`/admin/approvals/${to}`, { ...fields, form_token, sending });
      expect(answer.status).toBe(404);
    }
    expect(await applications.find(id)).toMatchObject({ subscriptions: [], requests: [{ api: 'orders' }] });
  });

  it('lists twenty at a time, the oldest first', async () => {
    const { portal, ada, applications } = await open();
    for (let count = 0; count < 24; count += 1) {
      const { id } = await applications.create({ name: `App ${count}`, owner: BEN.username });
      await applications.request(id, 'stock');
    }
    const first = await ada.get('/admin/approvals');
    expect(first.text.match(/<h3/g)).toHaveLength(20);
    expect(textOf(first)).toMatch(/My app: Orders.*App 0: Stock/);
    const [, next = ''] = /href="\/store(\/admin\/approvals\?after=[^"]*)"/.exec(first.text) ?? [];
    expect((await ada.get(next)).text.match(/<h3/g)).toHaveLength(5);
    expect(portal.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

it('subscriptions are made in one module of the portal and on pages of administrators, so that none misses the approval', async () => {
  const folder = join(__dirname, '../../src/portal');
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const),
  );
  const subscribing = texts.filter(([, text]) => /applications\s*\.(?:subscribe|changePlan|approve)\(/.test(text));
  const others = subscribing.map(([file]) => file).filter((file) => !/(?:^|\/)admin[-/]/.test(file));
  expect(others).toEqual(['subscriptions/subscribing.ts']);
});
