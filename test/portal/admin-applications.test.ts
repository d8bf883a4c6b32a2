import type { ScopegateOptions } from 'scopegate';
import { ADA, BEN, EVE, servePortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys, type PortalVisitor } from '../support/portal/visitor';

const OPTIONS: Partial<ScopegateOptions> = {
  plans: { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 60 } },
  apis: {
    orders: {
      title: 'Orders',
      plans: ['free', 'partner'],
      approval: true,
      resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }],
    },
    stock: { title: 'Stock', resources: [{ path: '/', methods: ['GET'] }] },
  },
  limits: { applicationsPerUser: 2_000 },
};

const LIST = '/admin/applications';

const textOf = ({ text }: { readonly text: string }): string =>
  text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

const namesIn = ({ text }: { readonly text: string }): string[] =>
  [...text.matchAll(/<a href="\/store\/admin\/applications\/[^"/]+">([^<]*)</g)].map(([, name = '']) => name);

const linkIn = ({ text }: { readonly text: string }, label: string): string | undefined =>
  new RegExp(`href="/store([^"]*)">${label}<`).exec(text)?.[1]?.replaceAll('&amp;', '&');

const open = async () => {
  const portal = await servePortal(OPTIONS);
  const ben = await signedIn(portal, BEN);
  const { id, key, secret } = await withKeys(ben);
  const { applications } = portal.gate.directory;
  return { portal, ben, ada: await signedIn(portal, ADA), id, key, secret, applications };
};

describe('the list of applications', () => {
  it('finds an application by its name, its owner and its key, in one state', async () => {
    const { ada, id, key, applications } = await open();
    await applications.create({ name: 'Billing', owner: ADA.username });
    const found = async (query: string) => namesIn(await ada.get(`${LIST}?${query}`));
    expect((await found('')).sort()).toEqual(['Billing', 'Declared app', 'My app']);
    expect(await found('q=BILL')).toEqual(['Billing']);
    expect(await found('q=ben%40johnsorg')).toEqual(['My app']);
    expect(await found(`q=${key.slice(2, 20)}`)).toEqual(['My app']);
    await applications.disable(id);
    expect(await found('state=disabled')).toEqual(['My app']);
    expect((await found('q=app&state=enabled')).sort()).toEqual(['Declared app']);
    const none = await ada.get(`${LIST}?q=nothing`);
    expect(textOf(none)).toContain('No application matches. Show all applications');
  });

  it('shows 20, and keeps the filter on the next page', async () => {
    const { ada, applications } = await open();
    for (let count = 0; count < 25; count += 1) {
      await applications.create({ name: `Made ${count}`, owner: BEN.username });
    }
    const first = await ada.get(`${LIST}?q=made&state=enabled`);
    const next = linkIn(first, 'Next page') ?? '';
    expect(next).toMatch(/^\/admin\/applications\?q=made&state=enabled&after=/);
    const second = await ada.get(next);
    expect([namesIn(first).length, namesIn(second).length]).toEqual([20, 5]);
    expect(new Set([...namesIn(first), ...namesIn(second)]).size).toBe(25);
    expect(linkIn(second, 'Next page')).toBeUndefined();
  });

  it('reads a bounded number of applications for a search that finds few, and continues there', async () => {
    const { ada, applications } = await open();
    for (let count = 0; count < 1_100; count += 1) await applications.create({ name: 'Made', owner: BEN.username });
    const found: string[] = [];
    let pages = 0;
    for (let next: string | undefined = `${LIST}?q=my+app`; next !== undefined; pages += 1) {
      const page = await ada.get(next);
      found.push(...namesIn(page));
      next = linkIn(page, 'Continue the search');
    }
    expect([found, pages]).toEqual([['My app'], 2]);
  });
});

describe('the page of an application for administrators', () => {
  const act = async (visitor: PortalVisitor, path: string, fields: Readonly<Record<string, string>>) =>
    visitor.post(path, { form_token: await visitor.formToken('/apis', '/sign-out'), ...fields });

  it('has its owner, keys, subscriptions, tokens and usage, and no secret', async () => {
    const { portal, ada, id, key, secret, applications } = await open();
    await applications.subscribe(id, 'orders', { plan: 'partner' });
    await applications.request(id, 'orders', { plan: 'free' });
    await portal.gate.tokens.issue({ clientId: key, scopes: ['read'] });
    const page = await ada.get(linkIn(await ada.get(LIST), 'My app') ?? '');
    const words = textOf(page);
    expect(words).toContain('Owner ben@johnsorg');
    expect(words).toContain(key);
    expect(words).toContain(`…${secret.slice(-4)}`);
    expect(page.text).not.toContain(secret);
    expect(words).toMatch(/Orders — .*partner: 100,000 requests per minute/);
    expect(words).toContain('These subscriptions wait for a decision: Orders (plan free) Open Approvals');
    expect(words).toContain('1 live token.');
    expect(words).toContain('No requests in the last 24 hours.');
    expect(linkIn(page, 'Audit of this application')).toBe('/admin/audit?target=My+app');
  });

  it('subscribes, changes the plan and unsubscribes after a confirmation, all in the audit', async () => {
    const { portal, ada, id, key, applications } = await open();
    const path = `${LIST}/${id}`;
    const subscribed = await ada.submit(path, `${path}/subscribe`, { subscription: 'orders free' });
    expect(subscribed.location).toBe(`${path}?done=subscribed`);
    expect(await applications.find(id)).toMatchObject({ subscriptions: ['orders'], plans: { orders: 'free' } });
    expect((await ada.submit(path, `${path}/plan`, { plan: 'partner' })).location).toBe(`${path}?done=plan`);
    expect(await applications.find(id)).toMatchObject({ plans: { orders: 'partner' } });
    const { accessToken } = await portal.gate.tokens.issue({ clientId: key, scopes: ['read'] });
    const confirmation = await ada.get(`${path}/unsubscribe?api=orders`);
    expect(textOf(confirmation)).toContain('1 access token of 1 application ends now.');
    const ended = await ada.post(`${path}/unsubscribe`, hiddenFields(confirmation.text, `${path}/unsubscribe`));
    expect(ended.location).toBe(`${path}?done=unsubscribed`);
    expect(await applications.find(id)).toMatchObject({ subscriptions: [] });
    const headers = { Authorization: `Bearer ${accessToken}` };
    expect((await fetch(`${portal.url}/orders`, { headers })).status).toBe(401);
    for (const action of ['subscribe', 'change_plan', 'unsubscribe']) {
      const audit = await ada.get(`/admin/audit?who=ada&target=My+app&action=${action}`);
      expect(audit.text.match(/<tr role="row">/g)).toHaveLength(2);
    }
  });

  it('disables and enables it, and shows the result', async () => {
    const { ada, id } = await open();
    const path = `${LIST}/${id}`;
    const disabled = await ada.submit(`${path}/disable`, `${path}/disable`);
    expect(textOf(await ada.get(disabled.location ?? ''))).toContain(
      'Application disabled. All its tokens have ended.',
    );
    const enabled = await ada.submit(path, `${path}/enable`);
    expect(textOf(await ada.get(enabled.location ?? ''))).toContain('Application enabled.');
  });

  it('offers no change of a declared application but to disable it', async () => {
    const { ada } = await open();
    const { text } = await ada.get(`${LIST}/key`);
    expect(textOf({ text })).toContain('You can only disable and enable it here.');
    expect(text).toContain('action="/store/admin/applications/key/disable"');
    expect(text).not.toMatch(/applications\/key\/(?:subscribe|unsubscribe|plan)/);
    expect((await act(ada, `${LIST}/key/subscribe`, { subscription: 'stock' })).status).toBe(409);
  });

  it.each([
    ['subscribe', { subscription: 'nothing' }],
    ['subscribe', { subscription: 'orders gold' }],
    ['plan', { api: 'orders', plan: 'gold' }],
    ['plan', { api: 'nothing', plan: 'free' }],
    ['plan', { api: 'orders', plan: 'free' }],
    ['unsubscribe', { api: 'orders' }],
  ])('refuses %s with %j', async (action, fields) => {
    const { ada, id, applications } = await open();
    const before = await applications.find(id);
    expect((await act(ada, `${LIST}/${id}/${action}`, fields)).status).toBe(404);
    expect(await applications.find(id)).toEqual(before);
  });

  it('S-297 po-admin: does not exist for users, nor for administrators of another organization', async () => {
    const { portal, ben, id, applications } = await open();
    await applications.subscribe(id, 'stock');
    const before = await applications.find(id);
    for (const other of [ben, await signedIn(portal, EVE)]) {
      for (const page of ['', '/disable', '/unsubscribe?api=stock']) {
        expect((await other.get(`${LIST}/${id}${page}`)).status).toBe(404);
      }
      for (const action of ['disable', 'enable', 'subscribe', 'plan', 'unsubscribe']) {
        const fields = { api: 'stock', subscription: 'orders free', plan: 'free' };
        expect((await act(other, `${LIST}/${id}/${action}`, fields)).status).toBe(404);
      }
    }
    expect(await applications.find(id)).toEqual(before);
  });
});
