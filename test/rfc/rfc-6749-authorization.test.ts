import { scopegate } from 'scopegate';
import { CodeBrowser, fieldsOf, scopesOn } from '../support/authorize/code-browser';
import { authorizeQuery, CALLBACK, exchange, postAs, responseIn, VERIFIER } from '../support/authorize/code-client';
import type { CodeClient, RequestParameters } from '../support/authorize/code-client';
import { openCodeFlow, openTlsFlow, OVER_HTTP, OVER_TLS, type CodeFlow } from '../support/authorize/code-flow';
import { gateOptions, recordedLogger } from '../support/gate/gate';
import { ANA, BEN } from '../support/portal/served-portal';
import { onRedis } from '../support/stores/every-store';
import { testRedis } from '../support/redis/redis';
import { contentsUnder, storedFormsOf } from '../support/redis/contents';
import { aClock } from '../support/time/clock';

const DESCRIPTION = /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/;

describe('RFC 6749', () => {
  let flow: CodeFlow;
  let client: CodeClient;
  beforeAll(async () => {
    flow = await openCodeFlow();
    client = await flow.aClient();
  });

  const openText = (query: string) => new CodeBrowser(flow.portal).get(`/authorize?${query}`);

  /** Expects a page that informs the user and leads nowhere. */
  const expectPage = async (changes: RequestParameters, of = client): Promise<void> => {
    const { status, location, text } = await flow.open(of, changes);
    expect([changes, status, location]).toEqual([changes, 400, undefined]);
    expect(text).toContain('role="alert"');
    expect(text).not.toContain('<form');
  };

  it('§3.1 the identity of the resource owner is verified first', async () => {
    const page = await flow.open(client);
    expect([page.status, page.text.includes('<h1>Sign in</h1>')]).toEqual([200, true]);
    const wrong = await new CodeBrowser(flow.portal).authorize(client, { ...ANA, password: 'wrong' }).catch(String);
    expect(wrong).toContain('the sign-in was answered 200');
  });

  it('§3.1 the endpoint URI must not have a fragment', () => {
    const { logger } = recordedLogger();
    expect(() => scopegate({ ...gateOptions(logger), paths: { authorize: '/authorize#f' } })).toThrow(
      'paths.authorize',
    );
  });

  it('§3.1 a request without TLS is refused', async () => {
    const { portal, aClient } = await openTlsFlow();
    const query = authorizeQuery(await aClient());
    const statusOf = async (headers: Readonly<Record<string, string>>) =>
      (await new CodeBrowser(portal).get(`/authorize?${query}`, headers)).status;
    expect([await statusOf(OVER_HTTP), await statusOf(OVER_TLS)]).toEqual([400, 200]);
  });

  it('§3.1 GET is supported, and POST too', async () => {
    const browser = new CodeBrowser(flow.portal);
    expect((await browser.open(client)).status).toBe(200);
    const posted = await browser.post('/authorize', authorizeQuery(client), { Origin: 'https://app.example' });
    expect((await browser.get(posted.location ?? '')).text).toContain('<h1>Sign in</h1>');
  });

  it('§3.1 a parameter without a value is treated as omitted, and an unknown one is ignored', async () => {
    const empty = { state: '', resource: '', prompt: '', max_age: '', response_mode: '', login_hint: '' };
    expect((await flow.open(client, { ...empty, unknown: 'x', constructor: 'x' })).status).toBe(200);
    expect(await flow.responseTo(client, { code_challenge: '' })).toMatchObject({ error: 'invalid_request' });
    await expectPage({ client_id: '' });
  });

  it('§3.1 a repeated parameter is refused', async () => {
    for (const name of ['client_id', 'redirect_uri', 'response_type', 'state', 'scope', 'code_challenge', 'unknown']) {
      const { status, location } = await openText(`${authorizeQuery(client)}&${name}=x&${name}=x`);
      const error = responseIn(location)['error'];
      expect([name, status === 400 || error === 'invalid_request']).toEqual([name, true]);
    }
  });

  it('§3.1.1 response_type is required, and a missing or unknown one is an error', async () => {
    expect(await flow.responseTo(client, { response_type: undefined })).toMatchObject({ error: 'invalid_request' });
    for (const response_type of ['token', 'Code', 'code code', 'code token', 'token code', 'constructor']) {
      const response = await flow.responseTo(client, { response_type });
      expect([response_type, response['error']]).toEqual([response_type, 'unsupported_response_type']);
    }
  });

  it('§3.1.2 a redirect URI is absolute and has no fragment', async () => {
    for (const uri of [
      '/callback',
      'app.example/callback',
      '//app.example/callback',
      `${CALLBACK}#a`,
      `${CALLBACK}#`,
    ]) {
      await expect(flow.aClient({ redirectUris: [uri] })).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
    }
  });

  it('§3.1.2 the query of a redirect URI is retained', async () => {
    const redirectUri = `${CALLBACK}?a=%20b&c=d+e`;
    const own = await flow.aClient({ redirectUris: [redirectUri] });
    const browser = new CodeBrowser(flow.portal);
    const { location = '' } = await browser.allow(await browser.signIn(await browser.open(own), ANA));
    expect(location.startsWith(`${redirectUri}&code=sgc_`)).toBe(true);
  });

  it('§3.1.2.1 a redirect URI without TLS is accepted for loopback only', async () => {
    await expect(flow.aClient({ redirectUris: ['http://app.example/callback'] })).rejects.toThrow('must be https');
    await expect(flow.aClient({ redirectUris: ['http://[::1]/callback'] })).resolves.toBeDefined();
  });

  it('§3.1.2.2 every client has to register its complete redirect URIs, one or more', async () => {
    const none = await flow.aClient({ redirectUris: [] });
    await expectPage({ redirect_uri: CALLBACK }, none);
    const two = await flow.aClient({ redirectUris: [CALLBACK, 'https://app.example/other'] });
    for (const redirect_uri of [CALLBACK, 'https://app.example/other']) {
      expect((await flow.open(two, { redirect_uri })).status).toBe(200);
    }
  });

  it('§3.1.2.3 redirect_uri is required in every request, and compared with the registered ones as a text', async () => {
    for (const redirect_uri of [undefined, '', `${CALLBACK}/`, CALLBACK.replace('app', 'APP'), `${CALLBACK}?a=b`]) {
      await expectPage({ redirect_uri });
    }
  });

  it('§3.1.2.4 an invalid redirect URI is shown to the user as an error, without a redirect to it', async () => {
    for (const response_mode of [undefined, 'form_post']) {
      await expectPage({ redirect_uri: 'https://evil.example/callback', response_mode, prompt: 'none' });
    }
  });

  it('§3.3 scope is optional, in any order, and what is granted is in the token response if it differs', async () => {
    const own = await flow.aClient();
    expect((await flow.tokensFor(own, { scope: undefined })).scope).toBe('default');
    expect(new Set((await flow.tokensFor(own, { scope: 'update read' })).scope.split(' '))).toEqual(
      new Set(['read', 'update']),
    );
    const browser = new CodeBrowser(flow.portal);
    const { code } = await browser.authorize(own, BEN, { scope: 'read update' }); // Ben may not have update
    expect((await exchange(flow.portal, own, code)).body.scope).toBe('read');
  });

  it('§4.1.1 response_type and client_id are required', async () => {
    expect(await flow.responseTo(client, { response_type: undefined })).toMatchObject({ error: 'invalid_request' });
    await expectPage({ client_id: undefined });
  });

  it('§4.1.1 state is optional, and returned exactly as it was received', async () => {
    for (const state of ['x', 'a b&c=d+e', '%20', '\u00e9\u20ac\u{1f511}', '"><script>']) {
      expect(await flow.responseTo(client, { state, prompt: 'none' })).toHaveProperty('state', state);
      expect(await new CodeBrowser(flow.portal).authorize(client, ANA, { state })).toHaveProperty('state', state);
    }
    expect(await flow.responseTo(client, { state: undefined, prompt: 'none' })).not.toHaveProperty('state');
  });

  it('§4.1.1 the user is authenticated and decides, by a page or by an earlier decision', async () => {
    const own = await flow.aClient();
    const browser = new CodeBrowser(flow.portal);
    const consent = await browser.signIn(await browser.open(own), ANA);
    expect([consent.location, scopesOn(consent)]).toEqual([undefined, ['read', 'update']]);
    expect(responseIn((await browser.allow(consent)).location)).toHaveProperty('code');
    expect(responseIn((await browser.open(own)).location)).toHaveProperty('code');
  });

  it('§4.1.2 the response has code and state in the query of the redirect URI', async () => {
    const browser = new CodeBrowser(flow.portal);
    const response = await browser.authorize(client, ANA);
    expect(response).toMatchObject({ code: expect.stringMatching(/^[\x20-\x7E]+$/) as string, state: 'state-1' });
    const { location = '' } = await browser.open(client);
    expect([location.split('?')[0], new URL(location).hash]).toEqual([CALLBACK, '']);
  });

  it('§4.1.2 a code expires after a minute; ten are the maximum', async () => {
    const clock = aClock();
    const timed = await openCodeFlow({ clock: clock.now });
    const own = await timed.aClient();
    const [first, second] = [await timed.codeFor(own), await timed.codeFor(own)];
    clock.advance(59);
    expect((await exchange(timed.portal, own, first)).status).toBe(200);
    clock.advance(1);
    expect((await exchange(timed.portal, own, second)).body.error).toBe('invalid_grant');
  });

  it('§4.1.2, §10.5 a code works once, and a second use is denied and ends all tokens that were issued for it', async () => {
    const code = await flow.codeFor(client);
    const { body } = await exchange(flow.portal, client, code);
    const { body: refreshed } = await flow.refresh(client, body.refresh_token);
    const second = await exchange(flow.portal, client, code);
    expect([second.status, second.body.error]).toEqual([400, 'invalid_grant']);
    for (const { access_token: token } of [body, refreshed]) expect(await flow.statusOf('/orders', token)).toBe(401);
    expect((await flow.refresh(client, refreshed.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('§4.1.2 a code is bound to the client and to the redirect URI', async () => {
    const redirectUris = [CALLBACK, 'https://app.example/other'];
    const [own, other] = [await flow.aClient({ redirectUris }), await flow.aClient({ redirectUris })];
    const code = await flow.codeFor(own);
    expect((await exchange(flow.portal, other, code)).body.error).toBe('invalid_grant');
    const moved = await exchange(flow.portal, own, code, { redirect_uri: 'https://app.example/other' });
    expect(moved.body.error).toBe('invalid_grant');
    expect((await exchange(flow.portal, own, code)).status).toBe(200);
  });

  it('§4.1.2.1 an unknown client, or a wrong redirect URI, is shown to the user and never redirected', async () => {
    await expectPage({ client_id: 'unknown' });
    await expectPage({ redirect_uri: 'https://evil.example/' });
  });

  it.each<readonly [string, RequestParameters]>([
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_scope', { scope: 'a"b' }],
  ])('§4.1.2.1 an error response has error, error_description and state: %s', async (error, changes) => {
    const { error_description: described = '', ...response } = await flow.responseTo(client, changes);
    expect(response).toEqual({ error, state: 'state-1', iss: flow.portal.url });
    expect(described).toMatch(DESCRIPTION);
  });

  it('§4.1.2.1 unauthorized_client means that the client may not request a code', async () => {
    const own = await flow.aClient({ grantTypes: ['client_credentials'] });
    expect(await flow.responseTo(own)).toMatchObject({ error: 'unauthorized_client', state: 'state-1' });
  });

  it('§4.1.2.1 access_denied means that the user has denied the request', async () => {
    const browser = new CodeBrowser(flow.portal);
    const denied = await browser.deny(await browser.open(client));
    expect(responseIn(denied.location)).toMatchObject({ error: 'access_denied', state: 'state-1' });
  });

  it('§4.1.2.1 temporarily_unavailable is sent if there may be no page; otherwise a page with 503 is shown, and the user can try again', async () => {
    const signIn = () => Promise.reject(new Error('unreachable'));
    const broken = await openCodeFlow({ authorization: { signIn } });
    const own = await broken.aClient();
    expect(await broken.responseTo(own, { prompt: 'none' })).toMatchObject({ error: 'temporarily_unavailable' });
    const { status, location, headers } = await broken.open(own);
    expect([status, location, headers.get('retry-after')]).toEqual([503, undefined, expect.stringMatching(/^\d+$/)]);
  });

  it('§4.1.3 grant_type, code, redirect_uri and the identity of the client are required', async () => {
    const form = { grant_type: 'authorization_code', redirect_uri: CALLBACK, code_verifier: VERIFIER };
    const code = await flow.codeFor(client);
    for (const name of ['grant_type', 'code', 'redirect_uri', 'client_id']) {
      const { status, body } = await postAs(flow.portal, '/token', client, { ...form, code, [name]: '' });
      const expected = name === 'client_id' ? [401, 'invalid_client'] : [400, 'invalid_request'];
      expect([name, status, body.error]).toEqual([name, ...expected]);
    }
    expect((await exchange(flow.portal, client, code)).status).toBe(200);
  });

  it('§4.1.3 a confidential client has to authenticate, and a public one has to send its client_id', async () => {
    const publicOne = await flow.aClient({ public: true });
    const [code, publicCode] = [await flow.codeFor(client), await flow.codeFor(publicOne)];
    expect((await exchange(flow.portal, { ...client, clientSecret: 'wrong' }, code)).body.error).toBe('invalid_client');
    const unnamed = { ...publicOne, clientId: '' };
    expect((await exchange(flow.portal, unnamed, publicCode)).body.error).toBe('invalid_client');
    expect((await exchange(flow.portal, client, code)).status).toBe(200);
    expect((await exchange(flow.portal, publicOne, publicCode)).status).toBe(200);
  });

  it('§4.1.3 a code has to be valid, and issued to this client', async () => {
    const publicOne = await flow.aClient({ public: true });
    const code = await flow.codeFor(publicOne);
    for (const wrong of [
      'x',
      `${code}x`,
      code.slice(0, -1),
      code.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ]) {
      expect((await exchange(flow.portal, publicOne, wrong)).body.error).toBe('invalid_grant');
    }
    expect((await exchange(flow.portal, client, code)).body.error).toBe('invalid_grant');
    expect((await exchange(flow.portal, publicOne, code)).status).toBe(200);
  });

  it('§4.1.3 redirect_uri has to be identical with that of the authorization request', async () => {
    const own = await flow.aClient({ redirectUris: ['http://127.0.0.1/callback'], public: true });
    const redirect_uri = 'http://127.0.0.1:50123/callback';
    const code = await flow.codeFor(own, { redirect_uri });
    for (const other of ['http://127.0.0.1/callback', 'http://127.0.0.1:50124/callback', `${redirect_uri}/`]) {
      expect((await exchange(flow.portal, own, code, { redirect_uri: other })).body.error).toBe('invalid_grant');
    }
    expect((await exchange(flow.portal, own, code, { redirect_uri })).status).toBe(200);
  });

  it('§4.1.4 a valid request gets an access token and a refresh token, which must not be cached', async () => {
    const code = await flow.codeFor(client);
    const answer = await fetch(`${flow.portal.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER },
        ...{ client_id: client.clientId, client_secret: client.clientSecret ?? '' },
      }),
    });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const body = (await answer.json()) as { readonly access_token: string };
    expect(body).toEqual({
      access_token: expect.stringMatching(/^sga_/) as string,
      refresh_token: expect.stringMatching(/^sgr_/) as string,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read update',
    });
    expect(await flow.statusOf('/orders', body.access_token)).toBe(200);
  });

  it('§10.2 a request is not processed without the user, unless the user has decided about this client before', async () => {
    const [known, other] = [await flow.aClient(), await flow.aClient()];
    const browser = new CodeBrowser(flow.portal);
    await browser.authorize(known, ANA);
    expect(responseIn((await browser.open(known)).location)).toHaveProperty('code');
    const page = await browser.open(other);
    expect([page.status, page.location]).toEqual([200, undefined]);
    expect(page.text).toContain(`<strong>${other.name}</strong>`);
  });

  it('§10.2 the page names the client, the user and each scope', async () => {
    const own = await flow.aClient({ name: 'A <b>bold</b> app' });
    const browser = new CodeBrowser(flow.portal);
    const { text } = await browser.signIn(await browser.open(own), ANA);
    for (const shown of ['A &lt;b&gt;bold&lt;/b&gt; app', ANA.username, 'app.example', 'See orders', 'Change orders']) {
      expect(text).toContain(shown);
    }
  });

  it('§10.5 the stored data reveal no code', async () => {
    const store = await onRedis();
    const own = await openCodeFlow(store);
    const code = await own.codeFor(await own.aClient());
    const stored = await contentsUnder(await testRedis(), store.prefix);
    expect(stored).toContain(CALLBACK); // a code that was not redeemed yet
    for (const form of storedFormsOf(code)) expect(stored).not.toContain(form);
  });

  it('§10.6 a code that was requested with a manipulated redirect URI cannot be redeemed with the right one', async () => {
    const redirectUris = [CALLBACK, 'https://app.example/attackers'];
    const own = await flow.aClient({ redirectUris });
    const code = await flow.codeFor(own, { redirect_uri: 'https://app.example/attackers' });
    expect((await exchange(flow.portal, own, code)).body.error).toBe('invalid_grant');
  });

  it('§10.12 the decision of a user cannot be forged by another site', async () => {
    const own = await flow.aClient();
    const browser = new CodeBrowser(flow.portal);
    const page = await browser.signIn(await browser.open(own), ANA);
    const fields = { ...fieldsOf(page, '/authorize/decision'), decision: 'allow' };
    const forged = await browser.post('/authorize/decision', fields, { Origin: 'https://evil.example' });
    expect([forged.status, forged.location]).toEqual([403, undefined]);
    expect((await browser.post('/authorize/decision', { ...fields, form_token: '' })).status).toBe(403);
    expect((await browser.open(own)).status).toBe(200); // nothing was decided
  });

  it('§10.13 pages cannot be shown in a frame', async () => {
    const browser = new CodeBrowser(flow.portal);
    const signIn = await browser.open(await flow.aClient());
    for (const { headers } of [
      signIn,
      await browser.signIn(signIn, ANA),
      await flow.open(client, { client_id: 'x' }),
    ]) {
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });

  it('§10.14 hostile values are shown as text, and never in a header', async () => {
    const hostile = '"><script>alert(1)</script>\r\nSet-Cookie: a=b';
    for (const name of ['client_id', 'redirect_uri', 'state', 'scope', 'login_hint', 'prompt', 'resource', 'unknown']) {
      const { headers, text, location = '' } = await flow.open(client, { [name]: hostile });
      expect(text).not.toContain('<script>alert');
      expect(location).not.toMatch(/[\r\n<>"]/);
      expect(headers.getSetCookie().filter((cookie) => cookie.startsWith('a='))).toEqual([]);
    }
  });

  it('§10.15 the endpoint is no open redirector: only registered redirect URIs are addresses of its redirects', async () => {
    for (const redirect_uri of ['https://evil.example', 'javascript:alert(1)', 'data:text/html,x', '//evil.example']) {
      await expectPage({ redirect_uri });
    }
  });

  it('Appendix A.5, Appendix A.11 state and code are visible ASCII characters or spaces', async () => {
    const visible = Array.from({ length: 95 }, (_none, index) => String.fromCharCode(0x20 + index)).join('');
    const response = await new CodeBrowser(flow.portal).authorize(client, ANA, { state: visible });
    expect(response['state']).toBe(visible);
    expect(response['code']).toMatch(/^[\x20-\x7E]+$/);
    await expectPage({ state: 'a\u007fb' });
  });
});
