import type { Page } from 'playwright-core';
import { expectAccessible, openPage } from '../support/browser/chromium';
import { ADA, servePortal, type ServedPortal } from '../support/portal/served-portal';

interface Account {
  readonly username: string;
  readonly password: string;
}

const ZOE: Account = { username: 'zoe@johnsorg', password: 'zoe-password' };

const signIn = async (page: Page, { url }: ServedPortal, { username, password }: Account): Promise<void> => {
  await page.goto(`${url}/store/sign-in`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

/** Presses Tab until an element of this name has the focus, as a user without a mouse does. */
const tabTo = async (page: Page, role: 'button' | 'link' | 'textbox' | 'checkbox' | 'radio', name: string) => {
  const focused = page.getByRole(role, { name, exact: true }).and(page.locator(':focus'));
  for (let presses = 0; presses < 80; presses += 1) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}`);
};

const pressOn = async (page: Page, role: 'button' | 'link', name: string): Promise<void> => {
  await tabTo(page, role, name);
  await page.keyboard.press('Enter');
};

/** Everything that a page stores in the browser, and its address. */
const storedIn = (page: Page): Promise<string> =>
  page.evaluate<string>(
    '[location.href, document.referrer, JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join(" ")',
  );

it('an administrator invites a user with the keyboard alone, who opens the link, sets a password and signs in', async () => {
  const portal = await servePortal();
  const { page, close } = await openPage();
  await signIn(page, portal, ADA);
  await pressOn(page, 'link', 'Users');
  await pressOn(page, 'link', 'Create user');
  await page.getByRole('heading', { name: 'Create user', level: 1 }).waitFor();
  await expectAccessible(page);
  await tabTo(page, 'textbox', 'User name');
  await page.keyboard.type('zoe');
  await tabTo(page, 'checkbox', 'clerk');
  await page.keyboard.press('Space');
  await pressOn(page, 'button', 'Create user');
  const link = (await page.getByTestId('password-link').textContent()) ?? '';
  const code = (await page.getByTestId('password-code').textContent()) ?? '';
  expect(link).toBe(`${portal.url}/store/set-password#${code}`);
  await expectAccessible(page);
  await close();

  const visitor = await openPage();
  await visitor.page.goto(link);
  await visitor.page.getByRole('heading', { name: 'Set a password', level: 1 }).waitFor();
  await expectAccessible(visitor.page);
  expect(visitor.page.url()).toBe(`${portal.url}/store/set-password`);
  expect(await visitor.page.getByLabel('Code').inputValue()).toBe(code);
  await visitor.page.keyboard.type(ZOE.password); // the field has the focus
  await tabTo(visitor.page, 'textbox', 'New password again');
  await visitor.page.keyboard.type(ZOE.password);
  await pressOn(visitor.page, 'button', 'Set password');
  await visitor.page.getByText('Password set. Sign in below.').waitFor();
  await visitor.page.keyboard.type(ZOE.username); // the first field has the focus
  await tabTo(visitor.page, 'textbox', 'Password');
  await visitor.page.keyboard.type(ZOE.password);
  await visitor.page.keyboard.press('Enter');
  await visitor.page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  await visitor.close();
});

it('S-360 po-link: the code of a link is in no address, no later page and no storage, also after a fault', async () => {
  const portal = await servePortal();
  const { code } = await portal.gate.directory.passwordLinks.invite({ username: 'zoe', organization: 'johnsorg' });
  const { page, addresses, close } = await openPage({ expectedStatuses: [400] });
  await page.goto(`${portal.url}/store/set-password#${code}`);
  await page.getByLabel('New password', { exact: true }).fill('other-password');
  await page.getByLabel('New password again').fill(ZOE.password);
  expect(await storedIn(page)).not.toContain(code);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('The passwords do not match.').first().waitFor();
  expect(await page.content()).not.toContain(code);
  expect(await page.getByLabel('Code', { exact: true }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByLabel('New password', { exact: true }).fill(ZOE.password);
  await page.getByLabel('New password again').fill(ZOE.password);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Password set. Sign in below.').waitFor();
  expect(await page.content()).not.toContain(code);
  expect(await storedIn(page)).not.toContain(code);
  expect(addresses.filter((address) => new URL(address).href.split('#')[0]?.includes('sgl_'))).toEqual([]);
  expect(JSON.stringify(portal.lines)).not.toContain(code);
  await signIn(page, portal, ZOE);
  await close();
});

it('without JavaScript, an administrator creates a link, and the user enters the code', async () => {
  const portal = await servePortal();
  await portal.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: 'old-password' });
  const { page, close } = await openPage({ javaScriptEnabled: false });
  await signIn(page, portal, ADA);
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('link', { name: ZOE.username }).click();
  await page.getByRole('button', { name: 'Create a password reset link' }).click();
  const code = (await page.getByTestId('password-code').textContent()) ?? '';
  await close();
  const visitor = await openPage({ javaScriptEnabled: false });
  await visitor.page.goto(`${portal.url}/store/set-password#${code}`);
  expect(await visitor.page.getByLabel('Code', { exact: true }).inputValue()).toBe('');
  await visitor.page.getByLabel('Code', { exact: true }).fill(code);
  await visitor.page.getByLabel('New password', { exact: true }).fill(ZOE.password);
  await visitor.page.getByLabel('New password again').fill(ZOE.password);
  await visitor.page.getByRole('button', { name: 'Set password' }).click();
  await visitor.page.getByText('Password set. Sign in below.').waitFor();
  await visitor.page.getByLabel('User name').fill(ZOE.username);
  await visitor.page.getByLabel('Password').fill(ZOE.password);
  await visitor.page.getByRole('button', { name: 'Sign in' }).click();
  await visitor.page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  await visitor.close();
});

it('a visitor signs up in German, waits for approval, and signs in when an administrator has approved it', async () => {
  const portal = await servePortal({}, { portal: { signUp: { organizations: ['johnsorg'], approval: true } } });
  const visitor = await openPage({ locale: 'de-DE' });
  await visitor.page.goto(`${portal.url}/store/sign-up`);
  await visitor.page.getByText('Ein Administrator der Organisation muss Ihr Konto genehmigen.').waitFor();
  await visitor.page.locator('#username').fill('zoe');
  await visitor.page.locator('#password').fill(ZOE.password);
  await visitor.page.locator('#again').fill(ZOE.password);
  await visitor.page.getByRole('button', { name: 'Registrieren' }).click();
  await visitor.page.getByText('sobald es genehmigt ist').waitFor();
  const attempt = async (): Promise<void> => {
    await visitor.page.locator('#username').fill(ZOE.username);
    await visitor.page.locator('#password').fill(ZOE.password);
    await visitor.page.getByRole('button', { name: 'Anmelden' }).click();
  };
  await attempt();
  await visitor.page.getByText('Ihr Konto wartet auf die Genehmigung').waitFor();
  const admin = await openPage();
  await signIn(admin.page, portal, ADA);
  await admin.page.getByRole('link', { name: 'Users' }).click();
  await admin.page.getByText('Waiting for approval').last().waitFor();
  await admin.page.getByRole('link', { name: ZOE.username }).click();
  await admin.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await admin.page.getByText('Sign-up approved.').waitFor();
  await attempt();
  await visitor.page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  await visitor.close();
  await admin.close();
});
