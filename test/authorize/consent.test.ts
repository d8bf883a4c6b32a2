import { CodeBrowser, fieldsOf, scopesOn } from '../support/authorize/code-browser';
import { aCodeClient, exchange, postAs, responseIn } from '../support/authorize/code-client';
import { ANA, BEN, portalOptions, servePortal } from '../support/portal/served-portal';
import { everyStore } from '../support/stores/every-store';

const statusOf = async (url: string, token: string): Promise<number> =>
  (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).status;

describe.each(everyStore)('the consent of a user, with %s,', (_name, freshStore) => {
  it('is asked for the scopes that the user may have, each with its description', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const { text } = await browser.signIn(await browser.open(client), ANA);
    expect(text).toContain('<strong>Code app</strong>');
    expect(text).not.toContain('<footer');
    expect(text).toContain('<code>app.example</code>');
    expect(text).toMatch(/<label for="scope-0" class="inline">read<\/label>\s*<small[^>]*>See orders<\/small>/);
    expect(text).toMatch(/<label for="scope-1" class="inline">update<\/label>\s*<small[^>]*>Change orders<\/small>/);
    const ben = new CodeBrowser(portal);
    expect(scopesOn(await ben.signIn(await ben.open(client), BEN))).toEqual(['read']);
  });

  it('needs at least one scope, unless none is asked for', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), ANA);
    const again = await browser.allow(page, { except: ['read', 'update'] });
    expect([again.status, again.text.includes('Tick at least one scope, or choose Deny.')]).toEqual([400, true]);
    expect(scopesOn(again)).toEqual(['read', 'update']);
    expect(
      responseIn(
        (await browser.submit(again, '/authorize/decision', { decision: 'allow', 'scope read': 'on' })).location,
      ),
    ).toHaveProperty('code');

    const nothing = await browser.open(client, { scope: undefined });
    const { location } = await browser.open(client, { scope: undefined });
    expect([nothing.status, responseIn(location)]).toEqual([
      303,
      expect.objectContaining({ code: expect.any(String) as string }),
    ]);
    const other = await aCodeClient(portal, { name: 'Modest app' });
    const modest = await browser.open(other, { scope: undefined });
    expect(modest.text).toContain('It asks for no permissions.');
    const code = responseIn((await browser.allow(modest)).location)['code'];
    expect((await exchange(portal, other, code)).body.scope).toBe('default');
  });

  it('is asked for again if there are more scopes, another resource, or prompt=consent', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    await browser.allow(await browser.signIn(await browser.open(client, { scope: 'read' }), ANA));
    expect((await browser.open(client, { scope: 'read' })).status).toBe(303);
    const more = await browser.open(client);
    expect(scopesOn(more)).toEqual(['read', 'update']);
    const other = await browser.open(client, { scope: 'read', resource: `${portal.url}/orders` });
    expect([scopesOn(other), other.text.includes('For: Orders')]).toEqual([['read'], true]);
    expect((await browser.open(client, { scope: 'read', prompt: 'consent' })).status).toBe(200);
  });

  it('is asked for every scope of the requested resource that the user may have, if no scope is requested', async () => {
    const portal = await servePortal({ ...(await freshStore()), ungrantedScopes: 'reject' });
    const client = await aCodeClient(portal);
    const resource = `${portal.url}/orders`;
    const [ana, ben] = [new CodeBrowser(portal), new CodeBrowser(portal)];
    const page = await ana.signIn(await ana.open(client, { scope: undefined, resource }), ANA);
    expect(scopesOn(page)).toEqual(['read', 'update']);
    expect(scopesOn(await ben.signIn(await ben.open(client, { scope: undefined, resource }), BEN))).toEqual(['read']);
    const { body } = await exchange(portal, client, responseIn((await ana.allow(page)).location)['code']);
    const info = await postAs(portal, '/introspect', client, { token: body.access_token });
    expect(info.body).toMatchObject({ aud: resource, scope: 'read update' });
  });

  it('is asked for again if every requested scope was refused before', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    await browser.allow(await browser.signIn(await browser.open(client), ANA), { except: ['update'] });
    const page = await browser.open(client, { scope: 'update' });
    expect(scopesOn(page)).toEqual(['update']);
    const code = responseIn((await browser.allow(page)).location)['code'];
    expect((await exchange(portal, client, code)).body.scope).toBe('update');
    expect((await exchange(portal, client, responseIn((await browser.open(client)).location)['code'])).body.scope).toBe(
      'read update',
    );
  });

  it('that is narrowed ends the access tokens, and the next refresh gives what is left', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const { body } = await exchange(portal, client, (await browser.authorize(client, ANA))['code']);
    expect(await statusOf(`${portal.url}/orders`, body.access_token)).toBe(200);
    await browser.allow(await browser.open(client, { prompt: 'consent' }), { except: ['update'] });
    expect(await statusOf(`${portal.url}/orders`, body.access_token)).toBe(401);
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    expect((await postAs(portal, '/token', client, form)).status).toBe(200);
  });

  it('that is withheld is a response to the client', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const denied = await browser.deny(await browser.signIn(await browser.open(client), ANA));
    expect([denied.status, responseIn(denied.location)]).toEqual([
      303,
      {
        error: 'access_denied',
        error_description: 'The user has denied the request.',
        state: 'state-1',
        iss: portal.url,
      },
    ]);
    expect(scopesOn(await browser.open(client))).toEqual(['read', 'update']); // nothing was stored
  });

  it('is limited by the number of applications, on a page that says so and what to do', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { consentsPerUser: 1 } });
    const events: unknown[] = [];
    portal.gate.on('limit', (event) => events.push(event));
    const [first, second] = [await aCodeClient(portal), await aCodeClient(portal, { name: 'Second app' })];
    const browser = new CodeBrowser(portal);
    await browser.authorize(first, ANA);
    const page = await browser.open(second);
    const limited = await browser.allow(page);
    expect([limited.status, limited.text.includes('maximum number of applications')]).toEqual([409, true]);
    const event = { type: 'limit', limit: 'consentsPerUser', subject: ANA.username, clientId: second.clientId };
    expect(events).toEqual([expect.objectContaining(event)]);
    expect((await browser.allow(await browser.open(first, { prompt: 'consent' }))).status).toBe(303);
    expect(responseIn((await browser.deny(page)).location)).toMatchObject({ error: 'access_denied' });
  });
});

