import { openPage } from '../support/browser/chromium';
import { manyApis } from '../support/gate/many-apis';
import { BEN, servePortal } from '../support/portal/served-portal';

it('Try it shows the resources of one API, and keeps the token and the last resource', async () => {
  const portal = await servePortal(manyApis);
  const { id } = await portal.gate.directory.applications.create({
    name: 'My app',
    owner: BEN.username,
    subscriptions: ['stock'],
  });
  await portal.gate.directory.applications.generateKeys(id, { environment: 'production' });
  const { page, close } = await openPage({ expectedStatuses: [400] });
  await page.goto(`${portal.url}/store/sign-in?return=%2Ftry-it`);
  await page.getByLabel('User name').fill(BEN.username);
  await page.getByLabel('Password').fill(BEN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Try it', level: 1 }).waitFor();
  const resources = async (): Promise<readonly string[]> => {
    const options = await page.getByLabel('Resource').locator('option').all();
    return Promise.all(options.map(async (option) => (await option.getAttribute('value')) ?? ''));
  };

  // The API that the user's application subscribes to is selected.
  expect(await resources()).toEqual(['GET /stock', 'POST /stock']);
  await page.getByRole('button', { name: 'Get a token for this resource' }).click();
  await page.getByText('New token with read').waitFor();
  const token = await page.getByLabel('Access token').inputValue();

  await page.getByLabel('API').selectOption({ label: 'Orders' });
  await page.waitForURL('**/try-it?api=orders');
  expect(await resources()).toEqual(['GET /orders', 'PUT /orders/:id']);
  expect(await page.getByLabel('Access token').inputValue()).toBe(token);
  await page.getByText('None of your applications is subscribed to Orders.').waitFor();
  await page.getByRole('button', { name: 'Get a token for this resource' }).click();
  const refusal = page.getByRole('status').filter({ hasText: 'My app is not subscribed to Orders.' });
  expect(await refusal.getByRole('link').getAttribute('href')).toBe('/store/apis/orders/subscribe');

  await page.getByLabel('Resource').selectOption('PUT /orders/:id');
  await page.goto(`${portal.url}/store/try-it`);
  await page.waitForURL('**/try-it?api=orders');
  expect(await page.getByLabel('Resource').inputValue()).toBe('PUT /orders/:id');
  await close();
});
