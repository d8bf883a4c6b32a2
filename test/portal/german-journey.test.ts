import type { Page } from 'playwright-core';
import { LANGUAGES } from '../../src/pages/texts/languages';
import { expectAccessible, openPage } from '../support/browser/chromium';
import { NO_OVERFLOW, overflowAt } from '../support/browser/overflow';
import { BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';

const { en, de } = LANGUAGES;

/** The width of a small phone. German words are longer than English ones. */
const PHONE = 390;

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

const signIn = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store`);
  await page.getByLabel(de.signIn.username).fill(BEN.username);
  await page.getByLabel(de.phrases.password, { exact: true }).fill(BEN.password);
  await press(page, de.signIn.signIn);
  await page.getByRole('heading', { name: de.apis.title, level: 1 }).waitFor();
};

const expectFits = async (page: Page): Promise<void> => {
  expect([page.url(), await overflowAt(page, PHONE)]).toEqual([page.url(), NO_OVERFLOW]);
};

describe('a browser in German', () => {
  it('leads from the sign-in to the first response of an API', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage({ locale: 'de-AT' });
    await signIn(page, portal);
    await expectFits(page);
    await press(page, de.apis.subscribe);
    await page.getByRole('heading', { name: de.keys.ready, level: 1 }).waitFor();
    expect(await page.getByTestId('consumer-secret').textContent()).toMatch(/^sgs_/);
    await page.getByRole('button', { name: de.phrases.copyOf(de.keys.secretLabel) }).click();
    await page.getByText(de.phrases.copied, { exact: true }).first().waitFor();
    await expectFits(page);
    await press(page, de.tryItPanel.getToken);
    await page.getByText('✓ read').waitFor();
    await page.getByText(de.explanations.allowed).waitFor();
    await press(page, de.tryItPanel.send);
    await page.getByTestId('response-status').filter({ hasText: '200' }).waitFor();
    await expectFits(page);
    await expectAccessible(page);
    await close();
  });

  it('shows a refusal, the tokens and the sign-out in German', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage({ locale: 'de-DE' });
    await signIn(page, portal);
    await press(page, de.apis.subscribe);
    await press(page, de.tryItPanel.getToken);
    await page.getByText('✓ read').waitFor();
    await page.goto(`${portal.url}/store/tokens`);
    // Written by the script, in the order of day and month of the language.
    expect(await page.locator('time').first().textContent()).toMatch(/^\d{2}\.\d{2}\.\d{4}, \d{2}:\d{2}$/);
    await expectFits(page);
    await page.goto(`${portal.url}/store/password`);
    await press(page, de.account.signOutEverywhere);
    await page.getByRole('heading', { name: de.signIn.signOutEverywhere, level: 1 }).waitFor();
    await press(page, de.account.signOutEverywhere);
    await page.getByText(de.signIn.signedOutEverywhere).waitFor();
    await expectAccessible(page);
    await close();
  });

  it('keeps the language that the user chooses, without JavaScript as well', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage({ locale: 'de-DE', javaScriptEnabled: false });
    await page.goto(`${portal.url}/store/sign-in`);
    await press(page, en.phrases.languageName);
    await page.getByRole('heading', { name: en.signIn.signIn, level: 1 }).waitFor();
    await page.getByLabel(en.signIn.username).fill(BEN.username);
    await page.getByLabel(en.phrases.password, { exact: true }).fill(BEN.password);
    await press(page, en.signIn.signIn);
    await page.getByRole('heading', { name: en.apis.title, level: 1 }).waitFor();
    await press(page, de.phrases.languageName);
    await page.getByRole('link', { name: de.tokens.mine }).waitFor();
    await close();
  });
});
