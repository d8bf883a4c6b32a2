import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScopegateOptions } from 'scopegate';
import { ADA, ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, withKeys, type PortalVisitor } from '../support/portal/visitor';

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
    expect(location).toBe('/subscriptions?done=requested');
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
    const { location } = await ben.submit('/subscriptions', `/applications/${id}/plan`, {
      api: 'orders',
      plan: 'partner',
    });
    expect(location).toBe('/subscriptions?done=plan-requested');
    expect(await applications.find(id)).toMatchObject({ plans: { orders: 'free' }, requests: [{ plan: 'partner' }] });
    await applications.approve(id, 'orders');
    expect(await applications.find(id)).toMatchObject({ plans: { orders: 'partner' } });
  });

  it('requests nothing if the application has this plan already', async () => {
    const { ben, id, applications } = await open();
    await applications.subscribe(id, 'orders', { plan: 'free' });
    const fields = { api: 'orders', plan: 'free' };
    const { location } = await ben.submit('/subscriptions', `/applications/${id}/plan`, fields);
    expect(location).toBe('/subscriptions?done=plan');
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
    expect(location).toBe('/subscriptions?done=withdrawn');
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
    expect(withdrawn.location).toBe('/subscriptions?done=withdrawn');
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
    const audit = textOf(await (await signedIn(portal, ADA)).get('/admin/audit'));
    expect(audit).toContain('orders with the plan free');
    expect(audit).toMatch(/Withdraw/i);
  });

  it('is made immediately by the operator, and for an API without approval', async () => {
    const { ben, id, applications } = await open();
    await subscribe(ben, 'stock');
    expect(await applications.find(id)).toMatchObject({ subscriptions: ['stock'] });
    await applications.subscribe(id, 'orders');
    expect(await applications.find(id)).toMatchObject({ subscriptions: ['stock', 'orders'] });
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
  expect(others).toEqual(['subscribing.ts']);
});
