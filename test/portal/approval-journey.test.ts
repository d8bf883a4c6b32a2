import type { Page } from 'playwright-core';
import { openPage } from '../support/browser/chromium';
import { ADA, BEN, servePortal } from '../support/portal/served-portal';
import { signedIn, withKeys } from '../support/portal/visitor';

const signIn = async (page: Page, url: string, { username, password }: typeof ADA | typeof BEN): Promise<void> => {
  await page.goto(`${url}/store`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

it.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
] as const)(
  'an administrator approves a subscription by keyboard %s, and a token then works',
  async (_how, javaScriptEnabled) => {
    const portal = await servePortal({
      apis: {
        orders: { title: 'Orders', approval: true, resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
      },
    });
    const ben = await signedIn(portal, BEN);
    const { id, key } = await withKeys(ben);
    await portal.gate.directory.applications.request(id, 'orders', { by: BEN.username });
    const statusNow = async (): Promise<number> => {
      const { accessToken } = await portal.gate.tokens.issue({ clientId: key });
      return (await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } })).status;
    };
    expect(await statusNow()).toBe(403);
    const { page, close } = await openPage({ javaScriptEnabled });
    await signIn(page, portal.url, ADA);
    await page.goto(`${portal.url}/store/admin/approvals`);
    await page.getByRole('heading', { name: 'Approvals', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Approve', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Approved. The subscription is in effect.').waitFor();
    const { accessToken } = await portal.gate.tokens.issue({ clientId: key, scopes: ['read'] });
    const { status } = await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } });
    expect(status).toBe(200);
    await close();
  },
);
