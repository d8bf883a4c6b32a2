import { openPage } from '../support/browser/chromium';
import { EMMA, serveFullPortal, signInEmma } from '../support/portal/full-portal';

it('a table row is a card at 390 pixels: each cell has its header before it, and Revoke is at the top', async () => {
  const portal = await serveFullPortal();
  const { page, close } = await openPage({ viewport: { width: 390, height: 800 } });
  await signInEmma(page, portal);
  await page.goto(`${portal.url}/store/tokens`);
  const before =
    "[...document.querySelectorAll('tbody tr:first-child td')].map((cell) => getComputedStyle(cell, '::before').content.split(' / ')[0])";
  expect(await page.evaluate(before)).toEqual([
    '"For: "',
    '"Application: "',
    '"Scopes: "',
    '"Issued: "',
    '"Expires: "',
    '"Last used: "',
    'none',
  ]);
  const tops = await page.evaluate<readonly number[]>(
    "[...document.querySelectorAll('tbody tr:first-child td')].map((cell) => cell.getBoundingClientRect().top)",
  );
  expect(Math.min(...tops)).toBe(tops.at(-1));
  await close();
});

describe('the menu of small screens', () => {
  it('works with the keyboard and without JavaScript: Enter opens it, Escape closes it', async () => {
    const portal = await serveFullPortal();
    const { page, close } = await openPage({ viewport: { width: 390, height: 800 }, javaScriptEnabled: false });
    await signInEmma(page, portal);
    const link = page.getByRole('navigation').getByRole('link', { name: 'My tokens' });
    expect(await link.isVisible()).toBe(false);
    for (const name of ['Skip to the content', 'API Store', 'Menu']) {
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe(name);
    }
    await page.keyboard.press('Enter');
    expect(await link.isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Sign out' }).isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await link.isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('My Subscriptions');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'My Subscriptions', level: 1 }).waitFor();
    await close();
  });
});

it('the menu of the account opens with the keyboard, and its pages are reached from it', async () => {
  const portal = await serveFullPortal();
  const { page, close } = await openPage({ viewport: { width: 1280, height: 800 } });
  await signInEmma(page, portal);
  for (const name of ['APIs', 'My Subscriptions', 'Generate token', 'Try it', 'My tokens']) {
    expect(await page.getByRole('navigation').getByRole('link', { name, exact: true }).isVisible()).toBe(true);
  }
  await page.getByRole('button', { name: EMMA.username }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').textContent()).toBe('Organization');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Password', level: 1 }).waitFor();
  await close();
});

it('a typed password can be shown, and is hidden again when the form is sent', async () => {
  const portal = await serveFullPortal();
  const { page, close } = await openPage();
  await page.goto(`${portal.url}/store/sign-in`);
  const field = page.getByLabel('Password');
  expect(await page.locator(':focus').getAttribute('name')).toBe('username');
  await field.fill('a secret');
  await page.getByRole('button', { name: 'Show password' }).click();
  expect(await field.getAttribute('type')).toBe('text');
  await page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())");
  await page.getByLabel('User name').fill('ana');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await field.getAttribute('type')).toBe('password');
  await close();
});
