import type { Page } from 'playwright-core';
import type { ScopegateOptions } from 'scopegate';
import { expectAccessible, openPage, type WatchOptions } from '../support/browser/chromium';
import { BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { collect } from '../support/stores/collect';

const PLANNED: Partial<ScopegateOptions> = {
  plans: { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 3600 } },
  apis: {
    orders: {
      title: 'Orders',
      version: '1.0.0',
      plans: ['free', 'partner'],
      resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }],
    },
    stock: { title: 'Stock', resources: [] },
  },
};

const signIn = async (page: Page, { url }: ServedPortal): Promise<void> => {
  await page.goto(`${url}/store/sign-in?return=%2Fsubscriptions`);
  await page.getByLabel('User name').fill(BEN.username);
  await page.getByLabel('Password').fill(BEN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'My Subscriptions', level: 1 }).waitFor();
};

const applicationOf = async ({ gate }: ServedPortal) => {
  const all = await collect(gate.directory.applications.list());
  return all.find(({ owner }) => owner === BEN.username);
};

const tokensOf = async ({ gate }: ServedPortal, clientId: string) => collect(gate.tokens.find({ clientId }));

/** Waits for a remark in a section of the page, to which the browser has scrolled. */
const expectRemark = async (page: Page, section: string, text: string): Promise<void> => {
  await page.locator(`#${section}`).getByText(text).waitFor();
  expect(new URL(page.url()).hash).toBe(`#${section}`);
};

