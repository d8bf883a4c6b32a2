import type { ScopegateOptions } from 'scopegate';
import { CodeBrowser, fieldsOf, type Shown } from '../support/authorize/code-browser';
import { authorizeQuery, CALLBACK, exchange, postAs, responseIn } from '../support/authorize/code-client';
import { VERIFIER, type CodeClient } from '../support/authorize/code-client';
import { openCodeFlow, openTlsFlow, OVER_HTTP, OVER_TLS, type CodeFlow } from '../support/authorize/code-flow';
import { documentAt } from '../support/gate/own-address';
import { ANA, BEN, portalOptions } from '../support/portal/served-portal';
import { aClock } from '../support/time/clock';
import { challengeFor } from '../support/tokens/code-gates';
import { clientForm } from '../support/tokens/forms';

/** Orders as in `portalOptions`, and a second API. */
const apis: NonNullable<ScopegateOptions['apis']> = {
  ...portalOptions().apis,
  stock: { resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
};

describe('RFC 9700', () => {
  let flow: CodeFlow;
  let client: CodeClient;
  beforeAll(async () => {
    flow = await openCodeFlow({ apis });
    client = await flow.aClient();
  });

  /** A page of each kind that the authorization endpoint shows, with a new client. */
  const somePages = async (): Promise<Readonly<Record<'signIn' | 'consent' | 'formPost' | 'problem', Shown>>> => {
    const own = await flow.aClient();
    const browser = new CodeBrowser(flow.portal);
    const signIn = await browser.open(own, { response_mode: 'form_post' });
    const consent = await browser.signIn(signIn, ANA);
    const formPost = await browser.allow(consent);
    return { signIn, consent, formPost, problem: await browser.open(own, { redirect_uri: 'https://evil.example' }) };
  };

  it.each([
    `${CALLBACK}/`,
    `${CALLBACK}/../callback`,
    `${CALLBACK}?a=b`,
    `${CALLBACK}%3Fa`,
    'https://app.example:443/callback',
    'https://sub.app.example/callback',
    'https://app.example.evil.example/callback',
    'https://app.example@evil.example/callback',
    'https://*.example/callback',
  ])('§4.1.3 a redirect URI is compared exactly, and a mismatch is no redirect: %s', async (redirect_uri) => {
    const { status, location } = await flow.open(client, { redirect_uri });
    expect([status, location]).toEqual([400, undefined]);
  });

  it('§4.1.3 there are no patterns: a wildcard cannot be registered in a host, and elsewhere it means itself', async () => {
    for (const uri of ['https://*.app.example/callback', '^https://app.example/', '*']) {
      await expect(flow.aClient({ redirectUris: [uri] })).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
    }
    const own = await flow.aClient({ redirectUris: ['https://app.example/*'] });
    expect((await flow.open(own, { redirect_uri: CALLBACK })).status).toBe(400);
  });

  it('§4.1.3 the token request has to have the same redirect URI', async () => {
    const redirectUris = [CALLBACK, 'https://app.example/other'];
    const own = await flow.aClient({ redirectUris });
    const code = await flow.codeFor(own);
    const refused = await exchange(flow.portal, own, code, { redirect_uri: 'https://app.example/other' });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    expect((await exchange(flow.portal, own, code)).status).toBe(200);
  });

  it('§4.2.4 pages include no resources of third parties, and no links to them', async () => {
    for (const [name, { text, headers }] of Object.entries(await somePages())) {
      const addresses = [...text.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, address = '']) => address);
      const outside = addresses.filter((address) => new URL(address, flow.portal.url).origin !== flow.portal.url);
      expect([name, outside]).toEqual([name, name === 'formPost' ? [CALLBACK] : []]);
      expect(addresses.length).toBeGreaterThan(2);
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'self'; script-src 'self';/,
      );
    }
  });

  it('§4.2.4 the Referer header is suppressed by a Referrer-Policy', async () => {
    for (const { headers } of Object.values(await somePages())) {
      expect(headers.get('referrer-policy')).toBe('same-origin');
    }
    for (const changes of [{ prompt: 'none' }, { response_type: 'token' }]) {
      expect((await flow.open(client, changes)).headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('§4.2.4, §4.3.1 a code works once, and a second use ends its tokens', async () => {
    const code = await flow.codeFor(client);
    const { body } = await exchange(flow.portal, client, code);
    expect(await flow.statusOf('/orders', body.access_token)).toBe(200);
    expect((await exchange(flow.portal, client, code)).body.error).toBe('invalid_grant');
    expect(await flow.statusOf('/orders', body.access_token)).toBe(401);
    expect((await flow.refresh(client, body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('§4.2.4, §4.3.1 the response can be a form, so that no code is in an address', async () => {
    const { formPost } = await somePages();
    expect([formPost.status, formPost.location]).toEqual([200, undefined]);
    expect(fieldsOf(formPost, CALLBACK)).toMatchObject({ code: expect.stringMatching(/^sgc_/) as string });
  });

  it('§4.3.2 an access token is neither sent in an address nor accepted from one', async () => {
    const { access_token: token } = await flow.tokensFor(client);
    const { location = '' } = await flow.open(client, { prompt: 'none', response_type: 'token' });
    expect(location).not.toContain('access_token');
    const answer = await fetch(`${flow.portal.url}/orders?access_token=${token}`);
    expect(answer.status).toBe(401);
    expect(await flow.statusOf('/orders', token)).toBe(200);
  });

  it('§4.4.2.1 iss is in every response, so that a client can refuse the response of another server', async () => {
    const iss = flow.portal.url;
    expect(await new CodeBrowser(flow.portal).authorize(client, ANA)).toMatchObject({ iss });
    for (const changes of [{ prompt: 'none' }, { scope: 'a"b' }, { response_type: 'token' }]) {
      expect(await flow.responseTo(client, changes)).toMatchObject({ iss });
    }
  });

  it('§4.5.2 a code is bound to its client', async () => {
    const [code, other] = [await flow.codeFor(client), await flow.aClient()];
    expect((await exchange(flow.portal, other, code)).body.error).toBe('invalid_grant');
    expect((await exchange(flow.portal, client, code)).status).toBe(200);
  });

  it('§4.5.3.1 a code that is injected into another session of the client is refused, by PKCE', async () => {
    const attackers = 'a'.repeat(43);
    const code = await flow.codeFor(client); // the victim's
    await flow.codeFor(client, { code_challenge: challengeFor(attackers) });
    const injected = await exchange(flow.portal, client, code, { code_verifier: attackers });
    expect([injected.status, injected.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('§4.7.1 clients can use PKCE against forged responses, because it is announced and enforced', async () => {
    const metadata = await documentAt(`${flow.portal.url}/.well-known/oauth-authorization-server`);
    expect(metadata).toHaveProperty('code_challenge_methods_supported', ['S256']);
    const attackers = await flow.codeFor(client, { code_challenge: challengeFor('a'.repeat(43)) });
    expect((await exchange(flow.portal, client, attackers)).body.error).toBe('invalid_grant');
  });

  it('§4.7 the forms of the endpoint cannot be sent by other sites, or for another browser', async () => {
    const own = await flow.aClient();
    const [browser, attacker] = [new CodeBrowser(flow.portal), new CodeBrowser(flow.portal)];
    const signIn = await browser.open(own);
    const forSignIn = { ...fieldsOf(signIn, '/authorize/sign-in'), ...BEN };
    const consent = await browser.signIn(signIn, ANA);
    const forDecision = { ...fieldsOf(consent, '/authorize/decision'), decision: 'allow' };
    const cases = [
      ['/authorize/sign-in', forSignIn, await attacker.open(own)],
      ['/authorize/decision', forDecision, await attacker.signIn(await attacker.open(own), BEN)],
    ] as const;
    for (const [action, fields, theirs] of cases) {
      const { form_token = '' } = fieldsOf(theirs, action);
      expect((await browser.post(action, fields, { Origin: 'https://evil.example' })).status).toBe(403);
      expect((await browser.post(action, { ...fields, form_token })).status).toBe(403);
      expect((await attacker.post(action, fields)).status).toBe(400);
    }
    expect(responseIn((await browser.post('/authorize/decision', forDecision)).location)).toHaveProperty('code');
  });

  it('§4.8.2 without a code_challenge there is no code, so a code_verifier always belongs to one', async () => {
    for (const own of [client, await flow.aClient({ public: true })]) {
      const browser = new CodeBrowser(flow.portal);
      await browser.authorize(own, ANA);
      const { location } = await browser.open(own, { code_challenge: undefined, code_challenge_method: undefined });
      expect(responseIn(location)).not.toHaveProperty('code');
      expect(responseIn(location)).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('§4.9.1 a token that a counterfeit resource server received is of no use at another one', async () => {
    const own = await flow.aClient({ subscriptions: ['orders', 'stock'] });
    const { access_token: token } = await flow.tokensFor(own, { resource: `${flow.portal.url}/stock`, scope: 'read' });
    expect(await flow.statusOf('/orders', token)).toBe(401);
    const unknown = await flow.responseTo(own, { resource: 'https://counterfeit.example/' });
    expect(unknown).toMatchObject({ error: 'invalid_target' });
  });

  it('§4.9.3 codes, verifiers and tokens are not in the log', async () => {
    const { portal, aClient, codeFor, statusOf } = await openCodeFlow();
    const own = await aClient();
    const code = await codeFor(own);
    const { body } = await exchange(portal, own, code);
    await statusOf('/orders', body.access_token);
    await exchange(portal, own, code);
    await statusOf('/orders', body.access_token);
    const log = JSON.stringify(portal.lines);
    expect(portal.lines).not.toEqual([]);
    for (const secret of [code, VERIFIER, body.access_token, body.refresh_token, own.clientSecret ?? '?']) {
      expect(log).not.toContain(secret);
    }
  });

  it('§4.10.2 the audience of a token is checked at every request', async () => {
    const own = await flow.aClient({ subscriptions: ['orders', 'stock'] });
    for (const [name, status] of [
      ['orders', 200],
      ['stock', 401],
    ] as const) {
      const { access_token: token } = await flow.tokensFor(own, {
        resource: `${flow.portal.url}/${name}`,
        scope: 'read',
      });
      for (let count = 0; count < 2; count += 1) expect(await flow.statusOf('/orders', token)).toBe(status);
    }
  });

  it('§4.11.2 an unknown client or redirect URI is answered with a page that leads nowhere', async () => {
    for (const changes of [{ client_id: 'unknown' }, { redirect_uri: 'https://evil.example' }]) {
      const { status, location, text } = await flow.open(client, changes);
      expect([status, location]).toEqual([400, undefined]);
      expect(text).not.toContain('evil.example');
    }
  });

  it('§4.11.2 a request without a fault leads to the client only after the user has signed in, except with prompt=none', async () => {
    const page = await flow.open(client);
    expect([page.status, page.location, page.text.includes('<h1>Sign in</h1>')]).toEqual([200, undefined, true]);
    expect(await flow.responseTo(client, { prompt: 'none' })).toMatchObject({ error: 'login_required' });
  });

  it('§4.11.2 an error is sent without a sign-in, against the text: without dynamic registration each redirect URI is of a known developer', async () => {
    const metadata = await documentAt(`${flow.portal.url}/.well-known/oauth-authorization-server`);
    expect(metadata).not.toHaveProperty('registration_endpoint');
    const { status, location = '' } = await flow.open(client, { scope: 'a"b' });
    expect([status, location.split('?')[0]]).toEqual([303, CALLBACK]);
    expect(responseIn(location)).toMatchObject({ error: 'invalid_scope' });
  });

  it('§4.12 every redirect is a 303, never a 307 or 308 with which a form would be sent on', async () => {
    const own = await flow.aClient();
    const browser = new CodeBrowser(flow.portal);
    const posted = await browser.post('/authorize', authorizeQuery(own));
    const signIn = await browser.open(own);
    const signedIn = await browser.submit(signIn, '/authorize/sign-in', { ...ANA });
    const decided = await browser.allow(await browser.get(signedIn.location ?? ''));
    const silent = await browser.open(own, { prompt: 'none' });
    expect([posted, signedIn, decided, silent].map(({ status }) => status)).toEqual([303, 303, 303, 303]);
  });

  it('§4.13 headers of a reverse proxy count only if the proxy is trusted', async () => {
    const trusting = await openTlsFlow();
    const untrusting = await openCodeFlow({ issuer: 'https://api.example.com' });
    const statuses = async ({ portal, aClient }: CodeFlow) => {
      const query = authorizeQuery(await aClient());
      const open = async (headers: Readonly<Record<string, string>>) =>
        (await new CodeBrowser(portal).get(`/authorize?${query}`, headers)).status;
      return [await open(OVER_TLS), await open(OVER_HTTP)];
    };
    expect(await statuses(trusting)).toEqual([200, 400]);
    expect(await statuses(untrusting)).toEqual([400, 400]);
  });

  it('§4.14.2 a refresh token is bound to the scope and the resources that the user allowed', async () => {
    const own = await flow.aClient({ subscriptions: ['orders', 'stock'] });
    const [orders, stock] = ['orders', 'stock'].map((name) => `${flow.portal.url}/${name}`);
    const { refresh_token: token } = await flow.tokensFor(own, { resource: orders ?? '', scope: 'read' });
    expect((await flow.refresh(own, token, { scope: 'read update' })).body.error).toBe('invalid_scope');
    expect((await flow.refresh(own, token, { resource: stock ?? '' })).body.error).toBe('invalid_target');
    const { body } = await flow.refresh(own, token);
    expect(body.scope).toBe('read');
    const introspected = await postAs(flow.portal, '/introspect', own, { token: body.access_token });
    expect(introspected.body).toHaveProperty('aud', orders);
  });

  it.each([true, false])(
    '§4.14.2 refresh tokens rotate, and a second use of a spent one ends the grant, for a public client: %s',
    async (isPublic) => {
      const strict = await openCodeFlow({ tokens: { refreshGrace: 0 } });
      const own = await strict.aClient({ public: isPublic });
      const first = await strict.tokensFor(own);
      const { body: second } = await strict.refresh(own, first.refresh_token);
      expect(await strict.statusOf('/orders', second.access_token)).toBe(200);
      expect((await strict.refresh(own, first.refresh_token)).status).toBe(400);
      expect((await strict.refresh(own, second.refresh_token)).status).toBe(400);
      expect(await strict.statusOf('/orders', second.access_token)).toBe(401);
    },
  );

  it('§4.14.2 a new password and a sign-out everywhere end the refresh tokens of a user', async () => {
    const { directory, tokens } = flow.portal.gate;
    const user = { username: 'zoe', organization: 'johnsorg', password: 'zoe-password', roles: ['clerk'] };
    await directory.users.create(user);
    const name = 'zoe@johnsorg';
    const signedIn = async (password: string) => {
      const { code } = await new CodeBrowser(flow.portal).authorize(client, { username: name, password });
      return (await exchange(flow.portal, client, code)).body.refresh_token;
    };
    const first = await signedIn('zoe-password');
    await directory.users.setPassword(name, 'another-password');
    expect((await flow.refresh(client, first)).body.error).toBe('invalid_grant');
    const second = await signedIn('another-password');
    await tokens.revoke({ user: name, sessions: true });
    expect((await flow.refresh(client, second)).body.error).toBe('invalid_grant');
  });

  it('§4.14.2 a refresh token expires if it is not used', async () => {
    const clock = aClock();
    const idle = await openCodeFlow({ clock: clock.now, tokens: { refreshTokenLifetime: 1_000 } });
    const own = await idle.aClient({ public: true });
    const [used, unused] = [await idle.tokensFor(own), await idle.tokensFor(own)];
    clock.advance(600);
    const next = await idle.refresh(own, used.refresh_token);
    clock.advance(600);
    expect((await idle.refresh(own, next.body.refresh_token)).status).toBe(200);
    expect((await idle.refresh(own, unused.refresh_token)).body.error).toBe('invalid_grant');
  });

  it("§4.15.1 a client's own token names no user, even if its client_id is a user name", async () => {
    const { applications = [] } = portalOptions();
    const named = { ...applications[0], consumerKey: ANA.username } as (typeof applications)[number];
    const { portal, statusOf } = await openCodeFlow({
      applications: [{ ...named, scopes: ['read', 'update'] }],
    });
    const own = { name: 'x', id: 'x', clientId: ANA.username, clientSecret: 'declared-secret', redirectUri: CALLBACK };
    const { body } = await postAs(portal, '/token', own, { ...clientForm('update') });
    const introspected = await postAs(portal, '/introspect', own, { token: body.access_token });
    expect(introspected.body).toMatchObject({ active: true, client_id: ANA.username });
    for (const name of ['sub', 'username']) expect(introspected.body).not.toHaveProperty(name);
    expect(await statusOf('/orders/1', body.access_token, 'PUT')).toBe(200);
    const served = await fetch(`${portal.url}/orders/1`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${body.access_token}` },
    });
    expect(await served.json()).toEqual({ by: 'nobody' });
  });

  it('§4.16 no page can be shown in a frame', async () => {
    for (const { headers } of Object.values(await somePages())) {
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });

  it('§4.17 responses are not sent by in-browser communication such as postMessage', async () => {
    const response = await flow.responseTo(client, { response_mode: 'web_message' });
    expect(response).toMatchObject({ error: 'invalid_request' });
    for (const { text } of Object.values(await somePages())) {
      const scripts = [...text.matchAll(/<script[^>]*\ssrc="([^"]*)"/g)].map(([, path = '']) => path);
      expect(scripts).toHaveLength(1);
      const script = await (await fetch(new URL(scripts[0] ?? '', flow.portal.url))).text();
      expect(script).not.toMatch(/postMessage|opener/);
    }
  });
});
