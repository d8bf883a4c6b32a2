import type { Page } from 'playwright-core';
import { expectAccessible, openPage } from '../support/browser/chromium';
import { NO_OVERFLOW, overflowAt } from '../support/browser/overflow';
import { ADA, ANA, type ServedPortal } from '../support/portal/served-portal';
import { usedPortal } from '../support/portal/used-portal';

type User = { readonly username: string; readonly password: string };

const signIn = async (page: Page, { url }: ServedPortal, { username, password }: User = ANA): Promise<void> => {
  await page.goto(`${url}/store/sign-in`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

/** Moves the focus to a link by the Tab key alone, and follows it. */
const followByKeyboard = async (page: Page, name: string): Promise<void> => {
  const link = page.getByRole('link', { name, exact: true });
  for (let presses = 0; presses < 100; presses += 1) {
    if ((await link.and(page.locator(':focus')).count()) > 0) {
      await page.keyboard.press('Enter');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the link ${name} cannot be reached by the Tab key`);
};

const LOOKS = [
  { colorScheme: 'light', forcedColors: 'none', width: 1_280 },
  { colorScheme: 'dark', forcedColors: 'none', width: 1_280 },
  { colorScheme: 'dark', forcedColors: 'none', width: 390 },
  { colorScheme: 'light', forcedColors: 'none', width: 390 },
  { colorScheme: 'light', forcedColors: 'active', width: 1_280 },
] as const;

const expectGoodLooks = async (page: Page): Promise<void> => {
  for (const { width, ...media } of LOOKS) {
    await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
    expect([media, await overflowAt(page, width)]).toEqual([media, NO_OVERFLOW]);
    expect((await page.getByTestId('usage-chart').boundingBox())?.height).toBeGreaterThan(100);
    await expectAccessible(page);
  }
};

it('the pages of usage are accessible and need no sideways scrolling, light and dark, wide and narrow', async () => {
  const portal = await usedPortal();
  const { page, close } = await openPage();
  await signIn(page, portal);
  for (const path of ['/usage', '/usage?period=hour', '/applications/key/usage?period=month']) {
    await page.goto(`${portal.url}/store${path}`);
    await page.getByText('Numbers of the chart').first().click();
    await page.getByRole('columnheader', { name: 'Time (UTC)' }).waitFor({ state: 'attached' });
    await expectGoodLooks(page);
  }
  await signIn(await logOut(page, portal), portal, ADA);
  await page.goto(`${portal.url}/store/admin/usage`);
  await expectGoodLooks(page);
  await close();
});

/** Ends the session of a browser. */
const logOut = async (page: Page, { url }: ServedPortal): Promise<Page> => {
  await page.context().clearCookies();
  await page.goto(`${url}/store/sign-in`);
  return page;
};

it('a user finds the refusals of an application by the keyboard, without a script', async () => {
  const portal = await usedPortal();
  const { page, close } = await openPage({ javaScriptEnabled: false });
  await signIn(page, portal);
  await followByKeyboard(page, 'Usage');
  await page.getByRole('heading', { name: 'Usage', level: 1 }).waitFor();
  await followByKeyboard(page, 'Last 30 days');
  await page.getByRole('img', { name: 'All requests, last 30 days' }).waitFor();
  await followByKeyboard(page, 'Declared app');
  await page.getByRole('heading', { name: 'Usage of Declared app', level: 1 }).waitFor();
  await page.getByText("The token doesn't include update.").waitFor();
  await close();
});
