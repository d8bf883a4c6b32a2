import { CodeBrowser } from '../support/authorize/code-browser';
import { aCodeClient, responseIn } from '../support/authorize/code-client';
import { ADA, ANA, BEN, EVE, servePortal } from '../support/portal/served-portal';
import { signedIn } from '../support/portal/visitor';
import { everyStore } from '../support/stores/every-store';
import { aClock } from '../support/time/clock';

const WRONG = 'The user name or the password is wrong.';

describe.each(everyStore)('the sign-in of an authorization request, with %s,', (_name, freshStore) => {
  it('shows the page again after a wrong password, and counts failures as the portal does', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    let page = await browser.open(client);
    for (let count = 1; count <= 10; count += 1) {
      page = await browser.submit(page, '/authorize/sign-in', { username: BEN.username, password: 'wrong' });
      expect([page.status, page.text.includes(WRONG)]).toEqual([200, true]);
      expect([count, page.text.includes('After 10 failed attempts, sign-in from your network')]).toEqual([
        count,
        count >= 5,
      ]);
      expect(page.text).toContain(`value="${BEN.username}"`);
    }
    const paused = await browser.submit(page, '/authorize/sign-in', { ...BEN });
    expect([paused.status, paused.text.includes(WRONG)]).toEqual([200, true]);
    const { location } = await browser.submit(paused, '/authorize/sign-in', { ...ANA });
    expect(location).toMatch(/^\/authorize\/resume\?transaction=[A-Za-z0-9_-]{43}$/);
  });

  it('uses the session of the portal, and the portal uses its session', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const visitor = await signedIn(portal, ANA);
    const browser = new CodeBrowser(portal);
    browser.cookies.set(...(visitor.cookie?.split('=') as [string, string]));
    expect((await browser.open(client)).text).toContain('Allow Code app?');

    const other = new CodeBrowser(portal);
    await other.signIn(await other.open(client), ANA);
    expect((await other.get('/store/apis')).status).toBe(200);
  });

  it('is in the audit of the organization, failed or not', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.open(client);
    await browser.submit(page, '/authorize/sign-in', { username: ANA.username, password: 'wrong' });
    await browser.signIn(page, ANA);
    const { text } = await (await signedIn(portal, ADA)).get('/admin/audit');
    const rows = text.match(/<tr[ >][\s\S]*?<\/tr>/g) ?? [];
    const ofAna = (what: string) => rows.filter((row) => row.includes(what) && row.includes(ANA.username)).length;
    expect([ofAna('Sign-in failed'), ofAna('Signed in')]).toEqual([1, 1]);
  });

  it('as another user ends the session of the first, and a user of another organization cannot go on', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const consent = await browser.signIn(await browser.open(client), EVE);
    expect([consent.status, consent.text.includes('<strong>eve@evilcorp</strong> may not use Code app.')]).toEqual([
      403,
      true,
    ]);
    const session = browser.cookies.get('scopegate') ?? '';
    const again = /href="([^"]*sign-in\?transaction=[^"]*)"/.exec(consent.text)?.[1] ?? '';
    const asAna = await browser.signIn(await browser.get(again), ANA);
    expect(asAna.text).toContain('<strong>ana@johnsorg</strong>');
    const left = new CodeBrowser(portal);
    left.cookies.set('scopegate', session);
    expect((await left.get('/store/apis')).status).toBe(303);
  });

  it('of a user of another organization can be given up, and gets access_denied if there may be no page', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), EVE);
    expect(responseIn((await browser.deny(page)).location)).toMatchObject({ error: 'access_denied', state: 'state-1' });
    const silent = await browser.open(client, { prompt: 'none' });
    expect(responseIn(silent.location)).toMatchObject({ error: 'access_denied' });
  });
});

