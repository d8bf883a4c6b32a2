// What is shot in one window: all pages, then those that follow a form.
import { JANE } from './gateway.mjs';
import { pagesOf } from './pages.mjs';

const signIn = async (photographer, url) => {
  const { page } = photographer;
  await page.goto(`${url}/store/sign-in`);
  await page.getByLabel('User name').fill(JANE.username);
  await page.getByLabel('Password').fill(JANE.password);
  await photographer.click('Sign in');
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

const shootPages = async (photographer, { url, records }, isWanted) => {
  for (const one of pagesOf(records).filter((page) => isWanted(page) && photographer.isWanted(page.name))) {
    await photographer.page.goto(`${url}/store${one.address}`);
    await photographer.shoot(one.name);
  }
};

const shootVisitor = async (photographer, served) => {
  await shootPages(photographer, served, ({ isForVisitors }) => isForVisitors);
  await photographer.page.goto(`${served.url}/store/apis`);
  await photographer.shoot('apis-public');
  await photographer.page.goto(`${served.url}/store/sign-in`);
  await photographer.page.getByLabel('User name').fill(JANE.username);
  await photographer.page.getByLabel('Password').fill('wrong');
  await photographer.click('Sign in');
  await photographer.page.getByRole('alert').waitFor();
  await photographer.shoot('sign-in-fault');
};

/** Signs up. An administrator must approve it. */
const signUp = async ({ page }, url) => {
  await page.goto(`${url}/store/sign-up`);
  await page.getByLabel('User name').fill('kim.lindqvist@example.com');
  await page.getByLabel('Password', { exact: true }).fill('a fourth password');
  await page.getByLabel('Password again').fill('a fourth password');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
};

const shootSignUp = async (photographer, { url }) => {
  await signUp(photographer, url);
  await photographer.shoot('sign-up-requested');
};

/** Requests a subscription that an administrator must approve. */
const requestSubscription = async (photographer, { url }) => {
  const { page } = photographer;
  await page.goto(`${url}/store/apis/invoices/subscribe`);
  await page.getByLabel('Application', { exact: true }).selectOption({ label: 'Mobile app' });
  await photographer.click('Subscribe');
  await page.waitForURL('**/applications/**');
};

const shootLink = async (photographer, { url }) => {
  const { page } = photographer;
  await page.goto(`${url}/store/admin/users/new`);
  await page.getByLabel('User name').fill(`alex.${Date.now() % 1000}`);
  await photographer.click('Create user');
  await page.getByText('Copy').first().waitFor();
  await photographer.shoot('invitation');
};

const shootUser = async (photographer, served) => {
  await shootPages(photographer, served, ({ isForVisitors }) => !isForVisitors);
  await photographer.page.goto(`${served.url}/store/nothing`);
  await photographer.shoot('not-found');
};

const shootMenus = async (photographer, { url }) => {
  const { page } = photographer;
  await page.goto(`${url}/store/tokens`);
  const menu = page.getByRole('button', { name: 'Menu' });
  if (await menu.isVisible()) await menu.click();
  else await photographer.click(JANE.username);
  await photographer.shoot('menu', { isWhole: false });
};

const shootKeys = async (photographer, { url }) => {
  const { page } = photographer;
  await page.goto(`${url}/store/subscriptions`);
  await page.getByLabel('Application name').fill(`Demo ${Date.now() % 1000}`);
  await photographer.click('Create application');
  await page.goto(`${url}/store/subscriptions`);
  await photographer.click('Generate', { exact: true });
  await page.getByTestId('consumer-key').first().waitFor();
  await photographer.shoot('keys');
};

const shootToken = async (photographer, { url, records }) => {
  const { page } = photographer;
  await page.goto(`${url}/store/generate-token?client=${records.id}.production&scopes=orders:read`);
  await photographer.click('Generate token');
  await page.getByTestId('access-token').waitFor();
  await photographer.shoot('token');
  await page.goto(`${url}/store/try-it`);
  await photographer.click('Get a token for this resource');
  await page.getByText('✓ orders:read').waitFor();
  await photographer.click('Send');
  await page.getByTestId('response-status').filter({ hasText: '200' }).waitFor();
  await photographer.shoot('try-it-response');
};

const shootConsent = async (photographer, { url, records }) => {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: records.clientId,
    redirect_uri: records.redirectUri,
    scope: 'orders:read invoices:read',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  const { page } = photographer;
  await page.goto(`${url}/authorize?${query}`);
  await photographer.shoot('consent');
  await page.goto(`${url}/authorize?${query}&prompt=login`);
  await photographer.shoot('authorize-sign-in');
  await page.goto(`${url}/authorize?client_id=nothing`);
  await photographer.shoot('authorize-problem');
};

/** Walks of a signed-in user, with the names of the pictures that they take. */
const WALKS = [
  { names: ['menu'], walk: shootMenus },
  { names: ['keys'], walk: shootKeys },
  { names: ['token', 'try-it-response'], walk: shootToken },
  { names: ['invitation'], walk: shootLink },
  { names: ['consent', 'authorize-sign-in', 'authorize-problem'], walk: shootConsent },
];

/** Shoots everything. A walk that fails is reported, and the others go ahead. */
export const shootAll = async (photographer, served) => {
  const attempt = async (walk) => {
    try {
      await walk(photographer, served);
    } catch (error) {
      console.error(`${walk.name}: ${error.message.split('\n')[0]}`);
      process.exitCode = 1;
    }
  };
  await attempt(shootVisitor);
  await attempt(shootSignUp);
  await signIn(photographer, served.url);
  await attempt(requestSubscription);
  await attempt(shootUser);
  for (const { names, walk } of WALKS) if (names.some((name) => photographer.isWanted(name))) await attempt(walk);
};
