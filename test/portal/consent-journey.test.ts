import type { Page } from 'playwright-core';
import { aCodeClient, authorizeUrl, exchange, responseIn } from '../support/authorize/code-client';
import { openPage, type WatchOptions } from '../support/browser/chromium';
import { serve } from '../support/http/raw-http';
import { ANA, servePortal } from '../support/portal/served-portal';
import { everyStore } from '../support/stores/every-store';

const call = async (url: string, token: string, method = 'GET'): Promise<number> =>
  (await fetch(url, { method, headers: { Authorization: `Bearer ${token}` } })).status;

/** Presses a button that leads to the application, and returns the parameters that it receives. */
const answerOf = async (page: Page, leave: () => Promise<unknown>) => {
  await Promise.all([page.waitForURL('**/callback?**'), leave()]);
  return responseIn(page.url());
};

const WITHOUT_SCRIPTS: WatchOptions = { javaScriptEnabled: false };

describe.each(everyStore)('a consent, with %s,', (_name, freshStore) => {
  it.each<[string, WatchOptions]>([
    ['with JavaScript', {}],
    ['without JavaScript', WITHOUT_SCRIPTS],
  ])('is given, needs no page again, and is revoked in My tokens, in Chromium %s', async (_scripts, options) => {
    const portal = await servePortal(await freshStore());
    const application = await serve((_request, response) => response.end('signed in'));
    const redirectUris = [`http://127.0.0.1:${application.port}/callback`];
    const client = await aCodeClient(portal, { redirectUris });
    const { page, close } = await openPage(options);
    await page.goto(`${portal.url}/store/sign-in?return=%2Ftokens`);
    await page.getByLabel('User name').fill(ANA.username);
    await page.getByLabel('Password').fill(ANA.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'My tokens' }).waitFor();

    await page.goto(authorizeUrl(portal, client)); // signed in already: the portal's session is shared
    await page.getByLabel('update', { exact: true }).uncheck();
    const { code } = await answerOf(page, () => page.getByRole('button', { name: 'Allow' }).click());
    const { access_token, refresh_token } = (await exchange(portal, client, code)).body;
    expect(await call(`${portal.url}/orders`, access_token)).toBe(200);
    expect(await call(`${portal.url}/orders/1`, access_token, 'PUT')).toBe(403);
    const pending = await answerOf(page, () => page.goto(authorizeUrl(portal, client))); // no page for a known decision

    await page.goto(`${portal.url}/store/tokens`);
    const consents = page.getByRole('region', { name: 'Your consents' });
    expect(await consents.getByRole('cell', { name: 'Code app', exact: true }).count()).toBe(1);
    await consents.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The consent has been revoked. Its tokens have ended.').waitFor();
    expect(await call(`${portal.url}/orders`, access_token)).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token };
    expect((await exchange(portal, client, undefined, refresh)).body.error).toBe('invalid_grant');
    expect((await exchange(portal, client, pending['code'])).body.error).toBe('invalid_grant');
    await page.goto(authorizeUrl(portal, client));
    await page.getByRole('button', { name: 'Allow' }).waitFor(); // asks again
    await close();
    await application.close();
  });
});
