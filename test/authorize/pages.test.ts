import type { Page } from 'playwright-core';
import { aCallbackServer, type CallbackServer } from '../support/authorize/callback-server';
import { aCodeClient, authorizeUrl, exchange, postAs, type CodeClient } from '../support/authorize/code-client';
import {
  expectAccessible,
  expectAccessibleInEveryLook,
  openPage,
  type WatchOptions,
} from '../support/browser/chromium';
import { NO_OVERFLOW, overflowAt } from '../support/browser/overflow';
import { ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { aClock } from '../support/time/clock';

type Options = NonNullable<Parameters<typeof servePortal>[0]>;

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A gateway, a client with pages of its own, and a browser. */
const open = async (options: Options = {}, watch: WatchOptions = {}, next?: string) => {
  const callback = await aCallbackServer(next);
  const portal = await servePortal(options);
  const client = await aCodeClient(portal, { redirectUris: [callback.redirectUri], public: true });
  return { callback, portal, client, ...(await openPage(watch)) };
};

const signIn = async (page: Page, { username, password }: Credentials): Promise<void> => {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

const arrived = (page: Page): Promise<void> => page.getByRole('heading', { name: 'Arrived' }).waitFor();

const codeIn = ({ responses }: CallbackServer): string => String(responses.at(-1)?.['code']);

const statusOf = async ({ url }: ServedPortal, path: string, token: string, method = 'GET'): Promise<number> =>
  (await fetch(url + path, { method, headers: { Authorization: `Bearer ${token}` } })).status;

/** From the request to a 403 for the scope that was not ticked, and a second time without a page. */
const walk = async ({ page, portal, client, callback }: Awaited<ReturnType<typeof open>>): Promise<void> => {
  await page.goto(authorizeUrl(portal, client));
  await signIn(page, ANA);
  await page.getByRole('heading', { name: 'Allow Code app?', level: 1 }).waitFor();
  expect(await page.getByLabel('read', { exact: true }).isChecked()).toBe(true);
  await page.getByLabel('update', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Allow' }).click();
  await arrived(page);
  const { body } = await exchange(portal, client, codeIn(callback));
  expect(body.scope).toBe('read');
  expect(await statusOf(portal, '/orders', body.access_token)).toBe(200);
  expect(await statusOf(portal, '/orders/1', body.access_token, 'PUT')).toBe(403);

  await page.goto(authorizeUrl(portal, client, { state: 'again' }));
  await arrived(page);
  expect(callback.responses.at(-1)).toMatchObject({ state: 'again', iss: portal.url });
  const again = await exchange(portal, client, codeIn(callback));
  const refresh = { grant_type: 'refresh_token', refresh_token: again.body.refresh_token };
  expect((await postAs(portal, '/token', client, refresh)).body.scope).toBe('read');
};

describe('the code flow in a browser', () => {
  it('leads from the sign-in over the consent to the client, and needs no page the second time', async () => {
    const opened = await open();
    await walk(opened);
    await opened.close();
  });

  it('works without JavaScript', async () => {
    const opened = await open({}, { javaScriptEnabled: false });
    await walk(opened);
    const { page, portal, client, callback, close } = opened;
    await page.goto(authorizeUrl(portal, client, { response_mode: 'form_post', state: 'posted' }));
    await page.getByRole('button', { name: 'Continue' }).click();
    await arrived(page);
    expect(callback.responses.at(-1)).toMatchObject({ state: 'posted', iss: portal.url });
    await close();
  });

  it('sends the response by POST if the client wants that', async () => {
    const { page, portal, client, callback, close } = await open();
    await page.goto(authorizeUrl(portal, client, { response_mode: 'form_post' }));
    await signIn(page, ANA);
    await page.getByRole('button', { name: 'Allow' }).click();
    await arrived(page);
    expect(callback.responses).toEqual([{ code: expect.any(String) as string, state: 'state-1', iss: portal.url }]);
    expect((await exchange(portal, client, codeIn(callback))).status).toBe(200);
    expect(page.url()).toBe(callback.redirectUri);
    await close();
  });

  it.each(['query', 'form_post'])('lets a client send the browser on to another of its hosts, by %s', async (mode) => {
    const home = (await aCallbackServer()).redirectUri;
    const { page, portal, client, close } = await open({}, {}, home);
    const request = { response_mode: mode };
    await page.goto(authorizeUrl(portal, client, request));
    await page.getByRole('button', { name: 'Cancel' }).click();
    await arrived(page);
    await page.goto(authorizeUrl(portal, client, request));
    await signIn(page, ANA);
    await page.getByRole('button', { name: 'Allow' }).click();
    await arrived(page);
    expect(page.url()).toBe(home);
    await close();
  });

  it('ends at the client if the user denies, or cancels the sign-in', async () => {
    const { page, portal, client, callback, close } = await open();
    await page.goto(authorizeUrl(portal, client, { state: 'cancelled' }));
    await page.getByRole('button', { name: 'Cancel' }).click();
    await arrived(page);
    await page.goto(authorizeUrl(portal, client, { state: 'denied' }));
    await signIn(page, ANA);
    await page.getByRole('button', { name: 'Deny' }).click();
    await arrived(page);
    const denied = { error: 'access_denied', iss: portal.url };
    expect(callback.responses).toMatchObject([
      { ...denied, state: 'cancelled' },
      { ...denied, state: 'denied' },
    ]);
    await close();
  });

  it('has buttons of the same look for both decisions', async () => {
    const { page, portal, client, close } = await open();
    await page.goto(authorizeUrl(portal, client));
    await signIn(page, ANA);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    const styleOf = (name: string) =>
      page.evaluate<readonly string[]>(`(() => {
        const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === '${name}');
        const { color, backgroundColor, borderColor, fontWeight, fontSize, height, width } = getComputedStyle(button);
        return [color, backgroundColor, borderColor, fontWeight, fontSize, height, width];
      })()`);
    expect(await styleOf('Deny')).toEqual(await styleOf('Allow'));
    await close();
  });

  it('shows what to do if the request has expired', async () => {
    const clock = aClock();
    const { page, portal, client, close } = await open({ clock: clock.now }, { expectedStatuses: [400] });
    await page.goto(authorizeUrl(portal, client));
    clock.advance(601);
    await signIn(page, ANA);
    await page.getByText('Go back to the application and start again.').waitFor();
    await expectAccessible(page);
    await close();
  });

  it('works in two tabs, each with its own request', async () => {
    const { page, portal, client, callback, close } = await open();
    const second = await page.context().newPage();
    await page.goto(authorizeUrl(portal, client, { state: 'first' }));
    await second.goto(authorizeUrl(portal, client, { state: 'second', scope: 'read' }));
    await signIn(second, ANA);
    await second.getByRole('button', { name: 'Allow' }).click();
    await arrived(second);
    await signIn(page, ANA);
    await page.getByRole('button', { name: 'Allow' }).click();
    await arrived(page);
    expect(callback.responses.map(({ state }) => state)).toEqual(['second', 'first']);
    await close();
  });

  it('never gives a code for a user who has not decided, even if another one signs in in a second tab', async () => {
    const { page, portal, client, callback, close } = await open({}, { expectedStatuses: [409] });
    await page.goto(authorizeUrl(portal, client));
    await signIn(page, ANA);
    await page.getByRole('heading', { name: 'Allow Code app?' }).waitFor();
    const second = await page.context().newPage();
    await second.goto(authorizeUrl(portal, client, { prompt: 'login' }));
    await signIn(second, BEN);
    await second.getByText('ben@johnsorg').waitFor();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('another user has signed in').waitFor();
    await page.getByText('ben@johnsorg').waitFor();
    expect(callback.responses).toEqual([]);
    await close();
  });

  it('works with the keyboard alone', async () => {
    const { page, portal, client, close } = await open();
    await page.goto(authorizeUrl(portal, client));
    await page.locator('input[name=username]:focus').waitFor();
    await page.keyboard.type(ANA.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(ANA.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Allow Code app?' }).waitFor();
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');
    for (let presses = 0; presses < 20 && (await focused()) !== 'Allow'; presses += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await arrived(page);
    await close();
  });
});

const LONG_SCOPE = 'https://api.example.com/scopes/orders.history.read.everything';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const placeOf = async (page: Page, selector: string): Promise<Place> => {
  const place = await page.locator(selector).boundingBox();
  if (place === null) throw new Error(`${selector} is not visible`);
  return place;
};

describe('the layout of the pages on a small screen', () => {
  it('keeps the name of a long scope beside its check-box, and the description below the name', async () => {
    const scopes = { read: 'See orders', update: 'Change orders', [LONG_SCOPE]: 'See every order of every year' };
    const resources = [{ path: '/', methods: ['GET'], scopes: [LONG_SCOPE] }];
    const apis = { orders: { title: 'Orders', version: '1.0.0', resources } };
    const { page, portal, client, close } = await open({ scopes, apis }, { viewport: { width: 360, height: 740 } });
    await page.goto(authorizeUrl(portal, client, { scope: LONG_SCOPE }));
    await signIn(page, ANA);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    const [box, label, hint] = [
      await placeOf(page, '#scope-0'),
      await placeOf(page, 'label[for=scope-0]'),
      await placeOf(page, '#scope-0-hint'),
    ];
    expect(label.x).toBeGreaterThan(box.x + box.width);
    expect(label.y).toBeLessThan(box.y + box.height);
    expect(hint.y).toBeGreaterThanOrEqual(label.y + label.height - 4);
    expect(Math.abs(hint.x - label.x)).toBeLessThan(1);
    await close();
  });

  it('leaves space between the buttons of the sign-in page', async () => {
    const { page, portal, client, close } = await open({}, { viewport: { width: 360, height: 740 } });
    await page.goto(authorizeUrl(portal, client));
    const signInButton = await placeOf(page, 'button:text-is("Sign in")');
    expect((await placeOf(page, 'button:text-is("Cancel")')).y).toBeGreaterThan(
      signInButton.y + signInButton.height + 7,
    );
    await close();
  });
});

it('the pages are accessible, and fit on the screen, light and dark, wide and narrow', async () => {
  const { page, portal, client, close } = await open({}, { expectedStatuses: [400, 403] });
  const visit = async (act: () => Promise<unknown>, heading: string): Promise<void> => {
    await act();
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    expect(await overflowAt(page, 360)).toEqual(NO_OVERFLOW);
    await expectAccessibleInEveryLook(page);
  };
  const evil: Pick<CodeClient, 'clientId' | 'redirectUri'> = { ...client, redirectUri: 'https://evil.example' };
  await visit(() => page.goto(authorizeUrl(portal, evil)), 'Invalid request');
  await visit(() => page.goto(authorizeUrl(portal, client)), 'Sign in');
  await visit(() => signIn(page, { ...ANA, password: 'wrong' }), 'Sign in');
  await page.getByText('The user name or the password is wrong.').waitFor();
  await visit(() => signIn(page, { username: 'eve@evilcorp', password: 'eve-password' }), 'Not possible');
  await page.getByRole('link', { name: 'Sign in as another user' }).click();
  await visit(() => signIn(page, ANA), 'Allow Code app?');
  for (const scope of ['read', 'update']) await page.getByLabel(scope, { exact: true }).uncheck();
  await visit(() => page.getByRole('button', { name: 'Allow' }).click(), 'Allow Code app?');
  await page.getByText('Tick at least one scope, or choose Deny.').waitFor();
  await close();
});
