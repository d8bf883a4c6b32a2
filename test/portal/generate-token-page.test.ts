import type { Page } from 'playwright-core';
import { openPage } from '../support/browser/chromium';
import { collect } from '../support/stores/collect';
import { manyApis } from '../support/gate/many-apis';
import { BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';

/** Two applications of Ben's, each with a key and one API. */
const twoApplications = async ({ gate }: ServedPortal): Promise<readonly string[]> => {
  const { applications } = gate.directory;
  const clientIds: string[] = [];
  for (const [name, api] of [
    ['Alpha', 'orders'],
    ['Beta', 'books'],
  ] as const) {
    const { id } = await applications.create({ name, owner: BEN.username, subscriptions: [api] });
    clientIds.push((await applications.generateKeys(id, { environment: 'production' })).clientId);
  }
  return clientIds;
};

const open = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store/sign-in?return=%2Fgenerate-token`);
  await page.getByLabel('User name').fill(BEN.username);
  await page.getByLabel('Password').fill(BEN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Generate token', level: 1 }).waitFor();
};

it('the Generate token page updates when an application is selected, and generates a token for it', async () => {
  const portal = await servePortal(manyApis);
  const [, beta = ''] = await twoApplications(portal);
  const { page, close } = await openPage();
  await open(page, portal);
  expect(await page.getByRole('checkbox').count()).toBe(2);
  await page.getByLabel('Application').selectOption({ label: 'Beta (production)' });
  await page.getByLabel('borrow', { exact: true }).check();
  await page.getByRole('button', { name: 'Generate token' }).click();
  expect(await page.getByTestId('granted-scope').textContent()).toBe('borrow');
  expect(await collect(portal.gate.tokens.find({ clientId: beta }))).toHaveLength(1);
  await close();
});

it('a reload of the page with a generated token issues no second token, and says so', async () => {
  const portal = await servePortal(manyApis);
  const [alpha = ''] = await twoApplications(portal);
  const { page, close } = await openPage();
  await open(page, portal);
  await page.getByRole('button', { name: 'Generate token' }).click();
  await page.getByTestId('access-token').waitFor();
  await page.reload();
  await page.getByText('This form was already submitted.').waitFor();
  expect(await collect(portal.gate.tokens.find({ clientId: alpha }))).toHaveLength(1);
  await close();
});

it('the Generate token page follows the selection without JavaScript', async () => {
  const portal = await servePortal(manyApis);
  await twoApplications(portal);
  const { page, close } = await openPage({ javaScriptEnabled: false });
  await open(page, portal);
  await page.getByLabel('Application').selectOption({ label: 'Beta (production)' });
  await page.getByLabel('No user (client credentials)').check();
  await page.getByRole('button', { name: 'Choose' }).click();
  await page.getByLabel('borrow', { exact: true }).check();
  await page.getByRole('button', { name: 'Generate token' }).click();
  expect(await page.getByTestId('granted-scope').textContent()).toBe('borrow');
  expect(await page.getByTestId('refresh-token').count()).toBe(0);
  await close();
});
