import { createMemoryStore } from 'scopegate';
import { expectAccessibleInEveryLook, openPage } from '../support/browser/chromium';
import { NO_OVERFLOW, overflowAt } from '../support/browser/overflow';
import { auditEntries } from '../support/portal/audit-entries';
import { ADA, ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys, type Fields, type PortalVisitor } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';
import { everyStore } from '../support/stores/every-store';

const WEB = 'https://app.example/callback';
const NATIVE = 'com.example.app:/callback';
const NEEDS_PASSWORD = 'id="client-password"';

const unescaped = (text: string): string =>
  text.replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>');

const linesIn = (page: string): string | undefined =>
  /<textarea[^>]*name="redirectUris"[^>]*>\n([\s\S]*?)<\/textarea/.exec(page)?.[1];

const isTicked = (page: string): boolean => /<input[^>]*name="public"[^>]*checked/.test(page);

/** The fault beside the field Redirect URIs. */
const faultIn = (page: string): string | undefined =>
  /aria-describedby="redirectUris-fault redirectUris-hint"/.test(page)
    ? unescaped(/id="redirectUris-fault"[^>]*>([^<]*)</.exec(page)?.[1] ?? '')
    : undefined;

const save = (visitor: PortalVisitor, id: string, fields: Fields) =>
  visitor.submit(`/applications/${id}`, `/applications/${id}/client`, fields);

const infoOf = async ({ gate }: ServedPortal, id: string) => {
  const application = await gate.directory.applications.find(id);
  if (application === undefined) throw new Error('the application is not there');
  return application;
};

describe.each(everyStore)('the page of an application, with %s,', (_name, freshStore) => {
  it('saves redirect URIs and the type, and shows them', async () => {
    const portal = await servePortal(await freshStore());
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    const saved = await save(ben, id, { redirectUris: `  ${WEB}\r\n\r\n${NATIVE}\r\n${WEB}` });
    expect(saved.location).toBe(`/applications/${id}?done=saved#client`);
    expect(await infoOf(portal, id)).toMatchObject({ redirectUris: [WEB, NATIVE], public: false });
    const { text } = await ben.get(saved.location ?? '');
    expect([linesIn(text), isTicked(text)]).toEqual([`${WEB}\n${NATIVE}`, false]);
    const published = await save(ben, id, { redirectUris: WEB, public: 'on' });
    expect(published.location).toBe(`/applications/${id}?done=public#client`);
    expect(isTicked((await ben.get(published.location ?? '')).text)).toBe(true);
    expect(await infoOf(portal, id)).toMatchObject({ redirectUris: [WEB], public: true });
  });

  it('makes an application public after it has shown what ends: its secrets and its tokens', async () => {
    const portal = await servePortal(await freshStore());
    const ben = await signedIn(portal, BEN);
    const { id, key } = await withKeys(ben);
    for (let issued = 0; issued < 2; issued += 1) {
      await portal.gate.tokens.issue({ clientId: key, subject: BEN.username, scopes: [] });
    }
    expect((await ben.get(`/applications/${id}`)).text).toContain(
      'If you tick it, all secrets of this application are deleted. 2 tokens of 1 application end now.',
    );
    await save(ben, id, { redirectUris: WEB, public: 'on', password: BEN.password });
    expect((await infoOf(portal, id)).keys.production).toEqual({ clientId: key, secrets: [] });
    expect(await collect(portal.gate.tokens.find({ clientId: key }))).toEqual([]);
  });

  it('makes it confidential again, after which a secret can be added', async () => {
    const portal = await servePortal(await freshStore());
    const ben = await signedIn(portal, BEN);
    const { id, key } = await withKeys(ben);
    await save(ben, id, { redirectUris: WEB, public: 'on' });
    await portal.gate.tokens.issue({ clientId: key, subject: BEN.username, scopes: [] });
    const shown = unescaped((await ben.get(`/applications/${id}`)).text);
    expect(shown).toContain(
      'If you untick it, you have to add a secret to each key. 1 token of 1 application ends now.',
    );
    const { location = '' } = await save(ben, id, { redirectUris: WEB, password: BEN.password });
    expect((await ben.get(location)).text).toContain('Add a secret to each key.');
    expect(await collect(portal.gate.tokens.find({ clientId: key }))).toEqual([]);
    const added = await ben.submit(`/applications/${id}`, `/applications/${id}/secrets`, { password: BEN.password });
    expect(added.text).toContain('data-testid="consumer-secret"');
    expect((await infoOf(portal, id)).keys.production?.secrets).toHaveLength(1);
  });
});