describe('the form of a consent page', () => {
  const onConsentPage = async () => {
    const portal = await servePortal();
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), ANA);
    return { portal, client, browser, page };
  };

  it('S-154 is refused from another origin, and without its token, and nothing is decided', async () => {
    const { portal, client, browser, page } = await onConsentPage();
    const fields = { ...fieldsOf(page, '/authorize/decision'), decision: 'allow' };
    for (const headers of [
      { Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const { status, location } = await browser.post('/authorize/decision', fields, headers);
      expect([status, location]).toEqual([403, undefined]);
    }
    for (const form_token of ['', 'x'.repeat(43)]) {
      expect((await browser.post('/authorize/decision', { ...fields, form_token })).status).toBe(403);
    }
    const another = new CodeBrowser(portal);
    const theirs = fieldsOf(await another.signIn(await another.open(client), BEN), '/authorize/decision');
    const { form_token = '' } = theirs;
    expect((await browser.post('/authorize/decision', { ...fields, form_token })).status).toBe(403);
    expect((await browser.open(client)).status).toBe(200); // the user has not decided
    expect(responseIn((await browser.post('/authorize/decision', fields)).location)).toHaveProperty('code');
  });

  it('S-154 without a decision means no consent', async () => {
    const { browser, page } = await onConsentPage();
    const { location } = await browser.post('/authorize/decision', fieldsOf(page, '/authorize/decision'));
    expect(responseIn(location)).toMatchObject({ error: 'access_denied' });
  });

  it('shows the page again for the present user if another one has signed in meanwhile', async () => {
    const { portal, client, browser, page } = await onConsentPage();
    await browser.signIn(await browser.open(client, { prompt: 'login' }), BEN);
    const again = await browser.allow(page);
    expect([again.status, scopesOn(again)]).toEqual([409, ['read']]);
    expect(again.text).toContain('<strong>ben@johnsorg</strong>');
    const { body } = await exchange(portal, client, responseIn((await browser.allow(again)).location)['code']);
    expect(body.scope).toBe('read');
    const info = await postAs(portal, '/introspect', client, { token: body.access_token });
    expect(info.body).toMatchObject({ username: BEN.username });
  });

  it('shows the page again if the user has lost a scope, and ignores scopes that were not asked for', async () => {
    const portal = await servePortal();
    await portal.gate.directory.users.create({
      username: 'zoe',
      organization: 'johnsorg',
      password: 'zoe-password',
      roles: ['clerk'],
    });
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), {
      username: 'zoe@johnsorg',
      password: 'zoe-password',
    });
    await portal.gate.directory.users.setRoles('zoe@johnsorg', []);
    const again = await browser.allow(page);
    expect([again.status, scopesOn(again)]).toEqual([409, ['read']]);
    const forged = { decision: 'allow', 'scope update': 'on' };
    const { location } = await browser.submit(again, '/authorize/decision', forged);
    expect((await exchange(portal, client, responseIn(location)['code'])).body.scope).toBe('read');
  });

  it('S-157 S-158 cannot be framed, and its redirect is a 303 that sends no form on', async () => {
    const { browser, page } = await onConsentPage();
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https:;");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect((await browser.allow(page)).status).toBe(303);
  });
});

describe('an application', () => {
  it('without consent gets its code after the sign-in, however often, and no consent is stored', async () => {
    const { applications = [] } = portalOptions();
    const own = { ...applications[0], redirectUris: ['https://app.example/callback'], consent: false };
    const portal = await servePortal({ applications: [own as (typeof applications)[number]] });
    const client = {
      name: 'Declared app',
      id: 'key',
      clientId: 'key',
      clientSecret: 'declared-secret',
      redirectUri: 'https://app.example/callback',
    };
    const browser = new CodeBrowser(portal);
    const { location } = await browser.signIn(await browser.open(client), ANA);
    expect((await exchange(portal, client, responseIn(location)['code'])).body.scope).toBe('read update');
    expect((await browser.open(client, { prompt: 'consent' })).status).toBe(303);
  });

  it.each([
    [
      'on this computer',
      'http://127.0.0.1/callback',
      'an application on this computer',
      "form-action 'self' https: http:;",
    ],
    [
      'on this computer, by IPv6,',
      'http://[::1]/callback',
      'an application on this computer',
      "form-action 'self' https: http:;",
    ],
    [
      'with a scheme of its own',
      'com.example.app:/callback',
      '<code>com.example.app:</code>',
      "form-action 'self' https: com.example.app:;",
    ],
  ])('%s is described as such, and its address is allowed for forms', async (_case, redirectUri, text, policy) => {
    const portal = await servePortal();
    const client = await aCodeClient(portal, { redirectUris: [redirectUri], public: true });
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), ANA);
    expect(page.text).toContain(text);
    expect(page.headers.get('content-security-policy')).toContain(policy);
    expect((await browser.allow(page)).location?.startsWith(`${redirectUri}?code=`)).toBe(true);
  });
});
