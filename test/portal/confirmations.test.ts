import { openPage } from '../support/browser/chromium';
import { manyApis } from '../support/gate/many-apis';
import { ADA, ANA, BEN, EVE, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';

const wordsOf = (text: string): string =>
  (/<main[\s\S]*<\/main>/.exec(text)?.[0] ?? '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');

/** An application of Ben's that subscribes to orders and stock, with some tokens for Ben. */
const anApplication = async ({ gate: { directory, tokens } }: ServedPortal, name: string, count: number) => {
  const { id } = await directory.applications.create({
    name,
    owner: BEN.username,
    subscriptions: ['orders', 'stock'],
  });
  const { clientId } = await directory.applications.generateKeys(id, { environment: 'production' });
  for (let issued = 0; issued < count; issued += 1)
    await tokens.issue({ clientId, subject: BEN.username, scopes: ['read'] });
  return { id, clientId };
};

const liveTokens = async ({ gate }: ServedPortal): Promise<number> =>
  (await collect(gate.tokens.find({ user: BEN.username }))).length;

describe('a confirmation page that lists what ends', () => {
  it('is shown before Revoke all', async () => {
    const portal = await servePortal(manyApis);
    await anApplication(portal, 'One', 2);
    await anApplication(portal, 'Two', 1);
    const ben = await signedIn(portal, BEN);
    expect((await ben.get('/tokens')).text).toMatch(/<form method="get" action="\/store\/tokens\/revoke-all">/);
    const { text } = await ben.get('/tokens/revoke-all');
    expect(wordsOf(text)).toContain('3 tokens of 2 applications end now.');
    expect(await liveTokens(portal)).toBe(3);
    const done = await ben.post('/tokens/revoke-all', hiddenFields(text, '/tokens/revoke-all'));
    expect(done.location).toBe('/tokens?done=revoked-all');
    expect(await liveTokens(portal)).toBe(0);
  });

  it('is shown before Unsubscribe', async () => {
    const portal = await servePortal(manyApis);
    const { id } = await anApplication(portal, 'One', 1);
    const ben = await signedIn(portal, BEN);
    const path = `/applications/${id}/unsubscribe`;
    expect((await ben.get(`/applications/${id}`)).text).toContain(`<form method="get" action="/store${path}">`);
    const { text } = await ben.get(`${path}?api=orders`);
    expect(wordsOf(text)).toContain('Unsubscribe One from Orders?');
    expect(wordsOf(text)).toContain('1 access token of 1 application ends now.');
    expect((await portal.gate.directory.applications.find(id))?.subscriptions).toEqual(['orders', 'stock']);
    await ben.post(path, hiddenFields(text, path));
    expect((await portal.gate.directory.applications.find(id))?.subscriptions).toEqual(['stock']);
    expect((await ben.get(`${path}?api=nothing`)).status).toBe(404);
  });

  it('is shown before an application is disabled', async () => {
    const portal = await servePortal(manyApis);
    const { id } = await anApplication(portal, 'One', 2);
    const ada = await signedIn(portal, ADA);
    const path = `/admin/applications/${id}/disable`;
    expect((await ada.get('/admin/applications')).text).toContain(`<form method="get" action="/store${path}">`);
    const { text } = await ada.get(path);
    expect(wordsOf(text)).toContain('One can no longer get tokens. 2 tokens of 1 application end now.');
    expect(await portal.gate.directory.applications.find(id)).toMatchObject({ enabled: true });
    await ada.post(path, hiddenFields(text, path));
    expect(await portal.gate.directory.applications.find(id)).toMatchObject({ enabled: false });
  });

  it('is shown before a user is disabled', async () => {
    const portal = await servePortal(manyApis);
    const ZOE = { username: 'zoe', organization: 'johnsorg', password: 'a longer password' };
    await portal.gate.directory.users.create(ZOE);
    const ada = await signedIn(portal, ADA);
    const { text } = await ada.get('/admin/users/disable?username=zoe%40johnsorg');
    expect(wordsOf(text)).toContain(
      'zoe@johnsorg can no longer sign in, and is signed out everywhere. No tokens end now.',
    );
    expect(await portal.gate.directory.users.find('zoe@johnsorg')).toMatchObject({ enabled: true });
    await ada.post('/admin/users/disable', hiddenFields(text, '/admin/users/disable'));
    expect(await portal.gate.directory.users.find('zoe@johnsorg')).toMatchObject({ enabled: false });
  });

  it('S-297 po-admin: reveals nothing to users without the permission', async () => {
    const portal = await servePortal(manyApis);
    const { id } = await anApplication(portal, 'One', 1);
    const [ana, eve] = [await signedIn(portal, ANA), await signedIn(portal, EVE)];
    for (const other of [ana, eve]) {
      const pages = [
        `/applications/${id}/unsubscribe?api=orders`,
        `/admin/applications/${id}/disable`,
        `/admin/users/disable?username=${encodeURIComponent(BEN.username)}`,
        '/admin/users/disable',
      ];
      for (const page of pages) expect([page, (await other.get(page)).status]).toEqual([page, 404]);
    }
    const { text } = await ana.get('/tokens/revoke-all');
    expect(wordsOf(text)).toContain('No tokens end now.');
  });

  it('works without JavaScript', async () => {
    const portal = await servePortal(manyApis);
    await anApplication(portal, 'One', 1);
    const { page, close } = await openPage({ javaScriptEnabled: false });
    await page.goto(`${portal.url}/store/sign-in?return=%2Ftokens`);
    await page.getByLabel('User name').fill(BEN.username);
    await page.getByLabel('Password').fill(BEN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Revoke all' }).click();
    await page.getByText('1 token of 1 application ends now.').waitFor();
    await page.getByRole('link', { name: 'Cancel' }).click();
    expect(await liveTokens(portal)).toBe(1);
    await page.getByRole('button', { name: 'Revoke all' }).click();
    await page.getByText('1 token of 1 application ends now.').waitFor();
    await page.getByRole('button', { name: 'Revoke all' }).click();
    await page.getByText('All of these tokens have ended.').waitFor();
    expect(await liveTokens(portal)).toBe(0);
    await close();
  });
});

it('the revoke button of each token is described by the application and the time of the token', async () => {
  const portal = await servePortal(manyApis);
  await anApplication(portal, 'One', 1);
  const { text } = await (await signedIn(portal, BEN)).get('/tokens');
  const [, id = ''] = /aria-describedby="(token-[\w-]+)"[^>]*>\s*Revoke\s*</.exec(text) ?? [];
  const [, description = ''] = new RegExp(`id="${id}"[^>]*>([\\s\\S]*?)</span`).exec(text) ?? [];
  expect(description.replaceAll(/<[^>]*>/g, '')).toMatch(
    /^the token of One \(production\) from \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
  );
});
