import type { ScopegateOptions } from 'scopegate';
import { auditEntries } from '../support/portal/audit-entries';
import { ADA, ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';
import { everyStore } from '../support/stores/every-store';

const PLANNED: Partial<ScopegateOptions> = {
  plans: { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 3600 } },
  apis: {
    orders: { title: 'Orders', version: '1.0.0', plans: ['free', 'partner'], resources: [] },
    stock: { title: 'Stock', resources: [] },
    old: { title: 'Old', lifecycle: 'deprecated', resources: [] },
  },
};

const wordsOf = ({ text }: { readonly text: string }): string =>
  (/<main[\s\S]*<\/main>/.exec(text)?.[0] ?? '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');

const sectionOf = (text: string, id: string): string =>
  new RegExp(`<section id="${id}">([\\s\\S]*?)</section>`).exec(text)?.[1] ?? '';

const liveTokens = async ({ gate }: ServedPortal, clientId: string): Promise<number> =>
  (await collect(gate.tokens.find({ clientId }))).length;

const open = async (options: Parameters<typeof servePortal>[0] = PLANNED) => {
  const portal = await servePortal(options);
  const ben = await signedIn(portal, BEN);
  const { id, key } = await withKeys(ben, 'Mobile');
  return { portal, ben, id, key, path: `/applications/${id}` };
};

describe.each(everyStore)('the page of an application, with %s,', (_name, freshStore) => {
  it('subscribes to another API with a plan, and ends a subscription', async () => {
    const { portal, ben, id, path } = await open({ ...(await freshStore()), ...PLANNED });
    const added = await ben.submit(path, `${path}/subscribe`, { subscription: 'orders partner' });
    expect(added).toMatchObject({ status: 303, location: `${path}?done=subscribed#subscriptions` });
    const { applications } = portal.gate.directory;
    expect(await applications.find(id)).toMatchObject({ subscriptions: ['orders'], plans: { orders: 'partner' } });
    const { text } = await ben.get(added.location ?? '');
    expect(wordsOf({ text: `<main>${sectionOf(text, 'subscriptions')}</main>` })).toMatch(
      /Subscribed\. .* Orders 1\.0\.0 .* Production: 100,000 of 100,000 requests left/,
    );
    expect(text).toContain('<option value="stock" >Stock</option>');
    expect(text).not.toContain('value="orders free"');

    const confirmation = await ben.get(`${path}/unsubscribe?api=orders`);
    const ended = await ben.post(`${path}/unsubscribe`, hiddenFields(confirmation.text, `${path}/unsubscribe`));
    expect(ended.location).toBe(`${path}?done=unsubscribed#subscriptions`);
    expect(await applications.find(id)).toMatchObject({ subscriptions: [] });
    expect(wordsOf(await ben.get(path))).toContain('No subscription yet.');
  });

  it('changes the name and the description, which is recorded in the audit', async () => {
    const { portal, ben, id, path } = await open({ ...(await freshStore()), ...PLANNED });
    const fields = { name: 'Orders web', description: 'For the shop.\r\nOwned by Ben.' };
    const saved = await ben.submit(path, `${path}/settings`, fields);
    expect(saved.location).toBe(`${path}?done=settings#settings`);
    expect(await portal.gate.directory.applications.find(id)).toMatchObject({
      name: 'Orders web',
      description: 'For the shop.\nOwned by Ben.',
    });
    const { text } = await ben.get(path);
    expect(text).toContain('<h1>Orders web</h1>');
    expect(text).toContain('For the shop.\nOwned by Ben.');
    const audit = (await auditEntries(await signedIn(portal, ADA))).join('\n');
    for (const part of ['Application renamed', 'Mobile to Orders web', 'Description changed']) {
      expect(audit).toContain(part);
    }
    await ben.submit(path, `${path}/settings`, { name: 'Orders web', description: ' ' });
    expect(await portal.gate.directory.applications.find(id)).not.toHaveProperty('description');
  });

  it('revokes one token of the application, and then all of them', async () => {
    const { portal, ben, key, path } = await open({ ...(await freshStore()), ...PLANNED });
    for (const subject of [BEN.username, ANA.username]) await portal.gate.tokens.issue({ clientId: key, subject });
    await portal.gate.tokens.issue({ clientId: key });
    const section = sectionOf((await ben.get(path)).text, 'tokens');
    for (const owner of [BEN.username, ANA.username, 'the application']) expect(section).toContain(owner);
    const [, grantId = ''] = /\/tokens\/([\w-]{16})\/revoke"/.exec(section) ?? [];
    const revoked = await ben.submit(path, `${path}/tokens/${grantId}/revoke`);
    expect(revoked.location).toBe(`${path}?done=token-revoked#tokens`);
    expect(await liveTokens(portal, key)).toBe(2);

    const confirmation = await ben.get(`${path}/revoke-tokens`);
    expect(wordsOf(confirmation)).toContain('Revoke all tokens of Mobile? 2 tokens of 1 application end now.');
    expect(await liveTokens(portal, key)).toBe(2);
    const all = await ben.post(`${path}/revoke-tokens`, hiddenFields(confirmation.text, `${path}/revoke-tokens`));
    expect(all.location).toBe(`${path}?done=tokens-revoked#tokens`);
    expect(await liveTokens(portal, key)).toBe(0);
    expect(wordsOf(await ben.get(all.location ?? ''))).toContain('All tokens of Mobile have ended.');
  });
});

