import { LANGUAGES } from '../../src/pages/texts/languages';
import { CodeBrowser } from '../support/authorize/code-browser';
import { aCodeClient, authorizeQuery, type CodeClient } from '../support/authorize/code-client';
import { BEN, servePortal } from '../support/portal/served-portal';

const { en, de } = LANGUAGES;

describe('the language of the authorization endpoint', () => {
  let browser: CodeBrowser;
  let client: CodeClient;
  beforeEach(async () => {
    const portal = await servePortal();
    client = await aCodeClient(portal);
    browser = new CodeBrowser(portal);
  });

  const open = (headers: Readonly<Record<string, string>>, ui_locales?: string) => {
    const query = authorizeQuery(client, ui_locales === undefined ? {} : { ui_locales });
    return browser.get(`/authorize?${query}`, headers);
  };

  it('is that of the browser, on the pages for the sign-in, the consent and the error', async () => {
    const signIn = await open({ 'Accept-Language': 'de-CH' });
    expect(signIn.text).toContain('<html lang="de">');
    expect(signIn.text).toContain(de.signIn.username);
    expect(signIn.headers.get('content-language')).toBe('de');
    browser.cookies.set('scopegate-language', 'de');
    const consent = await browser.signIn(signIn, BEN);
    expect(consent.text).toContain(de.authorize.permissions);
    const { text } = await browser.get('/authorize/resume?transaction=none');
    expect(text).toContain(de.authorize.ended.title);
  });

  it('is the one that the user has chosen in the portal, before that of the browser and of the application', async () => {
    browser.cookies.set('scopegate-language', 'en');
    expect((await open({ 'Accept-Language': 'de' }, 'de')).text).toContain(en.signIn.username);
  });

  it('is the one that the application asks for, also after a wrong password, if the browser states none', async () => {
    const signIn = await open({ 'Accept-Language': 'fr' }, 'fr de-AT en');
    expect(signIn.text).toContain('<html lang="de">');
    expect(signIn.text).toContain(de.signIn.username);
    const again = await browser.submit(signIn, '/authorize/sign-in', { username: 'ben', password: 'wrong' });
    expect(again.text).toContain(de.signIn.wrong);
    expect((await open({ 'Accept-Language': 'en' }, 'de')).text).toContain(en.signIn.username);
  });
});
