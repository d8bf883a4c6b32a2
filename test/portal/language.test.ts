import { LANGUAGES } from '../../src/pages/texts/languages';
import { BEN, openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, PortalVisitor, signedIn } from '../support/portal/visitor';

const { en, de } = LANGUAGES;

const titleOf = (page: string): string | undefined => /<h1>([^<]*)<\/h1>/.exec(page)?.[1];

const openSignIn = async (portal: ServedPortal, headers: Readonly<Record<string, string>>): Promise<string> =>
  (await new PortalVisitor(portal).get('/sign-in', headers)).text;

describe('the language of the pages', () => {
  let portal: ServedPortal;
  beforeAll(async () => {
    portal = await servePortal({}, openSignUp);
  });

  it.each([
    ['de', 'de'],
    ['de-AT, en;q=0.5', 'de'],
    ['fr, DE;q=0.3, en;q=0.2', 'de'],
    ['de;q=0, en', 'en'],
    ['fr', 'en'],
    ['*', 'en'],
    ['de;q=2;;, ,', 'de'],
    ['__proto__, constructor', 'en'],
  ] as const)('follows Accept-Language %s: %s', async (accepted, language) => {
    const { text, headers } = await new PortalVisitor(portal).get('/sign-in', { 'Accept-Language': accepted });
    expect(text).toContain(`<html lang="${language}">`);
    expect(titleOf(text)).toBe(LANGUAGES[language].signIn.signIn);
    expect(headers.get('content-language')).toBe(language);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['scopegate-language=de', 'de'],
    ['scopegate-language=DE', 'en'],
    ['scopegate-language=de; scopegate-language=en', 'en'],
    ['scopegate-language=constructor', 'en'],
    ['xscopegate-language=de', 'en'],
  ] as const)('reads the cookie %s as the choice of the user: %s', async (Cookie, language) => {
    expect(titleOf(await openSignIn(portal, { Cookie }))).toBe(LANGUAGES[language].signIn.signIn);
  });

  it('prefers the choice of the user to the language of the browser', async () => {
    const headers = { Cookie: 'scopegate-language=en', 'Accept-Language': 'de' };
    expect(titleOf(await openSignIn(portal, headers))).toBe(en.signIn.signIn);
  });

  it('stores the choice without a sign-in, and returns to the page with its query', async () => {
    const visitor = new PortalVisitor(portal);
    const { text } = await visitor.get('/sign-in?return=%2Ftokens');
    expect(text).toMatch(/<button class="plain" name="language" value="de" lang="de">\s*Deutsch\s*<\/button>/);
    const { location, headers } = await visitor.post('/language', {
      ...hiddenFields(text, '/language'),
      language: 'de',
    });
    expect(location).toBe('/sign-in?return=%2Ftokens');
    expect(headers.getSetCookie()).toEqual(['scopegate-language=de; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax']);
  });

  it('keeps the session of a user who chooses a language', async () => {
    const visitor = await signedIn(portal, BEN);
    const session = visitor.cookie ?? '';
    const { location } = await visitor.submit('/tokens', '/language', { language: 'de' });
    expect(location).toBe('/tokens');
    const { text } = await visitor.get('/tokens', { Cookie: `${session}; ${visitor.cookie ?? ''}` });
    expect(text).toContain(`>${de.tokens.mine}</a>`);
    expect(text).toContain(BEN.username);
  });

  it('changes nothing for a language that the pages do not have', async () => {
    const visitor = new PortalVisitor(portal);
    const answer = await visitor.submit('/sign-in', '/language', { language: 'fr' });
    expect(answer).toMatchObject({ status: 303, location: '/sign-in' });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/nowhere', '/language', ''])(
    'returns to the home page instead of %j',
    async (address) => {
      const visitor = new PortalVisitor(portal);
      const fields = { language: 'de', return: address };
      const { location } = await visitor.submit('/sign-in', '/language', fields);
      expect(location).toBe(address === '/language' ? '/language' : '/apis');
    },
  );

  it('does not take a choice from another site', async () => {
    const visitor = new PortalVisitor(portal);
    const { status, headers } = await visitor.post('/language', { form_token: 'x', language: 'de', return: '/apis' });
    expect(status).toBe(403);
    expect(headers.getSetCookie().join()).not.toContain('language');
  });

  it('offers no choice on the answer to a form, which cannot be opened again', async () => {
    const visitor = new PortalVisitor(portal);
    const { text } = await visitor.submit('/sign-in', '/sign-in', { username: 'ben', password: 'wrong' });
    expect(text).not.toContain('name="language"');
    expect(text).toContain(en.signIn.wrong);
  });

  it('shows error pages and remarks in the language of the browser', async () => {
    const german = { 'Accept-Language': 'de' };
    const visitor = new PortalVisitor(portal);
    expect((await visitor.get('/nowhere', german)).text).toContain(de.problems.notFound.sentence);
    expect((await visitor.get('/sign-in?done=signed-out', german)).text).toContain(de.signIn.signedOut);
    expect((await visitor.post('/sign-in', {}, german)).text).toContain(de.problems.forged.title);
  });

  it('shows the faults of forms in the language of the browser', async () => {
    const visitor = new PortalVisitor(portal);
    const form = hiddenFields((await visitor.get('/sign-up')).text, '/sign-up');
    const account = { ...form, organization: 'johnsorg', username: 'zoe', password: 'short', again: 'short' };
    const { text } = await visitor.post('/sign-up', account, { 'Accept-Language': 'de' });
    expect(text).toContain(de.faults.sentences.password_too_short({ name: 'password_too_short', min: 8 }));
  });

  it('is that of the option, without a choice, if the portal has one', async () => {
    const german = await servePortal({}, { portal: { language: 'de' } });
    const visitor = new PortalVisitor(german);
    const { text } = await visitor.get('/sign-in', { Cookie: 'scopegate-language=en', 'Accept-Language': 'en' });
    expect(titleOf(text)).toBe(de.signIn.signIn);
    expect(text).not.toContain('name="language"');
    expect((await visitor.post('/language', { language: 'en' })).status).toBe(404);
  });
});

it('refuses an option for a language that the pages do not have', async () => {
  await expect(servePortal({}, { portal: { language: 'fr' as 'en' } })).rejects.toThrow(/language: is "fr"/);
});
