import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expectAccessible, openPage, type WatchOptions } from '../../test/support/browser/chromium';
import { startDemoPages } from '../src/demo/pages';
import { aGateway, anApplication, JOHN } from './support/gateway';

const run = promisify(execFile);

const WEB_APP = anApplication({
  name: 'Orders web',
  consumerKey: 'orders-web',
  consumerSecret: undefined,
  public: true,
  redirectUris: ['http://127.0.0.1/', 'http://127.0.0.1/callback'],
});

/** A gateway, and the single-page application on another origin, opened in a browser. */
const openApp = async (options: WatchOptions = {}) => {
  const gateway = await aGateway({ keys: { cors: true, applications: [anApplication(), WEB_APP] } });
  const { url, authorizeUrl, close } = await startDemoPages({ url: gateway.url, isSelfSigned: false });
  const watched = await openPage(options);
  await watched.page.goto(url);
  const closeAll = async (): Promise<void> => {
    await watched.close();
    close();
  };
  return { gateway, page: watched.page, url, authorizeUrl, close: closeAll };
};

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

const status = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();

const response = (page: Page, text: RegExp) => page.getByRole('log').filter({ hasText: text }).waitFor();

/** Signs in on the gateway's page, which the browser shows. */
const signIn = async (page: Page): Promise<void> => {
  await page.getByLabel('User name').fill(`${JOHN.username}@johnsorg`);
  await page.getByLabel('Password').fill(JOHN.password);
  await press(page, 'Sign in');
};

/** Goes from the application to the gateway's consent page. */
const askForConsent = async (page: Page): Promise<void> => {
  await press(page, 'Sign in');
  await signIn(page);
};

/** The access token in the next response of the token endpoint. */
const nextToken = async (page: Page): Promise<string> => {
  const answered = await page.waitForResponse((sent) => new URL(sent.url()).pathname === '/token');
  const { access_token: token } = (await answered.json()) as { readonly access_token: string };
  return token;
};

describe('the single-page application on another origin', () => {
  it('signs in with PKCE, reads and changes orders, refreshes, and signs out', async () => {
    const { page, url, close } = await openApp();
    await expectAccessible(page);
    await askForConsent(page);
    await press(page, 'Allow');
    await status(page, /^Signed in\. The token has the scopes: read update\.$/);
    expect(page.url()).toBe(url); // without the code
    await press(page, 'Read orders');
    await response(page, /^200 OK\n.*"item":"Tea"/);
    await press(page, 'Ship order 1');
    await response(page, /^200 OK\n.*"status":"shipped"/);
    await press(page, 'Refresh the token');
    await status(page, /^Refreshed\. The token has the scopes: read update\.$/);
    await press(page, 'Read orders');
    await status(page, /^The API has answered\.$/);
    await expectAccessible(page);
    await press(page, 'Sign out');
    await status(page, /^Signed out\. The tokens have ended\.$/);
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await close();
  });

  it('shows the challenge of a 403 if the user does not allow a scope', async () => {
    const { page, close } = await openApp({ expectedStatuses: [403] });
    await askForConsent(page);
    await page.getByLabel('update', { exact: true }).uncheck();
    await press(page, 'Allow');
    await status(page, /^Signed in\. The token has the scopes: read\.$/);
    await press(page, 'Ship order 1');
    await response(page, /^403 Forbidden\nBearer .*error="insufficient_scope".*scope="update"/);
    await status(page, /^The token is not allowed to do this\./);
    await expectAccessible(page);
    await close();
  });

  it('shows the challenge of a 401 if the token was revoked', async () => {
    const { gateway, page, close } = await openApp({ expectedStatuses: [401] });
    await askForConsent(page);
    const received = nextToken(page);
    await press(page, 'Allow');
    const body = new URLSearchParams({ token: await received, client_id: 'orders-web' });
    expect((await fetch(`${gateway.url}/revoke`, { method: 'POST', body })).status).toBe(200);
    await press(page, 'Read orders');
    await response(page, /^401 Unauthorized\nBearer .*error="invalid_token"/);
    await status(page, /^The token has expired or was revoked\./);
    await close();
  });

  it('shows that the user denied the request', async () => {
    const { page, close } = await openApp();
    await askForConsent(page);
    await press(page, 'Deny');
    await status(page, /denied/i);
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await close();
  });

  it.each([
    ['that it did not ask for', '?code=sgc_code&state=state&iss=http://127.0.0.1:8080'],
    ['without a state', '?code=sgc_code'],
  ])('refuses a response %s', async (_what, query) => {
    const { page, url, close } = await openApp();
    await page.goto(`${url}${query}`);
    await status(page, /^The response does not belong to a sign-in that this page began\. Sign in again\.$/);
    expect(page.url()).toBe(url);
    await close();
  });
});

describe('the page that the printed authorization request leads to', () => {
  it('shows a command that gets tokens for the code', async () => {
    const { page, authorizeUrl, close } = await openApp();
    await page.goto(authorizeUrl);
    await signIn(page);
    await press(page, 'Allow');
    await page.getByText('The gateway returned a code.').waitFor();
    const [command = ''] = /^curl .*$/m.exec((await page.textContent('body')) ?? '') ?? [];
    const { stdout } = await run('sh', ['-euc', command]);
    expect(JSON.parse(stdout)).toMatchObject({ token_type: 'Bearer', scope: 'read update' });
    await close();
  });
});
