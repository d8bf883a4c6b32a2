import type { Page } from 'playwright-core';
import { openPage } from '../support/browser/chromium';
import { manyApis } from '../support/gate/many-apis';
import { ANA, BEN, servePortal, type ServedPortal, tokenOfAna } from '../support/portal/served-portal';
import { signedIn, type PortalVisitor } from '../support/portal/visitor';

interface Check {
  readonly allowed: boolean;
  readonly summary: string;
  readonly scopes: readonly { readonly name: string; readonly has: boolean }[];
}

const aSandboxToken = async ({ gate: { directory, tokens } }: ServedPortal): Promise<string> => {
  const { id } = await directory.applications.create({
    name: 'Sandboxed',
    owner: ANA.username,
    subscriptions: ['orders', 'stock'],
  });
  const { clientId } = await directory.applications.generateKeys(id, { environment: 'sandbox' });
  return (await tokens.issue({ clientId, subject: ANA.username, scopes: ['read'] })).accessToken;
};

const check = async (visitor: PortalVisitor, token: string, path = '/orders'): Promise<Check> => {
  const form_token = await visitor.formToken('/apis', '/sign-out');
  const { text } = await visitor.post('/try-it/check', { form_token, token, method: 'GET', path });
  return JSON.parse(text) as Check;
};

const signIn = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store/sign-in?return=%2Ftry-it`);
  await page.getByLabel('User name').fill(ANA.username);
  await page.getByLabel('Password').fill(ANA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Try it', level: 1 }).waitFor();
};

describe('the scope marks of Try it', () => {
  it('show the scopes if scopes decide', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    expect(await check(ana, await tokenOfAna(portal))).toMatchObject({
      allowed: true,
      scopes: [{ name: 'read', has: true }],
    });
    expect(await check(ana, await tokenOfAna(portal, []))).toMatchObject({
      allowed: false,
      scopes: [{ name: 'read', has: false }],
    });
  });

  it('are empty for a refusal with another reason', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    const sandbox = await aSandboxToken(portal);
    expect(await check(ana, sandbox)).toMatchObject({ allowed: false, scopes: [] });
    expect((await check(ana, sandbox)).summary).toContain('sandbox');
    expect(await check(ana, sandbox, '/stock')).toMatchObject({ allowed: true, scopes: [{ name: 'read', has: true }] });
    expect(await check(ana, await tokenOfAna(portal), '/stock')).toMatchObject({ allowed: false, scopes: [] }); // not subscribed
    expect(await check(ana, 'sga_nothing')).toMatchObject({ allowed: false, scopes: [] });
  });

  it('accept a token that was pasted with the word Bearer as well', async () => {
    const portal = await servePortal();
    const ana = await signedIn(portal, ANA);
    const token = await tokenOfAna(portal);
    for (const text of [`Bearer ${token}`, `bearer  ${token} `, ` ${token}`])
      expect(await check(ana, text)).toMatchObject({ allowed: true });
  });

  it('report a text that is too long for a token', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    expect((await check(ben, 'x'.repeat(513))).summary).toBe(
      'This is not an access token: it is longer than 512 characters.',
    );
  });
});

describe('the Try it page', () => {
  it('sends a token that was pasted as a whole header', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage();
    await signIn(page, portal);
    await page.getByLabel('Access token').fill(`Authorization: Bearer ${await tokenOfAna(portal)}`);
    await page.getByText('✓ read').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByTestId('response-status').filter({ hasText: '200' }).waitFor();
    await close();
  });

  it('shows no scope marks for a token that is no longer in the field', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage({ expectedStatuses: [400] });
    await signIn(page, portal);
    await page.getByLabel('Access token').fill(await tokenOfAna(portal));
    await page.getByText('✓ read').waitFor();
    await page.getByLabel('Access token').fill('x'.repeat(600));
    await page.getByText('it is longer than 512 characters').waitFor();
    expect(await page.getByText('✓ read').count()).toBe(0);
    await close();
  });

  it('reports that the session has ended, and links to the sign-in', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage({ expectedStatuses: [403] });
    await signIn(page, portal);
    const token = await tokenOfAna(portal);
    await page.getByLabel('Access token').fill(token);
    await page.getByText('✓ read').waitFor();

    const [cookie] = await page.context().cookies();
    if (cookie === undefined) throw new Error('there is no cookie');
    await page.context().clearCookies();
    await page.getByLabel('Access token').fill(`${token} `);
    await page.getByText('Your session has ended.').waitFor();
    expect(await page.getByText('✓ read').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Sign in again' }).getAttribute('href')).toBe(
      '/store/sign-in?return=%2Ftry-it',
    );

    // The cookie is there, and the session has ended in another window.
    await page.context().addCookies([cookie]);
    await page.getByLabel('Access token').fill(token);
    await page.getByText('✓ read').waitFor();
    await signOutElsewhere(portal, `${cookie.name}=${cookie.value}`);
    await page.getByLabel('Access token').fill(`${token} `);
    await page.getByText('Your session has ended.').waitFor();
    await close();
  });

  it('names the address that could not be reached', async () => {
    const portal = await servePortal({}, { portal: { apiUrl: 'http://127.0.0.1:9' } });
    const { page, close } = await openPage({ expectedFailures: ['http://127.0.0.1:9/'] });
    await signIn(page, portal);
    await page.getByRole('button', { name: 'Send' }).click();
    const shown = page.getByTestId('response-status').filter({ hasText: 'No response.' });
    await shown.waitFor();
    expect(await shown.textContent()).toBe(
      `No response. The browser could not reach http://127.0.0.1:9/orders: the network failed, or the API does not allow requests from ${portal.url} (CORS).`,
    );
    await close();
  });
});

/** Ends a session as another window of the same browser would. */
const signOutElsewhere = async ({ url }: ServedPortal, cookie: string): Promise<void> => {
  const page = await (await fetch(`${url}/store/apis`, { headers: { Cookie: cookie } })).text();
  const [, form_token = ''] = /name="form_token" value="([^"]*)"/.exec(page) ?? [];
  const answer = await fetch(`${url}/store/sign-out`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: cookie, Origin: url },
    body: new URLSearchParams({ form_token }),
  });
  expect(answer.status).toBe(303);
};
