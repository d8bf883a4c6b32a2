import { expectAccessible, openPage } from '../support/browser/chromium';
import { portalWithConsents } from '../support/portal/consents';
import { postAsApplication } from '../support/portal/application-requests';
import { auditEntries } from '../support/portal/audit-entries';
import { ADA, ANA, BEN, tokenOfAna, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';

const TABLE = 'Your consents. Revoking one ends its tokens.';

/** The texts of the cells of a page's table of consents, without the buttons. */
const consentRows = (page: string): readonly (readonly string[])[] => {
  const [, table = ''] = new RegExp(`aria-label="${TABLE}"([\\s\\S]*?)</table>`).exec(page) ?? [];
  return [...table.matchAll(/<tr role="row">([\s\S]*?)<\/tr>/g)]
    .slice(1)
    .map(([, row = '']) =>
      [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)]
        .slice(0, -1)
        .map(([, cell = '']) => cell.replaceAll(/<[^>]*>/g, '').trim()),
    );
};

const statusOf = async ({ url }: ServedPortal, accessToken: string): Promise<number> =>
  (await fetch(`${url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } })).status;

describe('My tokens', () => {
  it('lists each consent with its application, APIs, allowed scopes and time', async () => {
    const { portal, give } = await portalWithConsents();
    await give({ resources: [`${portal.url}/orders`, `${portal.url}/gone`], granted: ['read', 'update'] });
    const ana = await signedIn(portal, ANA);
    const { text } = await ana.get('/tokens');
    expect(text).toContain('<h2>Applications with your consent</h2>');
    expect(consentRows(text)).toEqual([
      [
        'Declared app',
        `${portal.url}/gone, Orders`,
        'read update',
        expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/) as string,
      ],
    ]);
  });

  it('names what has no API, no scope or no application any more', async () => {
    const { portal, give } = await portalWithConsents();
    await give({ applicationId: 'gone-application', granted: [] });
    const ana = await signedIn(portal, ANA);
    const [row] = consentRows((await ana.get('/tokens')).text);
    expect(row?.slice(0, 3)).toEqual(['gone-application', 'any', 'none']);
  });

  it('distinguishes applications of the same name', async () => {
    const { portal, give } = await portalWithConsents();
    const { id } = await portal.gate.directory.applications.create({ name: 'Declared app', owner: BEN.username });
    await give();
    await give({ applicationId: id });
    const rows = consentRows((await (await signedIn(portal, ANA)).get('/tokens')).text);
    expect(new Set(rows.map(([name]) => name))).toEqual(
      new Set(['Declared app (key …key)', `Declared app (no key yet, ID …${id.slice(-4)})`]),
    );
  });

  it('has no section for consents if the user has given none', async () => {
    const { portal, give } = await portalWithConsents();
    await give({ subject: BEN.username });
    const { text } = await (await signedIn(portal, ANA)).get('/tokens');
    expect(text).not.toContain('consent');
  });

  it('shows for which API alone a token is', async () => {
    const { portal, give, issueUnder } = await portalWithConsents();
    await issueUnder(await give(), `${portal.url}/orders`);
    expect((await (await signedIn(portal, ANA)).get('/tokens')).text).toContain('Orders only');
  });

  it('describes each Revoke button by what it revokes', async () => {
    const { portal, give, issueUnder } = await portalWithConsents();
    const { id } = await give();
    await issueUnder(await give());
    const { text } = await (await signedIn(portal, ANA)).get('/tokens');
    expect(text).toContain(`<button class="danger" aria-describedby="consent-${id}">Revoke</button>`);
    const [, description = ''] = new RegExp(`id="consent-${id}"[^>]*>([\\s\\S]*?)</span`).exec(text) ?? [];
    expect(description.replaceAll(/<[^>]*>/g, '')).toMatch(
      /^the consent for Declared app from \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
    );
    expect(text).toMatch(/aria-describedby="token-[\w-]+"\s*>\s*Revoke\s*</);
  });
});

describe('Revoke of a consent', () => {
  it('removes it and ends the tokens that were issued under it, and no others', async () => {
    const { portal, consents, give, issueUnder } = await portalWithConsents();
    const [consent, other] = [await give(), await give({ resources: [`${portal.url}/orders`] })];
    const [tokens, ofOther, without] = [
      await issueUnder(consent),
      await issueUnder(other),
      await tokenOfAna(portal, ['read']),
    ];
    const ana = await signedIn(portal, ANA);
    expect(await statusOf(portal, tokens.accessToken)).toBe(200);
    const { location = '' } = await ana.submit('/tokens', `/tokens/consents/${consent.id}/revoke`);
    expect(location).toBe('/tokens?done=consent-revoked');
    expect((await ana.get(location)).text).toContain('The consent has been revoked. Its tokens have ended.');
    expect(await consents.list(ANA.username)).toEqual([other]);
    expect(await statusOf(portal, tokens.accessToken)).toBe(401);
    const refreshed = await postAsApplication(portal, '/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refreshToken ?? '',
    });
    expect(refreshed.status).toBe(400);
    for (const token of [ofOther.accessToken, without]) expect(await statusOf(portal, token)).toBe(200);
  });

  it('S-289 po-idor: finds only consents of the signed-in user', async () => {
    const { portal, consents, give } = await portalWithConsents();
    const { id } = await give();
    const ben = await signedIn(portal, BEN);
    const form_token = await ben.formToken('/apis', '/sign-out');
    for (const odd of [id, '__proto__', '%00', 'x'.repeat(2_000)]) {
      expect((await ben.post(`/tokens/consents/${odd}/revoke`, { form_token })).status).toBe(404);
    }
    expect(await consents.list(ANA.username)).toHaveLength(1);
  });

  it('is in the audit, with the application and the scopes', async () => {
    const { portal, give } = await portalWithConsents();
    const { id } = await give();
    const [ana, ada] = [await signedIn(portal, ANA), await signedIn(portal, ADA)];
    await ana.submit('/tokens', `/tokens/consents/${id}/revoke`);
    const [entry = ''] = (await auditEntries(ada)).filter((one) => one.includes('Consent revoked'));
    for (const part of [ANA.username, 'Declared app', 'read']) expect(entry).toContain(part);
  });
});

describe('Revoke all', () => {
  it('also revokes the consents, and its confirmation counts them', async () => {
    const { portal, consents, give, issueUnder } = await portalWithConsents();
    await issueUnder(await give());
    await give({ resources: [`${portal.url}/orders`] });
    const ofBen = await give({ subject: BEN.username });
    const ana = await signedIn(portal, ANA);
    const { text } = await ana.get('/tokens/revoke-all');
    expect(text).toContain('2 consents are revoked: the applications have to ask you again.');
    const { location = '' } = await ana.post('/tokens/revoke-all', hiddenFields(text, '/tokens/revoke-all'));
    expect((await ana.get(location)).text).toContain(
      'All of these tokens have ended, and your consents have been revoked.',
    );
    expect(await consents.list(ANA.username)).toEqual([]);
    expect(await consents.list(BEN.username)).toEqual([ofBen]);
    expect(await collect(portal.gate.tokens.find({ user: ANA.username }))).toEqual([]);
  });

  it('is offered to a user who has a consent and no token', async () => {
    const { portal, give } = await portalWithConsents();
    await give();
    const ana = await signedIn(portal, ANA);
    expect((await ana.get('/tokens')).text).toContain('Revoke all');
    const { text } = await ana.get('/tokens/revoke-all');
    expect(text).toContain('No tokens end now.');
    expect(text).toContain('1 consent is revoked: the application has to ask you again.');
  });
});

it.each([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 320, height: 740 } }],
  ['without JavaScript', { javaScriptEnabled: false }],
] as const)('a consent is revoked in Chromium (%s), and the page is accessible', async (name, options) => {
  const { portal, give, issueUnder } = await portalWithConsents();
  const { accessToken } = await issueUnder(await give({ resources: [`${portal.url}/orders`] }));
  const { page, close } = await openPage(options);
  await page.goto(`${portal.url}/store/sign-in?return=%2Ftokens`);
  await page.getByLabel('User name').fill(ANA.username);
  await page.getByLabel('Password').fill(ANA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Applications with your consent' }).waitFor();
  if (name !== 'without JavaScript') await expectAccessible(page);
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  if (name === 'narrow') expect(await page.evaluate(overflow)).toBe(0);
  await page.getByRole('region', { name: TABLE }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The consent has been revoked. Its tokens have ended.').waitFor();
  expect(await page.getByRole('heading', { name: 'Applications with your consent' }).count()).toBe(0);
  expect(await statusOf(portal, accessToken)).toBe(401);
  await close();
});
