import type { Page } from 'playwright-core';
import { aCallbackServer } from '../support/authorize/callback-server';
import { authorizeUrl } from '../support/authorize/code-client';
import { openPage } from '../support/browser/chromium';
import { recordTraces, type Traces } from '../support/browser/traces';
import { secretsIn } from '../support/expect/secrets';
import { rawRequest, sendRaw } from '../support/http/raw-http';
import { HANDSHAKE } from '../support/gate/web-socket-gate';
import { addressedPages, type PageRecords } from '../support/portal/page-addresses';
import { ADA, portalOptions, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { collect } from '../support/stores/collect';

const ZOE = { username: 'zoe@johnsorg', password: 'first-password-of-zoe' } as const;
const WRONG = {
  signIn: 'wrong-at-the-sign-in',
  confirmation: 'wrong-at-a-confirmation',
  again: 'not-the-same-password',
};
const LATER = 'second-password-of-zoe';

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

const shown = async (page: Page, testId: string): Promise<string> =>
  (await page.getByTestId(testId).textContent()) ?? '';

const signIn = async (page: Page, username: string, password: string): Promise<void> => {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await press(page, 'Sign in');
};

/** An administrator invites Zoe. @returns the code of the link */
const invite = async (page: Page, { url }: ServedPortal): Promise<string> => {
  await page.goto(`${url}/store/sign-in`);
  await signIn(page, ADA.username, ADA.password);
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  await page.goto(`${url}/store/admin/users/new`);
  await page.getByLabel('User name').fill('zoe');
  await press(page, 'Create user');
  const code = await shown(page, 'password-code');
  await press(page, 'Sign out');
  await page.getByText('You have signed out.').waitFor();
  return code;
};

/** Zoe opens the link, sets a password in the second attempt, and signs in in the second attempt. */
const begin = async (page: Page, { url }: ServedPortal, code: string): Promise<void> => {
  await page.goto(`${url}/store/set-password#${code}`);
  const setPassword = async (again: string): Promise<void> => {
    await page.getByLabel('New password', { exact: true }).fill(ZOE.password);
    await page.getByLabel('New password again').fill(again);
    await press(page, 'Set password');
  };
  await setPassword(WRONG.again);
  await page.getByText('The passwords do not match.').first().waitFor();
  await setPassword(ZOE.password);
  await page.getByText('Password set. Sign in below.').waitFor();
  await signIn(page, ZOE.username, WRONG.signIn);
  await page.getByText('The user name or the password is wrong.').waitFor();
  await signIn(page, ZOE.username, ZOE.password);
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

/** Zoe subscribes, sends a request, adds a secret and generates a token. @returns the secrets that this shows, by name */
const showSecrets = async (page: Page, portal: ServedPortal) => {
  await press(page, 'Subscribe');
  const first = await shown(page, 'consumer-secret');
  await press(page, 'Get a token for this resource');
  await page.getByText('New token with read').waitFor();
  const tried = await page.getByLabel('Access token').inputValue();
  await press(page, 'Send');
  await page.getByTestId('response-status').filter({ hasText: '200' }).waitFor();

  const applications = await collect(portal.gate.directory.applications.list());
  const application = applications.find(({ owner }) => owner === ZOE.username);
  const id = application?.id ?? '';
  await page.goto(`${portal.url}/store/applications/${id}`);
  const addSecret = async (password: string): Promise<void> => {
    const adding = page.locator('details').filter({ hasText: 'Add a secret' }).first();
    if ((await adding.getAttribute('open')) === null) await adding.locator('summary').click();
    await adding.getByLabel('Password').fill(password);
    await adding.getByRole('button', { name: 'Generate secret' }).click();
  };
  await addSecret(WRONG.confirmation);
  await page.getByText('The password is wrong. Nothing was changed.').waitFor();
  await addSecret(ZOE.password);
  const second = await shown(page, 'consumer-secret');

  await page.goto(`${portal.url}/store/generate-token`);
  await page.getByLabel('read', { exact: true }).check();
  await press(page, 'Generate token');
  const [access, refresh] = [await shown(page, 'access-token'), await shown(page, 'refresh-token')];
  const secret = application?.keys.production?.secrets[0]?.id ?? '';
  const records: PageRecords = { id, secret, name: 'orders', username: ZOE.username };
  return { records, access, secrets: { first, second, tried, access, refresh } };
};

/** Zoe allows an application to act for her. @returns the authorization code */
const allow = async (page: Page, portal: ServedPortal): Promise<string> => {
  const callback = await aCallbackServer();
  const { applications } = portal.gate.directory;
  const redirectUris = [callback.redirectUri];
  const { id } = await applications.create({
    name: 'Web',
    owner: ADA.username,
    subscriptions: ['orders'],
    redirectUris,
  });
  const { clientId } = await applications.generateKeys(id, { environment: 'production' });
  await page.goto(authorizeUrl(portal, { clientId, redirectUri: callback.redirectUri }, { scope: 'read' }));
  await press(page, 'Allow');
  await page.getByRole('heading', { name: 'Arrived' }).waitFor();
  return String(callback.responses[0]?.['code']);
};

/** Gets a ticket for an access token, and opens a WebSocket with it. */
const useTicket = async ({ url }: ServedPortal, token: string): Promise<string> => {
  const headers = { Authorization: `Bearer ${token}` };
  const { ticket } = (await (await fetch(`${url}/ws-ticket`, { method: 'POST', headers })).json()) as {
    ticket: string;
  };
  await sendRaw(Number(new URL(url).port), rawRequest([`GET /orders/?ticket=${ticket} HTTP/1.1`, ...HANDSHAKE]));
  return ticket;
};

const withWebSocket = () => {
  const { apis, ...others } = portalOptions();
  return {
    ...others,
    apis: { orders: { ...apis?.['orders'], resources: apis?.['orders']?.resources ?? [], websocket: true } },
  };
};

/** Zoe changes the password, after two attempts that are refused. */
const changePassword = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store/password`);
  const change = async (password: string, again: string): Promise<void> => {
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByLabel('New password', { exact: true }).fill(LATER);
    await page.getByLabel('New password again').fill(again);
    await press(page, 'Change password');
  };
  await change(ZOE.password, WRONG.again);
  await page.getByText('The new passwords do not match.').first().waitFor();
  await change(WRONG.confirmation, LATER);
  await page.getByText('The password is wrong.').first().waitFor();
  await change(ZOE.password, LATER);
  await page.getByText('Password changed.').waitFor();
};

/** The sources of all pages and files that the signed-in user can read. */
const sourcesOf = async (page: Page, { url }: ServedPortal, records: PageRecords): Promise<string> => {
  const addresses = [...addressedPages(records).map(({ address }) => address), '/admin/audit.csv'];
  const sources: string[] = [];
  for (const address of addresses) sources.push(await (await page.request.get(`${url}/store${address}`)).text());
  return sources.join('\n');
};

/** The names of the secrets in each text. */
const foundIn = (texts: Traces, secrets: Traces): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(texts).map(([place, text]) => {
      const found = secretsIn(text, Object.values(secrets));
      return [place, Object.keys(secrets).filter((name) => found.includes(secrets[name] ?? ''))];
    }),
  );

it('no secret that the portal shows or takes is in an address, a log line, a later page or the browser', async () => {
  const received: string[] = [];
  const portal = await servePortal(withWebSocket(), {
    proxy: ({ url = '', headers }) => received.push(url, headers.referer ?? ''),
  });
  const { page, close } = await openPage({ expectedStatuses: [400] });
  const traces = recordTraces(page);
  const code = await invite(page, portal);
  await begin(page, portal, code);
  const { records, access, secrets: shownOnce } = await showSecrets(page, portal);
  const authorizationCode = await allow(page, portal);
  const ticket = await useTicket(portal, access);

  const passwords = { ada: ADA.password, zoe: ZOE.password, later: LATER, ...WRONG };
  const secrets = { ...passwords, ...shownOnce, code };
  await page.goto(`${portal.url}/store/try-it`);
  expect(await page.getByLabel('Access token').inputValue()).toBe(access);
  const tab = JSON.stringify(await traces.tab());
  expect(foundIn({ tab }, secrets)).toEqual({ tab: ['access'] }); // until the sign-out, and nothing else
  const filled = await page.content();

  const cookies = await traces.cookies();
  expect(foundIn({ cookies: JSON.stringify(cookies) }, secrets)).toEqual({ cookies: [] });
  const sessions = Object.fromEntries(Object.entries(cookies).map(([name, value]) => [`cookie ${name}`, value]));
  const ofZoe = await sourcesOf(page, portal, records);
  await changePassword(page, portal);
  const browser = await traces.read();
  await press(page, 'Sign out');
  await page.getByText('You have signed out.').waitFor();
  expect(await traces.tab()).toEqual({});
  await signIn(page, ADA.username, ADA.password);
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  const ofAda = await sourcesOf(page, portal, { ...records, id: 'none' });
  expect([ofZoe, ofAda].map((text) => text.includes(ZOE.username))).toEqual([true, true]);

  const gate = { lines: JSON.stringify(portal.lines), pages: ofZoe + ofAda + filled, received: received.join('\n') };
  const places = { ...gate, ...browser };
  const nothing = Object.fromEntries(Object.keys(places).map((place) => [place, []]));
  expect(foundIn(places, { ...secrets, ...sessions })).toEqual(nothing);
  // These two are parts of the address that they are made for, and of no other.
  const { received: _, ...others } = gate;
  expect(foundIn(others, { ticket, authorizationCode })).toEqual({ lines: [], pages: [] });
  await close();
});