describe.each<[name: string, options: WatchOptions]>([
  ['with JavaScript, light', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['with JavaScript, dark, on a phone', { colorScheme: 'dark', viewport: { width: 390, height: 800 } }],
  ['without JavaScript', { javaScriptEnabled: false }],
])('%s', (_name, options) => {
  const check = async (page: Page): Promise<void> => {
    if (options.javaScriptEnabled === false) return;
    await expectAccessible(page);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
  };

  it('an application lives from its creation to its removal on its page', async () => {
    const portal = await servePortal(PLANNED);
    const { page, close } = await openPage(options);
    await signIn(page, portal);
    await check(page);
    await page.getByLabel('Application name').fill('Mobile');
    await page.getByRole('button', { name: 'Create application' }).click();
    await page.getByRole('heading', { name: 'Mobile', level: 1 }).waitFor();
    await check(page);

    await page
      .getByLabel('API', { exact: true })
      .selectOption({ label: 'Orders 1.0.0, partner: 100,000 requests per hour' });
    await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
    await expectRemark(page, 'subscriptions', 'Subscribed.');
    await page.getByLabel('Plan', { exact: true }).selectOption('free');
    await page.getByRole('button', { name: 'Change plan' }).click();
    await expectRemark(page, 'subscriptions', 'Plan changed.');

    await page.getByRole('button', { name: 'Generate', exact: true }).first().click();
    await page.getByTestId('consumer-secret').waitFor();
    await page.getByRole('link', { name: 'The application' }).click();
    await page.getByText('Add a secret').click();
    await page.getByLabel('Label', { exact: true }).fill('second');
    await page.getByLabel('Password').fill(BEN.password);
    await page.getByRole('button', { name: 'Generate secret' }).click();
    await page.getByTestId('consumer-secret').waitFor();
    await page.getByRole('link', { name: 'The application' }).click();
    const keys = page.locator('#keys');
    await keys.getByRole('row').filter({ hasText: 'second' }).getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('heading', { name: 'Revoke a secret', level: 1 }).waitFor();
    await check(page);
    await page.getByLabel('Password').fill(BEN.password);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await expectRemark(page, 'keys', 'Secret revoked.');
    const secrets = (await applicationOf(portal))?.keys.production?.secrets ?? [];
    expect(secrets.map(({ label }) => label)).toEqual([undefined]);

    await page.getByLabel('Redirect URIs').fill('https://app.example/callback');
    await page.getByRole('button', { name: 'Save' }).click();
    await expectRemark(page, 'client', 'Saved.');
    await page.getByLabel('Application name').fill('Orders on the phone');
    await page.getByLabel('Description').fill('For the shop');
    await page.getByRole('button', { name: 'Update details' }).click();
    await expectRemark(page, 'settings', 'Saved.');
    await page.getByRole('heading', { name: 'Orders on the phone', level: 1 }).waitFor();

    const clientId = (await applicationOf(portal))?.keys.production?.clientId ?? '';
    for (let issued = 0; issued < 2; issued += 1) await portal.gate.tokens.issue({ clientId });
    await page.reload();
    await check(page);
    await page.locator('#tokens').getByRole('button', { name: 'Revoke', exact: true }).first().click();
    await expectRemark(page, 'tokens', 'The token has ended.');
    expect(await tokensOf(portal, clientId)).toHaveLength(1);
    await page.locator('#danger').getByRole('button', { name: 'Revoke all tokens' }).click();
    await page.getByText('1 token of 1 application ends now.').waitFor();
    await check(page);
    await page.getByRole('button', { name: 'Revoke all tokens' }).click();
    await expectRemark(page, 'tokens', 'All tokens of Orders on the phone have ended.');
    expect(await tokensOf(portal, clientId)).toEqual([]);

    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    expect(new URL(page.url()).hash).toBe('#subscriptions');
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByText('can no longer call Orders.').waitFor();
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await expectRemark(page, 'subscriptions', 'Unsubscribed.');
    await page.getByRole('button', { name: 'Remove this application' }).click();
    await page.getByText('with 1 key, 1 secret, and 0 subscriptions.').waitFor();
    await check(page);
    await page.getByLabel('Password').fill(BEN.password);
    await page.getByRole('button', { name: 'Remove application' }).click();
    await page.getByText('Application removed, with its keys and tokens.').waitFor();
    expect(await applicationOf(portal)).toBeUndefined();
    await close();
  });
});

it('an application is subscribed, gets its key and is renamed with the keyboard alone', async () => {
  const portal = await servePortal(PLANNED);
  const { id } = await portal.gate.directory.applications.create({ name: 'Mobile', owner: BEN.username });
  const { page, close } = await openPage();
  await signIn(page, portal);
  const focused = (what: string) => page.evaluate<string>(`document.activeElement.${what}`);
  /** Presses Tab until the focus is on an element with this text or id. */
  const tabTo = async (target: string): Promise<void> => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      if ([await focused('textContent.trim()'), await focused('id')].includes(target)) return;
    }
    throw new Error(`the keyboard does not reach ${target}`);
  };
  await tabTo('Mobile');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Mobile', level: 1 }).waitFor();
  await tabTo('subscription');
  await page.keyboard.press('End');
  await tabTo('Subscribe');
  await page.keyboard.press('Enter');
  await expectRemark(page, 'subscriptions', 'Subscribed.');
  expect(await portal.gate.directory.applications.find(id)).toMatchObject({ subscriptions: ['stock'] });
  await tabTo('Generate');
  await page.keyboard.press('Enter');
  await page.getByTestId('consumer-secret').waitFor();
  await tabTo('The application');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Mobile', level: 1 }).waitFor();
  await tabTo('Settings');
  await page.keyboard.press('Enter');
  await tabTo('name'); // the fragment has moved the focus to the section
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Orders on the phone');
  await page.keyboard.press('Enter');
  await expectRemark(page, 'settings', 'Saved.');
  await page.getByRole('heading', { name: 'Orders on the phone', level: 1 }).waitFor();
  await close();
});

it('the focus is on the following row after Revoke on My tokens', async () => {
  const portal = await servePortal(PLANNED);
  const { applications } = portal.gate.directory;
  const { id } = await applications.create({ name: 'Mobile', owner: BEN.username });
  const { clientId } = await applications.generateKeys(id, { environment: 'production' });
  for (let issued = 0; issued < 30; issued += 1) await portal.gate.tokens.issue({ clientId });
  const { page, close } = await openPage({ viewport: { width: 1280, height: 600 } });
  await signIn(page, portal);
  await page.goto(`${portal.url}/store/tokens`);
  const buttons = page.getByRole('button', { name: 'Revoke', exact: true });
  const next = await buttons.nth(20).getAttribute('id');
  await buttons.nth(19).focus();
  await page.keyboard.press('Enter');
  await page.locator(`#${next}:focus`).waitFor();
  expect(await page.evaluate('scrollY')).toBeGreaterThan(300);
  const remark = page.getByText('The token has ended.');
  const box = await remark.boundingBox();
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect(box?.y).toBeLessThan(200); // it stays in view
  expect(await page.locator('time[data-relative]').first().getAttribute('title')).toMatch(/\d{4}.*[AP]M$/);
  await expectAccessible(page);
  await close();
});
