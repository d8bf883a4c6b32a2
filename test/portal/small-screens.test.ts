import type { Page } from 'playwright-core';
import { openPage, type WatchOptions } from '../support/browser/chromium';
import { servePortal, portalOptions, type ServedPortal } from '../support/portal/served-portal';

/** 40 characters, as addresses of people are. */
const EMMA = { username: 'emma.longstocking-of-villa@example.org@johnsorg', password: 'a longer password' } as const;

const LONG = 'Bestellungsverwaltungsschnittstellenbeschreibung';

/** A portal with long names everywhere, whose tokens have been used. */
const aFullPortal = async (): Promise<ServedPortal> => {
  const options = portalOptions();
  const portal = await servePortal({
    ...options,
    scopes: { 'domain29:read-and-describe': 'See', 'domain29:update': 'Change' },
    apis: {
      orders: {
        title: LONG,
        version: '1.0.0-beta.20271231',
        resources: [
          {
            path: `/${LONG.toLowerCase()}/:identifier/lines/:line`,
            methods: ['GET'],
            scopes: ['domain29:read-and-describe'],
          },
          { path: '/', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], scopes: ['domain29:update'] },
        ],
      },
    },
    applications: [],
  });
  const { applications, users } = portal.gate.directory;
  const [name, , organization] = [EMMA.username.slice(0, -'@johnsorg'.length), '@', 'johnsorg'];
  await users.create({ username: name, organization, password: EMMA.password, roles: ['admin'] });
  for (const called of [LONG, 'DefaultApplication']) {
    const { id } = await applications.create({ name: called, owner: EMMA.username, subscriptions: ['orders'] });
    const { clientId } = await applications.generateKeys(id, { environment: 'production', label: LONG });
    const { accessToken } = await portal.gate.tokens.issue({
      clientId,
      subject: EMMA.username,
      scopes: ['domain29:read-and-describe', 'domain29:update'],
    });
    const answer = await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } });
    expect(answer.status).toBe(200);
  }
  return portal;
};

const signIn = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store/sign-in`);
  await page.getByLabel('User name').fill(EMMA.username);
  await page.getByLabel('Password').fill(EMMA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

/** How far a page or one of its tables can be scrolled sideways, and which buttons are cut by the window or by a table. */
const MEASURE = `(() => {
  const seen = document.documentElement.clientWidth;
  const isHidden = (element) => element.closest('[hidden], details:not([open]) > :not(summary)') !== null;
  const cut = [...document.querySelectorAll('button, a, input, select')].filter((element) => {
    if (isHidden(element) || element.matches('.skip, [type=hidden]')) return false;
    const { left, right } = element.getBoundingClientRect();
    const around = element.closest('.scroll')?.getBoundingClientRect();
    return left < 0 || right > seen + 1 || (around !== undefined && right > around.right + 1);
  });
  return {
    page: document.documentElement.scrollWidth - seen,
    tables: [...document.querySelectorAll('.scroll')].map((table) => table.scrollWidth - table.clientWidth).filter((more) => more > 0),
    cut: cut.map((element) => element.outerHTML.slice(0, 120)),
  };
})()`;

const PATHS = [
  '/apis',
  '/subscriptions',
  '/generate-token',
  '/try-it',
  '/tokens',
  '/tokens/revoke-all',
  '/admin/users',
  '/admin/applications',
  '/admin/audit',
];

const looks: readonly (readonly [name: string, options: WatchOptions])[] = [
  ['1280 pixels, light', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }],
  ['1280 pixels, dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
  ['390 pixels, light', { viewport: { width: 390, height: 800 }, colorScheme: 'light' }],
  ['390 pixels, dark', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' }],
];

describe.each(looks)('at %s', (_name, options) => {
  it('no page scrolls sideways, and no button is cut off', async () => {
    const portal = await aFullPortal();
    const { page, close } = await openPage(options);
    await signIn(page, portal);
    const application = await page.evaluate<string>(
      `document.querySelector('a[href*="/applications/"]').getAttribute('href').replace('/store', '')`,
    );
    for (const path of [...PATHS, application]) {
      await page.goto(`${portal.url}/store${path}`);
      expect([path, await page.evaluate(MEASURE)]).toEqual([path, { page: 0, tables: [], cut: [] }]);
    }
    await close();
  });
});

it('a table row is a card at 390 pixels: each cell has its header before it, and Revoke comes first', async () => {
  const portal = await aFullPortal();
  const { page, close } = await openPage({ viewport: { width: 390, height: 800 } });
  await signIn(page, portal);
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