describe('the page of an application', () => {
  it.each([
    ['the name of another application', 'other APP', 'The name is taken by your application Other app'],
    ['no name', '', 'The name must be 1 to 100 characters'],
    ['a name that is too long', 'x'.repeat(101), 'The name must be 1 to 100 characters'],
  ])('refuses %s, and shows what was entered', async (_what, name, sentence) => {
    const { portal, ben, id, path } = await open();
    await portal.gate.directory.applications.create({ name: 'Other app', owner: BEN.username });
    const { status, text } = await ben.submit(path, `${path}/settings`, { name, description: 'Entered' });
    expect([status, text.includes(sentence), text.includes('\nEntered</textarea>')]).toEqual([400, true, true]);
    const found = await portal.gate.directory.applications.find(id);
    expect([found?.name, found?.description]).toEqual(['Mobile', undefined]);
  });

  it('refuses a description that is too long, and changes no name then', async () => {
    const { portal, ben, id, path } = await open();
    const fields = { name: 'New name', description: 'x'.repeat(501) };
    const { status, text } = await ben.submit(path, `${path}/settings`, fields);
    expect(status).toBe(400);
    expect(text).toMatch(/id="description-fault"[^>]*>\s*The description must be at most 500 characters/);
    expect((await portal.gate.directory.applications.find(id))?.name).toBe('Mobile');
  });

  it('may change the case of its own name', async () => {
    const { portal, ben, id, path } = await open();
    await ben.submit(path, `${path}/settings`, { name: 'MOBILE', description: '' });
    expect((await portal.gate.directory.applications.find(id))?.name).toBe('MOBILE');
  });

  it('refuses APIs and plans that do not exist, and APIs that are deprecated', async () => {
    const { portal, ben, id, path } = await open();
    for (const subscription of [
      '',
      'nothing',
      'old',
      'orders gold',
      'stock free',
      '__proto__',
      'orders free partner',
    ]) {
      const { status } = await ben.submit(path, `${path}/subscribe`, { subscription });
      expect([subscription, status]).toEqual([subscription, 404]);
    }
    expect(await portal.gate.directory.applications.find(id)).toMatchObject({ subscriptions: [] });
  });

  it('shows both environments side by side, and generates the key of the one that has none', async () => {
    const { ben, path } = await open();
    const keys = sectionOf((await ben.get(path)).text, 'keys');
    expect(keys.indexOf('>Production<')).toBeLessThan(keys.indexOf('>Sandbox<'));
    const generated = await ben.submit(path, `${path}/generate`);
    expect(generated.text).toContain('data-testid="consumer-secret"');
    expect(sectionOf((await ben.get(path)).text, 'keys')).not.toContain('Generate<');
    const code = sectionOf((await ben.get(path)).text, 'snippets');
    expect(code.match(/<h3>(?:Production|Sandbox)<\/h3>/g)).toEqual(['<h3>Production</h3>', '<h3>Sandbox</h3>']);
  });

  it('lists 20 tokens and leads to all of them', async () => {
    const { portal, ben, id, key, path } = await open();
    for (let issued = 0; issued < 21; issued += 1) await portal.gate.tokens.issue({ clientId: key });
    const section = sectionOf((await ben.get(path)).text, 'tokens');
    expect(section.match(/<td[^>]*data-label="For"/g)).toHaveLength(20);
    expect(section).toContain(`href="/store/tokens?application=${id}">All 21 tokens</a>`);
  });

  it('counts what is removed with it', async () => {
    const { portal, ben, key, path } = await open();
    await ben.submit(path, `${path}/subscribe`, { subscription: 'stock' });
    await portal.gate.tokens.issue({ clientId: key });
    expect(wordsOf(await ben.get(`${path}/remove`))).toContain(
      'This permanently deletes Mobile, with 1 key, 1 secret, and 1 subscription. 1 token of 1 application ends now.',
    );
  });

  it('of a declared application is read-only but for its tokens', async () => {
    const portal = await servePortal(PLANNED);
    const ana = await signedIn(portal, ANA);
    await portal.gate.tokens.issue({ clientId: 'key', scopes: [] });
    const { text } = await ana.get('/applications/key');
    const actions = [...text.matchAll(/<form method="(?:post|get)" action="\/store(\/applications[^"]*)"/g)].map(
      ([, action = '']) => action.replace(/tokens\/[\w-]{16}/, 'tokens/GRANT'),
    );
    expect(actions).toEqual([
      '/applications/key/tokens/GRANT/revoke',
      '/applications/key/revoke-tokens',
      '/applications/key/revoke-tokens',
    ]);
    const form_token = await ana.formToken('/apis', '/sign-out');
    const refused: readonly [string, Readonly<Record<string, string>>][] = [
      ['subscribe', { subscription: 'stock' }],
      ['settings', { name: 'Other', description: '' }],
      ['settings', { name: 'Declared app', description: 'Text' }],
    ];
    for (const [form, fields] of refused) {
      expect((await ana.post(`/applications/key/${form}`, { form_token, ...fields })).status).toBe(409);
    }
  });

  it('S-289 po-idor: revokes no token of another application of the user', async () => {
    const { portal, ben, path } = await open();
    const other = await withKeys(ben, 'Other');
    await portal.gate.tokens.issue({ clientId: other.key });
    const [grant] = await collect(portal.gate.tokens.find({ clientId: other.key }));
    const form_token = await ben.formToken('/apis', '/sign-out');
    expect((await ben.post(`${path}/tokens/${grant?.grantId}/revoke`, { form_token })).status).toBe(404);
    expect(await liveTokens(portal, other.key)).toBe(1);
  });

  it('is in German for a visitor who reads German', async () => {
    const { portal, ben, key, path } = await open();
    await portal.gate.tokens.issue({ clientId: key });
    const words = wordsOf(await ben.get(path, { 'Accept-Language': 'de' }));
    for (const part of [
      'Meine Abonnements',
      'Abonnement hinzufügen',
      'Produktion Consumer Key',
      'Secret hinzufügen',
      'Gültige Tokens von Mobile',
      'in 59 Minuten',
      'Alle Tokens widerrufen',
      'Redirect-URIs',
      'Beschreibung',
      'Diese Anwendung entfernen',
    ]) {
      expect(words).toContain(part);
    }
    expect(wordsOf(await ben.get(`${path}/remove`, { 'Accept-Language': 'de' }))).toContain(
      'Damit wird Mobile endgültig gelöscht, einschließlich 1 Key, 1 Secret und 0 Abonnements. 1 Token von 1 Anwendung endet jetzt.',
    );
  });
});