describe('the form of redirect URIs', () => {
  it.each([
    ['http://app.example/callback', 'which must be https'],
    ['https://app.example/callback#fragment', 'which must not have a fragment'],
    ['javascript:alert(1)', 'which must be https'],
    ['/callback', 'which is not an absolute URI'],
    [`https://app.example/${'x'.repeat(2_000)}`, 'which is longer than 2000 characters'],
  ])('S-147 ac-redirect: refuses %s, with the number of its line beside the field', async (wrong, because) => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    const { status, text } = await save(ben, id, { redirectUris: `${WEB}\r\n\r\n${wrong}`, public: 'on' });
    expect(status).toBe(400);
    expect(faultIn(text)).toContain(`The redirect URIs are wrong in line 3, ${because}`);
    expect(linesIn(text)?.replaceAll('\r', '')).toBe(`${WEB}\n\n${wrong}`);
    expect(isTicked(text)).toBe(true);
    expect(await infoOf(portal, id)).toMatchObject({ redirectUris: [], public: false });
  });

  it('refuses more than 20 of them', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    const uris = Array.from({ length: 21 }, (_, index) => `${WEB}/${index}`);
    const { text } = await save(ben, id, { redirectUris: uris.join('\n') });
    expect(faultIn(text)).toBe('The redirect URIs must not be more than 20: remove some.');
    expect((await save(ben, id, { redirectUris: uris.slice(1).join('\n') })).location).toContain('done=saved');
  });

  it('refuses a public client without any', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    const { status, text } = await save(ben, id, { public: 'on' });
    expect([status, faultIn(text)]).toEqual([
      400,
      'The redirect URIs are missing: a public client can only use the authorization code.',
    ]);
    expect((await infoOf(portal, id)).public).toBe(false);
  });

  it('S-286 po-xss-reflect: shows markup as text', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    const { text } = await save(ben, id, { redirectUris: '</textarea><script>alert(1)</script>' });
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;/textarea&gt;&lt;script&gt;');
  });

  it('keeps the saved values when another form of the page has a fault', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id } = await withKeys(ben);
    await save(ben, id, { redirectUris: WEB });
    const page = `/applications/${id}`;
    const fields = { expires: 'nonsense', password: BEN.password };
    const { status, text } = await ben.submit(page, `${page}/secrets`, fields);
    expect([status, linesIn(text)]).toEqual([400, WEB]);
  });

  type Use = (portal: ServedPortal, keys: { readonly key: string; readonly secret: string }) => Promise<unknown>;

  it.each<[string, Use]>([
    ['has a live token', ({ gate }, { key }) => gate.tokens.issue({ clientId: key, scopes: [] })],
    [
      'has used its secret',
      async (portal, { key, secret }) => {
        const headers = { Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` };
        const body = new URLSearchParams({ grant_type: 'client_credentials' });
        expect((await fetch(`${portal.url}/token`, { method: 'POST', headers, body })).status).toBe(200);
        await portal.gate.tokens.revoke({ clientId: key });
      },
    ],
  ])('S-295 po-reauth: needs the password if the application %s', async (_use, use) => {
    const memory = createMemoryStore();
    const [portal, other] = [await servePortal({ memory }), await servePortal({ memory })];
    const ben = await signedIn(portal, BEN);
    const keys = await withKeys(ben);
    const { id } = keys;
    expect((await ben.get(`/applications/${id}`)).text).not.toContain(NEEDS_PASSWORD);
    await use(other, keys);
    await other.close(); // writes which secrets were used
    expect((await ben.get(`/applications/${id}`)).text).toContain(NEEDS_PASSWORD);
    const before = await infoOf(portal, id);
    for (const password of ['', 'wrong', ANA.password]) {
      const { text } = await save(ben, id, { redirectUris: NATIVE, public: 'on', password });
      expect(text).toContain('The password is wrong. Nothing was changed.');
      expect(linesIn(text)).toBe(NATIVE);
    }
    expect(await infoOf(portal, id)).toEqual(before);
    const done = await save(ben, id, { redirectUris: NATIVE, public: 'on', password: BEN.password });
    expect(done.location).toContain('done=public');
  });

  it('S-289 po-idor: changes only applications of the user', async () => {
    const portal = await servePortal();
    const [ben, ana] = [await signedIn(portal, BEN), await signedIn(portal, ANA)];
    const { id } = await withKeys(ben);
    const form_token = await ana.formToken('/apis', '/sign-out');
    const fields = { form_token, redirectUris: WEB, password: ANA.password };
    expect((await ana.post(`/applications/${id}/client`, fields)).status).toBe(404);
    expect((await infoOf(portal, id)).redirectUris).toEqual([]);
    expect((await ana.post('/applications/key/client', fields)).status).toBe(409);
  });

  it('is in the audit with the number of URIs and the type', async () => {
    const portal = await servePortal();
    const [ben, ada] = [await signedIn(portal, BEN), await signedIn(portal, ADA)];
    const { id } = await withKeys(ben);
    await save(ben, id, { redirectUris: WEB, public: 'on' });
    const entries = await auditEntries(ada);
    for (const [action, detail] of [
      ['Client type changed', 'public'],
      ['Redirect URIs changed', '1 URI'],
    ] as const) {
      expect(entries.filter((entry) => entry.includes(action))).toEqual([expect.stringContaining(detail)]);
    }
  });
});

it('a gate without an authorization endpoint has no form for redirect URIs', async () => {
  const portal = await servePortal({ paths: { authorize: false } });
  const ben = await signedIn(portal, BEN);
  const { id } = await withKeys(ben);
  expect((await ben.get(`/applications/${id}`)).text).not.toContain('Redirect URIs');
});

it('the page of a declared application shows its redirect URIs and its type, read-only', async () => {
  const portal = await servePortal();
  const { text } = await (await signedIn(portal, ANA)).get('/applications/key');
  expect(text).toContain('<dt>Redirect URIs</dt>');
  expect(text).toContain('confidential: it has a secret');
  expect(text).not.toContain('<textarea');
});

describe('a public application', () => {
  const aPublicApplication = async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id } = await portal.gate.directory.applications.create({
      name: 'Web app',
      owner: BEN.username,
      subscriptions: ['orders'],
      redirectUris: [WEB],
      public: true,
    });
    return { portal, ben, id };
  };

  it('gets a key without a secret', async () => {
    const { portal, ben, id } = await aPublicApplication();
    const { status, text } = await ben.submit('/subscriptions', `/applications/${id}/generate`, {
      environment: 'production',
    });
    expect([status, text.includes('consumer-secret'), text.includes('Basic')]).toEqual([200, false, false]);
    const clientId = /data-testid="consumer-key"[^>]*>([^<]*)</.exec(text)?.[1];
    expect((await infoOf(portal, id)).keys.production).toEqual({ clientId, secrets: [] });
    const again = await ben.get('/subscriptions');
    const fields = { ...hiddenFields(again.text, `/applications/${id}/generate`), environment: 'production' };
    expect((await ben.post(`/applications/${id}/generate`, fields)).status).toBe(400);
  });

  it('has no secrets on its page and no way to add one, and shows how to use PKCE', async () => {
    const { ben, id } = await aPublicApplication();
    await ben.submit('/subscriptions', `/applications/${id}/generate`, { environment: 'production' });
    const { text } = await ben.get(`/applications/${id}`);
    for (const absent of ['Generate secret', 'Production secrets', 'Basic', 'grant_type=password']) {
      expect(text).not.toContain(absent);
    }
    expect(text).toMatch(/\/authorize\?response_type=code&amp;client_id=[^<]*&amp;code_challenge=/);
    expect(text).toContain('-d grant_type=authorization_code');
    expect(text).toContain('code_verifier=$CODE_VERIFIER');
    const form_token = await ben.formToken('/apis', '/sign-out');
    const fields = { form_token, sending: await ben.sending(), password: BEN.password };
    const refused = await ben.post(`/applications/${id}/secrets`, fields);
    expect([refused.status, refused.text.includes('A public application has no secrets.')]).toEqual([400, true]);
  });

  it('gets a token for its user on the page Generate token, and none for itself', async () => {
    const { ben, id } = await aPublicApplication();
    await ben.submit('/subscriptions', `/applications/${id}/generate`, { environment: 'production' });
    const path = `/generate-token?client=${id}.production&for=client`;
    const { text } = await ben.get(path);
    expect(text).not.toContain('client credentials');
    expect(text).toContain('A public application gets tokens for its users only.');
    const client = `${id}.production`;
    const issued = await ben.submit(path, '/generate-token', { client, for: 'user', 'scope read': 'on' });
    expect(issued.text).toMatch(/data-testid="granted-scope"[^>]*>read</);
    const refused = await ben.submit(path, '/generate-token', { client, for: 'client', 'scope read': 'on' });
    expect(refused.text).toContain('Web app is public and gets tokens for its users only.');
    expect(refused.text).not.toContain('data-testid="access-token"');
  });
});

it.each([true, false])('an application becomes public in Chromium, with JavaScript: %p', async (javaScriptEnabled) => {
  const portal = await servePortal();
  const { page, close } = await openPage({ javaScriptEnabled, expectedStatuses: [400] });
  const check = async (): Promise<void> => {
    if (!javaScriptEnabled) return;
    expect(await overflowAt(page, 320)).toEqual(NO_OVERFLOW);
    await expectAccessibleInEveryLook(page);
  };
  await page.goto(`${portal.url}/store/sign-in?return=%2Fapis`);
  await page.getByLabel('User name').fill(BEN.username);
  await page.getByLabel('Password').fill(BEN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByRole('link', { name: 'Done' }).click();
  await page.getByRole('link', { name: 'DefaultApplication' }).click();
  await page.getByLabel('Redirect URIs').fill(`${WEB}\nhttp://app.example/`);
  await page.getByLabel('Public client').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The redirect URIs are wrong in line 2').first().waitFor();
  await check();
  await page.getByLabel('Redirect URIs').fill(`${WEB}\n${NATIVE}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. The application is public').waitFor();
  expect(await page.getByLabel('Redirect URIs').inputValue()).toBe(`${WEB}\n${NATIVE}`);
  expect(await page.getByLabel('Public client').isChecked()).toBe(true);
  expect(await page.getByRole('button', { name: 'Generate secret' }).count()).toBe(0);
  await check();
  await page.getByRole('main').getByRole('link', { name: 'My Subscriptions' }).click();
  await page.getByLabel('Environment').selectOption('sandbox');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await page.getByText('This key has no secret').waitFor();
  expect(await page.getByTestId('consumer-secret').count()).toBe(0);
  await check();
  await close();
});
