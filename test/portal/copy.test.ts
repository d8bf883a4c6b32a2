import type { Page } from 'playwright-core';
import { openPage } from '../support/browser/chromium';
import { BEN, servePortal } from '../support/portal/served-portal';

/** Signs in at a host name, and generates keys there. */
const openKeys = async (page: Page, host: string): Promise<void> => {
  const { url, gate } = await servePortal();
  const { id } = await gate.directory.applications.create({ name: 'My app', owner: BEN.username });
  await page.goto(`http://${host}:${new URL(url).port}/store/sign-in`);
  await page.getByLabel('User name').fill(BEN.username);
  await page.getByLabel('Password').fill(BEN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').getByRole('link', { name: 'My Subscriptions' }).click();
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await page.getByTestId('consumer-secret').waitFor();
  expect(id).not.toBe('');
};

/** The contents of the clipboard, pasted into a page of a fresh tab. */
const pasted = async (page: Page): Promise<string> => {
  const other = await page.context().newPage();
  await other.goto(new URL('/store/try-it', page.url()).href);
  await other.getByLabel('Access token').focus();
  await other.keyboard.press('Control+V');
  const text = await other.getByLabel('Access token').inputValue();
  await other.close();
  return text;
};

const copySecret = (page: Page) => page.getByRole('button', { name: 'Copy the consumer secret' }).click();

describe('the Copy button', () => {
  it.each(['127.0.0.1', 'store.test'])('copies a secret over plain http at %s, and confirms it', async (host) => {
    const { page, close } = await openPage();
    await openKeys(page, host);
    expect(await page.evaluate('isSecureContext')).toBe(host === '127.0.0.1');
    await copySecret(page);
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' });
    expect(await pasted(page)).toBe(await page.getByTestId('consumer-secret').textContent());
    await close();
  });

  it('copies even if the browser denies access to the clipboard', async () => {
    const { page, close } = await openPage();
    await openKeys(page, '127.0.0.1');
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))");
    await copySecret(page);
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' });
    expect(await pasted(page)).toBe(await page.getByTestId('consumer-secret').textContent());
    await close();
  });

  it('selects the text and says how to copy it if the browser supports no copying by a page', async () => {
    const { page, close } = await openPage();
    await openKeys(page, 'store.test');
    await page.evaluate('document.execCommand = () => false');
    await copySecret(page);
    await page.getByRole('status').filter({ hasText: 'Press Ctrl+C' }).waitFor({ state: 'attached' });
    expect(await page.evaluate('getSelection().toString()')).toBe(
      await page.getByTestId('consumer-secret').textContent(),
    );
    await close();
  });
});
