import type { Page } from 'playwright-core';
import { expectAccessible, expectAccessibleInEveryLook, openPage } from '../support/browser/chromium';
import { ADA, ANA, BEN, openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { PortalVisitor } from '../support/portal/visitor';
import type { OpenPage } from '../support/portal/pages';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

const trySignIn = async (page: Page, { url }: ServedPortal, { username, password }: Credentials): Promise<void> => {
  await page.goto(`${url}/store/sign-in`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

const signIn = async (page: Page, portal: ServedPortal, credentials: Credentials): Promise<void> => {
  await trySignIn(page, portal, credentials);
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

/** Goes to each path, and expects its page to be as it is called and accessible. */
const visit = async (page: Page, { url }: ServedPortal, pages: readonly OpenPage[]) => {
  for (const { path, title } of pages) {
    await page.goto(`${url}/store${path}`);
    expect(await page.locator('h1').allTextContents()).toEqual([title]);
    await expectAccessibleInEveryLook(page);
  }
};

describe('what follows a form is accessible, light and dark, wide and narrow, and its console is empty', () => {
  it('for a visitor who has not signed in', async () => {
    const portal = await servePortal({}, openSignUp);
    const { page, close } = await openPage({ expectedStatuses: [400] });
    await page.goto(`${portal.url}/store/sign-up`);
    await page.getByLabel('User name').fill('zoe');
    await page.getByLabel('Organization').selectOption('johnsorg');
    await page.getByLabel('Password', { exact: true }).fill('one-password');
    await page.getByLabel('Password again').fill('two-password');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('The passwords do not match.').first().waitFor();
    await expectAccessibleInEveryLook(page);
    await trySignIn(page, portal, { ...ANA, password: 'wrong' });
    await page.getByText('The user name or the password is wrong.').waitFor();
    await expectAccessibleInEveryLook(page);
    await close();
  });

  it('for a user, from an empty portal to one with all kinds of content', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage({ expectedStatuses: [404] });
    await signIn(page, portal, BEN);
    await visit(page, portal, [{ path: '/nothing', title: 'Not found' }]);
    await page.goto(`${portal.url}/store/apis`);
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.getByRole('heading', { name: 'You are set' }).waitFor();
    await expectAccessibleInEveryLook(page);
    await page.goto(`${portal.url}/store/subscriptions`);
    for (const environment of ['sandbox']) {
      await page.getByLabel('Environment').selectOption(environment);
      await page.getByRole('button', { name: 'Generate', exact: true }).click();
      await page.getByTestId('consumer-secret').waitFor();
      await expectAccessibleInEveryLook(page);
      await page.getByRole('link', { name: 'Done' }).click();
    }
    await page.getByRole('link', { name: 'DefaultApplication' }).click();
    const secret = page.locator('details').first();
    await secret.getByText('Add a secret').click();
    await secret.getByLabel('Label').fill('second');
    await secret.getByLabel('Expires').fill('2099-12-31');
    await secret.getByLabel('Password').fill('wrong');
    await secret.getByRole('button', { name: 'Generate secret' }).click();
    await page.getByText('The password is wrong. Nothing was changed.').waitFor();
    await expectAccessibleInEveryLook(page);
    expect(await secret.getByLabel('Label').inputValue()).toBe('second');
    await secret.getByLabel('Password').fill(BEN.password);
    await secret.getByRole('button', { name: 'Generate secret' }).click();
    await page.getByTestId('consumer-secret').waitFor();
    await expectAccessibleInEveryLook(page);
    await page.getByRole('link', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'DefaultApplication' }).click();
    await page.getByRole('cell', { name: 'second' }).waitFor();
    await expectAccessibleInEveryLook(page);
    await page.getByRole('button', { name: 'Revoke' }).first().click();
    await page.getByRole('heading', { name: 'Revoke a secret' }).waitFor();
    await expectAccessibleInEveryLook(page);

    await page.goto(`${portal.url}/store/generate-token`);
    await page.getByLabel('read', { exact: true }).check();
    expect(await page.getByLabel('update', { exact: true }).isDisabled()).toBe(true);
    await page.getByText("Cannot be granted: requires the role clerk, which you don't have.").waitFor();
    await expectAccessibleInEveryLook(page);
    await page.getByRole('button', { name: 'Generate token' }).click();
    expect(await page.getByTestId('granted-scope').textContent()).toBe('read');
    await expectAccessibleInEveryLook(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 360, height: 740 });
      await page.getByRole('button', { name: 'Menu' }).click();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
    }
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.getByRole('navigation').getByRole('link', { name: 'Try it' }).click();
    await page.getByText('✓ read').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByTestId('response-status').filter({ hasText: '200' }).waitFor();
    await expectAccessibleInEveryLook(page);
    await visit(page, portal, [{ path: '/tokens', title: 'My tokens' }]);
    await close();
  });

  it('for the owner of a declared application, which is read-only', async () => {
    const portal = await servePortal();
    const { page, close } = await openPage();
    await signIn(page, portal, ANA);
    await page.goto(`${portal.url}/store/subscriptions`);
    expect(await page.getByTestId('consumer-key').textContent()).toBe('key');
    expect(await page.getByRole('button', { name: 'Generate', exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: 'Declared app' }).click();
    await page.getByRole('heading', { name: 'Declared app', level: 1 }).waitFor();
    expect(await page.getByRole('button', { name: 'Generate secret' }).count()).toBe(0);
    await expectAccessibleInEveryLook(page);
    await close();
  });

  it('for an administrator', async () => {
    const portal = await servePortal();
    const { users, applications } = portal.gate.directory;
    await users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    await applications.create({ name: 'Made app', owner: ANA.username });
    const { page, close } = await openPage();
    await signIn(page, portal, ADA);
    await page.goto(`${portal.url}/store/admin/applications`);
    await page.getByRole('button', { name: 'Disable Made app' }).click();
    await page.getByText('No tokens end now.').waitFor();
    await expectAccessibleInEveryLook(page);
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByText('Application disabled').waitFor();
    await page.goto(`${portal.url}/store/admin/users`);
    await page.getByRole('button', { name: 'Disable zoe@johnsorg' }).click();
    await page.getByText('No tokens end now.').waitFor();
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByText('User disabled').waitFor();
    for (let count = 0; count < 10; count += 1) await new PortalVisitor(portal).signIn({ ...BEN, password: 'wrong' });
    await page.goto(`${portal.url}/store/admin/users`);
    await page.getByRole('button', { name: `Unlock ${BEN.username}` }).click();
    await page.getByText('Account unlocked').waitFor();
    await expectAccessibleInEveryLook(page);
    await visit(page, portal, [{ path: '/admin/audit', title: 'Audit' }]);
    for (const what of ['Signed in', 'User disabled', 'User unlocked', 'Application disabled']) {
      expect(await page.getByRole('cell', { name: what, exact: true }).count()).toBe(1);
    }
    await close();
  });
});
