import type { ScopegateOptions } from 'scopegate';
import { Repository as DirectoryReads } from '../../src/directory/repository';
import { expectAccessible, openPage } from '../support/browser/chromium';
import { ADA, ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys, type PortalVisitor } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';

const PLANNED: Partial<ScopegateOptions> = {
  plans: { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 3600, burst: 2000 } },
  apis: {
    orders: {
      title: 'Orders',
      plans: ['free', 'partner'],
      resources: [
        { path: '/', methods: ['GET'] },
        { path: '/reports', methods: ['POST'], limit: { requests: 10, per: 1, by: 'user' } },
      ],
    },
    stock: { title: 'Stock', plans: ['free'], resources: [{ path: '/', methods: ['GET'] }] },
    prices: { title: 'Prices', resources: [{ path: '/', methods: ['GET'] }] },
  },
};

const subscribe = async (visitor: PortalVisitor, api: string, fields: Readonly<Record<string, string>> = {}) =>
  visitor.submit('/apis', `/apis/${api}/subscribe`, fields);

const plansOf = async ({ gate }: ServedPortal, id: string) => (await gate.directory.applications.find(id))?.plans;

const textOf = ({ text }: { readonly text: string }): string =>
  text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('plans on the pages', () => {
  const open = async () => {
    const portal = await servePortal(PLANNED);
    const ben = await signedIn(portal, BEN);
    const { id, key } = await withKeys(ben);
    return { portal, ben, id, key };
  };

  it('are listed with their API, and offered at the subscription if there is a choice', async () => {
    const { ben } = await open();
    const page = await ben.get('/apis');
    expect(textOf(page)).toContain(
      'Plans free: 1,000 requests per minute partner: 100,000 requests per hour, at most 2,000 together',
    );
    expect(textOf(await ben.get('/apis/prices'))).not.toContain('per second');
    expect(textOf(await ben.get('/apis/orders'))).toContain('Limit 10 requests per second for each user');
    expect(page.text.match(/<select[^>]*name="plan"/g)).toHaveLength(1);
  });

  it('are chosen at the subscription, and shown with what is left of them', async () => {
    const { portal, ben, id, key } = await open();
    expect(textOf(await subscribe(ben, 'orders', { plan: 'partner' }))).toContain('My app is subscribed to Orders.');
    await subscribe(ben, 'prices');
    expect(await plansOf(portal, id)).toEqual({ orders: 'partner' });
    const { accessToken } = await portal.gate.tokens.issue({ clientId: key });
    for (let sent = 0; sent < 3; sent += 1) {
      await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } });
    }
    const text = textOf(await ben.get('/subscriptions'));
    expect(text).toContain('Plan partner: 100,000 requests per hour, at most 2,000 together');
    expect(text).toMatch(/Production: 99,997 of 100,000 requests left; resets in (?:1 hour|60 minutes|[\d,]+ seconds)/);
    expect(text).not.toContain('Sandbox: 100');
  });

  it('are changed on the page of the application, which is recorded in the audit', async () => {
    const { portal, ben, id, key } = await open();
    await subscribe(ben, 'orders', { plan: 'free' });
    const { accessToken } = await portal.gate.tokens.issue({ clientId: key });
    const changed = await ben.submit(`/applications/${id}`, `/applications/${id}/plan`, { plan: 'partner' });
    expect(changed.location).toBe(`/applications/${id}?done=plan#subscriptions`);
    expect(textOf(await ben.get(`/applications/${id}?done=plan`))).toContain('Plan changed.');
    expect(await plansOf(portal, id)).toEqual({ orders: 'partner' });
    const { headers } = await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } });
    expect(headers.get('ratelimit-policy')).toBe('"partner";q=100000;w=3600');
    const ada = await signedIn(portal, ADA);
    expect(textOf(await ada.get('/admin/audit'))).toContain('orders to partner');
  });

  it('are listed with the applications of an organization for its administrators', async () => {
    const { portal, ben } = await open();
    await subscribe(ben, 'orders', { plan: 'partner' });
    await subscribe(ben, 'prices');
    const ada = await signedIn(portal, ADA);
    expect(textOf(await ada.get('/admin/applications'))).toContain('Orders (plan partner), Prices');
  });

  it.each([
    ['an unknown plan', { plan: 'gold', api: 'orders' }],
    ['a plan of another API', { plan: 'partner', api: 'stock' }],
    ['no plan', { plan: '', api: 'orders' }],
    ['an unknown API', { plan: 'free', api: 'nothing' }],
    ['an API without a subscription', { plan: 'free', api: 'stock' }],
  ])('refuse a change to %s', async (_what, fields) => {
    const { portal, ben, id } = await open();
    await subscribe(ben, 'orders', { plan: 'free' });
    const { status } = await ben.submit(`/applications/${id}`, `/applications/${id}/plan`, fields);
    expect([status, await plansOf(portal, id)]).toEqual([404, { orders: 'free' }]);
  });

  it('refuse a subscription with an unknown plan', async () => {
    const { portal, ben, id } = await open();
    for (const api of ['orders', 'prices']) expect((await subscribe(ben, api, { plan: 'gold' })).status).toBe(404);
    expect(await portal.gate.directory.applications.find(id)).toMatchObject({ subscriptions: [] });
  });

  it('are not changed for a subscription that has ended since the page was read', async () => {
    const { portal, ben, id } = await open();
    await subscribe(ben, 'orders', { plan: 'free' });
    const { applications } = portal.gate.directory;
    const { findFresh } = DirectoryReads.prototype;
    const read = jest.spyOn(DirectoryReads.prototype, 'findFresh').mockImplementation(async function (
      this: DirectoryReads<object>,
      key: string,
    ) {
      const found = await findFresh.call(this, key);
      if (key === id) {
        read.mockRestore();
        await applications.unsubscribe(id, 'orders'); // after the portal has read the application
      }
      return found;
    });
    const fields = { api: 'orders', plan: 'partner' };
    const form_token = await ben.formToken('/tokens', '/sign-out');
    expect((await ben.post(`/applications/${id}/plan`, { form_token, ...fields })).status).toBe(404);
    expect(await applications.find(id)).toMatchObject({ subscriptions: [] });
  });

  it('are not changed by another user', async () => {
    const { portal, ben, id } = await open();
    await subscribe(ben, 'orders', { plan: 'free' });
    const { text } = await ben.get(`/applications/${id}`);
    expect(hiddenFields(text, `/applications/${id}/plan`)).toMatchObject({ api: 'orders' });
    const ana = await signedIn(portal, ANA);
    const form_token = await ana.formToken('/subscriptions', '/applications');
    const { status } = await ana.post(`/applications/${id}/plan`, { form_token, api: 'orders', plan: 'partner' });
    expect([status, await plansOf(portal, id)]).toEqual([404, { orders: 'free' }]);
  });

  it('of declared applications are shown and not changed', async () => {
    const portal = await servePortal(PLANNED);
    const ana = await signedIn(portal, ANA);
    expect(textOf(await ana.get('/subscriptions'))).toContain('Plan free: 1,000 requests per minute');
    const { text } = await ana.get('/applications/key');
    expect(textOf({ text })).toContain('free: 1,000 requests per minute');
    expect(text).not.toContain('Change plan');
    const form_token = await ana.formToken('/subscriptions', '/applications');
    expect((await ana.post('/applications/key/plan', { form_token, api: 'orders', plan: 'partner' })).status).toBe(409);
  });
});