describe('the parameters about the sign-in', () => {
  it('prompt none gets login_required without a session, and consent_required without a decision', async () => {
    const portal = await servePortal();
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const ask = async () => responseIn((await browser.open(client, { prompt: 'none' })).location);
    expect(await ask()).toMatchObject({ error: 'login_required' });
    const consent = await browser.signIn(await browser.open(client), ANA);
    expect(await ask()).toMatchObject({ error: 'consent_required' });
    await browser.allow(consent);
    expect(await ask()).toEqual({ code: expect.any(String) as string, state: 'state-1', iss: portal.url });
  });

  it('prompt login needs a sign-in after the request, even if there is a session', async () => {
    const clock = aClock();
    const portal = await servePortal({ clock: clock.now });
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    await browser.allow(await browser.signIn(await browser.open(client), ANA));
    clock.advance(1);
    const page = await browser.open(client, { prompt: 'login' });
    expect([page.status, page.text.includes('<h1>Sign in</h1>')]).toEqual([200, true]);
    const resume = `/authorize/resume?transaction=${/name="transaction" value="([^"]+)"/.exec(page.text)?.[1] ?? ''}`;
    expect((await browser.get(resume)).text).toContain('<h1>Sign in</h1>');
    clock.advance(1);
    expect(responseIn((await browser.signIn(page, ANA)).location)).toHaveProperty('code');
  });

  it('max_age needs a new sign-in if the session is older, and max_age=0 always does', async () => {
    const clock = aClock();
    const portal = await servePortal({ clock: clock.now });
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    await browser.allow(await browser.signIn(await browser.open(client), ANA));
    clock.advance(60);
    expect((await browser.open(client, { max_age: '60' })).status).toBe(303);
    clock.advance(1);
    const page = await browser.open(client, { max_age: '60' });
    expect(page.text).toContain('<h1>Sign in</h1>');
    expect(responseIn((await browser.signIn(page, ANA)).location)).toHaveProperty('code');
    const always = await browser.open(client, { max_age: '0' }); // at the instant of the sign-in
    expect(always.text).toContain('<h1>Sign in</h1>');
    expect(responseIn((await browser.signIn(always, ANA)).location)).toHaveProperty('code');
    expect(responseIn((await browser.open(client, { max_age: '0', prompt: 'none' })).location)).toMatchObject({
      error: 'login_required',
    });
  });

  it('login_hint fills in the user name, escaped', async () => {
    const portal = await servePortal();
    const client = await aCodeClient(portal);
    const { text } = await new CodeBrowser(portal).open(client, { login_hint: 'a"<b>@johnsorg' });
    expect(text).toContain('value="a&quot;&lt;b&gt;@johnsorg"');
    const long = await new CodeBrowser(portal).open(client, { login_hint: 'x'.repeat(257) });
    expect(long.text).not.toContain('xxx');
  });

  it('a blocked address gets a page with 429 and Retry-After, and the request goes on waiting', async () => {
    const portal = await servePortal({ throttle: { address: { failures: 1, window: 60 } } });
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.open(client);
    await browser.submit(page, '/authorize/sign-in', { username: 'x@johnsorg', password: 'wrong' });
    const blocked = await browser.submit(page, '/authorize/sign-in', { ...ANA });
    expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    expect(responseIn((await browser.deny(page)).location)).toMatchObject({ error: 'access_denied' });
  });
});

describe('with a users function,', () => {
  const users = async (username: string) => ({ id: `id-${username}`, roles: ['clerk'] });

  it('the user of the session gets a code if the organization is that of the application', async () => {
    const portal = await servePortal({ users });
    const client = await aCodeClient(portal, { owner: 'owner@johnsorg' });
    const browser = new CodeBrowser(portal);
    const consent = await browser.signIn(await browser.open(client), { username: 'kim@johnsorg', password: 'x' });
    expect(consent.text).toContain('<strong>kim@johnsorg</strong>');
    expect(responseIn((await browser.allow(consent)).location)).toHaveProperty('code');
    const other = new CodeBrowser(portal);
    const page = await other.signIn(await other.open(client), { username: 'kim@evilcorp', password: 'x' });
    expect(page.status).toBe(403);
  });
});
