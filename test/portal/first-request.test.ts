import { performance } from 'node:perf_hooks';
import type { Page } from 'playwright-core';
import { expectAccessible, openPage } from '../support/browser/chromium';
import { NO_OVERFLOW, overflowAt } from '../support/browser/overflow';
import { BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';

const MAX_CLICKS = 3;

const signIn = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store`);
  await page.locator('input[name=username]:focus').waitFor();
  await page.keyboard.type(BEN.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(BEN.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

const FOCUSED = 'document.activeElement.textContent.trim()';

/** Moves the focus to a button by the keyboard, and presses it. */
const pressByKeyboard = async (page: Page, name: string): Promise<void> => {
  for (let presses = 0; presses < 80 && (await page.evaluate(FOCUSED)) !== name; presses += 1) {
    await page.keyboard.press('Tab');
  }
  expect(await page.evaluate(FOCUSED)).toBe(name);
  await page.keyboard.press('Enter');
};

const status = (page: Page) => page.getByTestId('response-status').filter({ hasText: '200' });

describe('from the sign-in to the first 200', () => {
  it('a new user needs three clicks', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage();
    await signIn(page, portal);
    let clicks = 0;
    const click = async (name: string): Promise<void> => {
      clicks += 1;
      await page.getByRole('button', { name, exact: true }).click();
    };
    const began = performance.now();
    await click('Subscribe');
    await page.getByTestId('consumer-secret').waitFor();
    await click('Get a token for this resource');
    await page.getByText('✓ read').waitFor();
    await click('Send');
    await status(page).waitFor();
    expect(clicks).toBeLessThanOrEqual(MAX_CLICKS);
    expect((performance.now() - began) / 1000).toBeLessThan(60); // for a person, without a wait that a machine explains
    expect(await page.getByTestId('response-body').textContent()).toContain(BEN.username);
    await close();
  });

  it('the keyboard is enough', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage();
    await signIn(page, portal);
    await pressByKeyboard(page, 'Subscribe');
    await page.getByTestId('consumer-secret').waitFor();
    await pressByKeyboard(page, 'Get a token for this resource');
    await page.getByText('New token with read').waitFor();
    await pressByKeyboard(page, 'Send');
    await status(page).waitFor();
    await page.getByRole('status').filter({ hasText: 'Response: 200' }).waitFor();
    await close();
  });

  it('a reload of the page with the keys generates no others', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage();
    await signIn(page, portal);
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.getByTestId('consumer-secret').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'My Subscriptions', level: 1 }).waitFor();
    expect(await page.getByTestId('consumer-key').count()).toBe(1);
    await close();
  });
});

it('the page with the keys and the response is accessible and does not scroll sideways, light and dark, wide and narrow', async () => {
  const portal = await servePortal();
  const { page, close } = await openPage();
  await signIn(page, portal);
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByRole('button', { name: 'Get a token for this resource' }).click();
  await page.getByText('✓ read').waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  await status(page).waitFor();
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.getByRole('button', { name: 'Add a header' }).click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [390, 1280]) {
      expect(await overflowAt(page, width)).toEqual(NO_OVERFLOW);
      await expectAccessible(page);
    }
  }
  await close();
});