it.each([true, false])('a plan is chosen and changed in a browser, with JavaScript: %s', async (javaScriptEnabled) => {
  const portal = await servePortal(PLANNED);
  const { page, close } = await openPage({ javaScriptEnabled });
  await page.goto(`${portal.url}/store/sign-in`);
  await page.getByLabel('User name').fill(BEN.username);
  await page.getByLabel('Password').fill(BEN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  const orders = page.getByRole('region', { name: 'Orders' });
  await orders.getByLabel('Plan').selectOption('partner');
  if (javaScriptEnabled) await expectAccessible(page);
  await orders.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByRole('heading', { name: 'You are set', level: 1 }).waitFor();
  await page.goto(`${portal.url}/store/subscriptions`);
  await page.getByText('Plan partner: 100,000 requests per hour').first().waitFor();
  await page.getByText('Production: 100,000 of 100,000 requests left').waitFor();
  await page.getByRole('link', { name: 'DefaultApplication' }).click();
  await page.getByLabel('Plan').selectOption('free');
  if (javaScriptEnabled) await expectAccessible(page);
  await page.getByRole('button', { name: 'Change plan' }).click();
  await page.getByText('Production: 1,000 of 1,000 requests left').waitFor();
  expect(new URL(page.url()).hash).toBe('#subscriptions');
  await close();
  const [made] = (await collect(portal.gate.directory.applications.list())).filter(
    ({ owner }) => owner === BEN.username,
  );
  expect(made?.plans).toEqual({ orders: 'free' });
});

describe('in a browser', () => {
  const signIn = async (portal: ServedPortal) => {
    const opened = await openPage({ expectedStatuses: [429] });
    const { page } = opened;
    await page.goto(`${portal.url}/store/sign-in`);
    await page.getByLabel('User name').fill(BEN.username);
    await page.getByLabel('Password').fill(BEN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
    return opened;
  };

  it('plans are in one column', async () => {
    const portal = await servePortal(PLANNED);
    const { page, close } = await signIn(portal);
    const plans = page.getByRole('region', { name: 'Orders' }).getByRole('definition').filter({ hasText: 'requests' });
    const boxes = await Promise.all((await plans.all()).map((plan) => plan.boundingBox()));
    expect(new Set(boxes.map((box) => box?.x)).size).toBe(1);
    expect(boxes).toHaveLength(2);
    await close();
  });

  it('Try it says why a request beyond the plan was refused', async () => {
    const portal = await servePortal({ ...PLANNED, plans: { ...PLANNED.plans, free: { requests: 1, per: 60 } } });
    const ben = await signedIn(portal, BEN);
    const { key } = await withKeys(ben);
    await subscribe(ben, 'orders', { plan: 'free' });
    const { accessToken } = await portal.gate.tokens.issue({ clientId: key });
    const { page, close } = await signIn(portal);
    await page.goto(`${portal.url}/store/try-it`);
    await page.getByLabel('Resource').selectOption('GET /orders');
    await page.getByLabel('Access token').fill(accessToken);
    await page.getByText('This request would be allowed.').waitFor();
    for (const status of ['200 OK', '429 Too Many Requests']) {
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByTestId('response-status').filter({ hasText: status }).waitFor();
    }
    await page.getByText('the plan free admits 1 request in 60 seconds').waitFor();
    await close();
  });
});

it('plans are described in the language of the visitor', async () => {
  const portal = await servePortal(PLANNED);
  const ben = await signedIn(portal, BEN);
  await withKeys(ben);
  await subscribe(ben, 'orders', { plan: 'partner' });
  const text = textOf(await ben.get('/subscriptions', { 'Accept-Language': 'de' }));
  expect(text).toContain('Plan partner: 100.000 Anfragen pro Stunde, höchstens 2.000 auf einmal');
  expect(text).toContain('100.000 von 100.000 Anfragen übrig');
});
