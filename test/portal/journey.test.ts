import type { Page } from 'playwright-core';
import { openPage } from '../support/browser/chromium';
import { everyStore, onRedis } from '../support/stores/every-store';
import { ANA, servePortal, type ServedPortal } from '../support/portal/served-portal';

const UPDATE = 'PUT /orders/:id';

const signIn = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store`);
  await page.getByLabel('User name').fill(ANA.username);
  await page.getByLabel('Password').fill(ANA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

const goTo = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('navigation').getByRole('link', { name }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
};

/** Subscribes, which generates keys; stays on their page. */
const getKeys = async (page: Page): Promise<string> => {
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByRole('heading', { name: 'You are set', level: 1 }).waitFor();
  const secret = (await page.getByTestId('consumer-secret').textContent()) ?? '';
  expect(secret).toMatch(/^sgs_/);
  expect(await page.getByTestId('consumer-key').textContent()).toMatch(/^[A-Za-z0-9]{28}$/);
  return secret;
};

const generateToken = async (page: Page, ...scopes: readonly string[]): Promise<string> => {
  await page.getByLabel('Application').selectOption({ label: 'DefaultApplication (production)' });
  for (const scope of ['read', 'update']) {
    await page.getByLabel(scope, { exact: true }).setChecked(scopes.includes(scope));
  }
  await page.getByRole('button', { name: 'Generate token' }).click();
  expect(await page.getByTestId('granted-scope').textContent()).toBe(scopes.join(' '));
  expect(await page.getByTestId('refresh-token').textContent()).toMatch(/^sgr_/);
  return (await page.getByTestId('access-token').textContent()) ?? '';
};

const send = async (page: Page, resource?: string): Promise<string> => {
  if (resource !== undefined) await page.getByLabel('Resource').selectOption(resource);
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname.startsWith('/orders'));
  await page.getByRole('button', { name: 'Send' }).click();
  const status = (await answered).status();
  const shown = page.getByTestId('response-status').filter({ hasText: String(status) });
  await shown.waitFor();
  return (await shown.textContent()) ?? '';
};

/** From a 403 on the resource that needs `update` to the token's end. */
const finish = async (page: Page, readToken: string): Promise<void> => {
  await goTo(page, 'Try it');
  expect(await page.getByLabel('Access token').inputValue()).toBe(readToken);
  expect(await send(page, UPDATE)).toMatch(/^403/);
  await page.getByText('✗ update (missing)').waitFor();
  await page.getByRole('link', { name: 'Generate token with update' }).click();
  expect(await page.getByLabel('read', { exact: true }).isChecked()).toBe(true); // what it had, it keeps
  const token = await generateToken(page, 'read', 'update');

  await goTo(page, 'Try it');
  expect(await page.getByLabel('Resource').inputValue()).toBe(UPDATE);
  await page.getByText('✓ update').waitFor();
  expect(await send(page)).toMatch(/^200/);
  expect(await page.getByTestId('response-body').textContent()).toContain(ANA.username);

  await goTo(page, 'My tokens');
  expect(await page.getByRole('row').filter({ hasText: ANA.username }).count()).toBe(2);
  await page.getByRole('row').filter({ hasText: 'read update' }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The token has ended.').waitFor();
  await goTo(page, 'Try it');
  expect(await page.getByLabel('Access token').inputValue()).toBe(token);
  expect(await send(page)).toMatch(/^401/);
};

describe.each(everyStore)('the journey from the sign-in to a token and its end, with %s,', (_name, freshStore) => {
  it('works in a browser', async () => {
    const portal = await servePortal(await freshStore());
    const { page, addresses, close } = await openPage({ expectedStatuses: [403, 401] });
    await signIn(page, portal);
    const secret = await getKeys(page);
    await goTo(page, 'Generate token');
    const token = await generateToken(page, 'read');
    await finish(page, token);
    const [cookie] = await page.context().cookies();
    for (const hidden of [ANA.password, secret, token, cookie?.value ?? '']) {
      expect(hidden.length).toBeGreaterThan(10);
      expect(addresses.filter((address) => decodeURIComponent(address).includes(hidden))).toEqual([]);
    }
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You have signed out.').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await close();
  });
});

it('a gateway that restarts on the same Redis in the middle of the journey loses nothing', async () => {
  const options = await onRedis();
  const before = await servePortal(options);
  const { page, close } = await openPage({ expectedStatuses: [403, 401] });
  await signIn(page, before);
  await getKeys(page);
  await goTo(page, 'Generate token');
  const token = await generateToken(page, 'read');
  await before.close();

  await servePortal(options, { port: Number(new URL(before.url).port) });
  await finish(page, token);
  await close();
});

it('the journey to a token works without JavaScript', async () => {
  const portal = await servePortal();
  const { page, close } = await openPage({ javaScriptEnabled: false });
  await signIn(page, portal);
  await getKeys(page);
  await goTo(page, 'Generate token');
  const token = await generateToken(page, 'read', 'update');
  const headers = { Authorization: `Bearer ${token}` };
  expect((await fetch(`${portal.url}/orders/1`, { method: 'PUT', headers })).status).toBe(200);
  await goTo(page, 'My tokens');
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('The token has ended.').waitFor();
  expect((await fetch(`${portal.url}/orders/1`, { method: 'PUT', headers })).status).toBe(401);
  await close();
});

it('a token that is offered after a 403 keeps the earlier scopes, even if the scope check is slow', async () => {
  const portal = await servePortal();
  const { page, close } = await openPage({ expectedStatuses: [403] });
  await signIn(page, portal);
  await getKeys(page);
  await goTo(page, 'Generate token');
  await generateToken(page, 'read');
  let letThrough = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  await page.route('**/try-it/check', async (route) => {
    await held;
    await route.continue();
  });
  await goTo(page, 'Try it');
  expect(await send(page, UPDATE)).toMatch(/^403/);
  letThrough();
  await page.getByRole('link', { name: 'Generate token with update' }).click();
  expect(await page.getByLabel('read', { exact: true }).isChecked()).toBe(true);
  await close();
});

it('the journey works with the keyboard alone', async () => {
  const portal = await servePortal();
  const { page, close } = await openPage();
  await page.goto(`${portal.url}/store`);
  await page.locator('input[name=username]:focus').waitFor(); // a browser moves the focus after it has loaded the page
  await page.keyboard.type(ANA.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(ANA.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  const focused = () => page.evaluate('document.activeElement.textContent.trim()');
  for (let presses = 0; presses < 40 && (await focused()) !== 'Subscribe'; presses += 1)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'You are set' }).waitFor();
  await close();
});
