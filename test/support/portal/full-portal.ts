import type { Page } from 'playwright-core';
import type { PageRecords } from './page-addresses';
import { BEN, openSignUp, portalOptions, servePortal, type ServedPortal } from './served-portal';

/** An administrator with a name of 40 characters, as addresses of people have. */
export const EMMA = {
  username: 'emma.longstocking-of-villa@example.org@johnsorg',
  password: 'a longer password',
} as const;

export const LONG = 'Bestellungsverwaltungsschnittstellenbeschreibung';

/** A portal with long names everywhere, whose tokens have been used. */
export interface FullPortal extends ServedPortal {
  readonly records: PageRecords;
}

const options = (): Parameters<typeof servePortal>[0] => ({
  ...portalOptions(),
  scopes: { 'domain29:read-and-describe': 'See', 'domain29:update': 'Change' },
  apis: {
    orders: {
      title: LONG,
      version: '1.0.0-beta.20271231',
      sandbox: true,
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

/** Creates an application of Emma with keys, and uses a token of it. */
const addApplication = async ({ url, gate }: ServedPortal, name: string): Promise<string> => {
  const { applications } = gate.directory;
  const { id } = await applications.create({ name, owner: EMMA.username, subscriptions: ['orders'] });
  const { clientId } = await applications.generateKeys(id, { environment: 'production', label: LONG });
  const scopes = ['domain29:read-and-describe', 'domain29:update'];
  const { accessToken } = await gate.tokens.issue({ clientId, subject: EMMA.username, scopes });
  const answer = await fetch(`${url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } });
  if (answer.status !== 200) throw new Error(`the request was answered ${answer.status}`);
  return id;
};

export const serveFullPortal = async (): Promise<FullPortal> => {
  const portal = await servePortal(options(), { portal: { ...openSignUp.portal, public: true } });
  const { applications, users } = portal.gate.directory;
  const username = EMMA.username.slice(0, -'@johnsorg'.length);
  await users.create({ username, organization: 'johnsorg', password: EMMA.password, roles: ['admin'] });
  const id = await addApplication(portal, LONG);
  await addApplication(portal, 'DefaultApplication');
  const secret = (await applications.find(id))?.keys.production?.secrets[0]?.id ?? '';
  return { ...portal, records: { id, secret, name: 'orders', username: BEN.username } };
};

/** Signs Emma in, in any language. */
export const signInEmma = async (page: Page, { url }: Pick<ServedPortal, 'url'>): Promise<void> => {
  await page.goto(`${url}/store/sign-in`);
  await page.locator('input[name=username]').fill(EMMA.username);
  await page.locator('input[name=password]').fill(EMMA.password);
  await page.locator('input[name=password]').press('Enter');
  await page.waitForURL(`${url}/store/apis`);
};
