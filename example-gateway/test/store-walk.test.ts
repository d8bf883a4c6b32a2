import { openPage } from '../../test/support/browser/chromium';
import { aGateway, JOHN } from './support/gateway';

it('the portal leads from the sign-in to a request that the demo upstream answers', async () => {
  const { url } = await aGateway({ keys: { portal: '/store', applications: [] } });
  const { page, close } = await openPage({ expectedStatuses: [403] });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const goTo = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click();
  const send = async (): Promise<number> => {
    const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/orders/1');
    await press('Send');
    return (await answered).status();
  };

  await page.goto(`${url}/store`);
  await page.getByLabel('User name').fill(`${JOHN.username}@johnsorg`);
  await page.getByLabel('Password').fill(JOHN.password);
  await press('Sign in');
  await press('Subscribe');
  await page.getByTestId('consumer-secret').waitFor();
  await goTo('Generate token');
  await page.getByLabel('read', { exact: true }).check();
  await press('Generate token');
  await page.getByTestId('access-token').waitFor();
  await goTo('Try it');
  await page.getByLabel('Resource').selectOption('PUT /orders/:id');
  expect(await send()).toBe(403);
  await page.getByRole('link', { name: 'Generate token with update' }).click();
  await press('Generate token');
  await page.getByTestId('access-token').waitFor();
  await goTo('Try it');
  expect(await send()).toBe(200);
  await page.getByTestId('response-body').filter({ hasText: JOHN.username }).waitFor();
  await close();
});
