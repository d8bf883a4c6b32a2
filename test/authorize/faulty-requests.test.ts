import { CodeBrowser } from '../support/authorize/code-browser';
import {
  aCodeClient,
  authorizeQuery,
  CALLBACK,
  CHALLENGE,
  responseIn,
  type CodeClient,
  type RequestParameters,
} from '../support/authorize/code-client';
import { servePortal, type ServedPortal } from '../support/portal/served-portal';

let portal: ServedPortal;
let client: CodeClient;

beforeAll(async () => {
  portal = await servePortal();
  client = await aCodeClient(portal);
});

const open = (changes: RequestParameters, of = client) => new CodeBrowser(portal).open(of, changes);

const openText = (query: string) => new CodeBrowser(portal).get(`/authorize?${query}`);

/** Expects an error page that leads nowhere. */
const expectPage = async (answer: ReturnType<typeof open>, status = 400) => {
  const { status: given, location, headers, text } = await answer;
  expect([given, location, headers.get('content-type')]).toEqual([status, undefined, 'text/html; charset=utf-8']);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.getSetCookie()).toEqual([]);
  expect(text).not.toContain('<form');
  return text;
};

/** Expects an error response at the redirect URI. */
const expectError = async (answer: ReturnType<typeof open>, error: string) => {
  const { status, location = '', headers } = await answer;
  expect([status, location.split('?')[0]]).toEqual([303, CALLBACK]);
  const response = responseIn(location);
  expect(response).toEqual({
    error,
    error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/) as string,
    state: 'state-1',
    iss: portal.url,
  });
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
};

describe('a request whose client or redirect URI is not certain', () => {
  it.each<readonly [string, RequestParameters]>([
    ['without client_id', { client_id: undefined }],
    ['of an unknown client', { client_id: 'unknown' }],
    ['of a client id that none can have', { client_id: 'é'.repeat(300) }],
    ['without redirect_uri', { redirect_uri: undefined }],
    ['with another redirect_uri', { redirect_uri: 'https://evil.example/callback' }],
  ])('S-148 %s is answered with a page, and never with a redirect', async (_case, changes) => {
    await expectPage(open(changes));
    await expectPage(open({ ...changes, response_mode: 'form_post', prompt: 'none' }));
  });

  it('S-148 of a disabled application is answered with a page', async () => {
    const disabled = await aCodeClient(portal, { name: 'Disabled app' });
    await portal.gate.directory.applications.disable(disabled.id);
    expect(await expectPage(open({}, disabled))).toContain('This application is not known here, or it is disabled.');
  });

  it('S-148 of an application without redirect URIs is answered with a page', async () => {
    await expectPage(open({ client_id: 'key' }));
  });

  it.each([
    `${CALLBACK}/`,
    `${CALLBACK}?extra=1`,
    `${CALLBACK}#fragment`,
    `${CALLBACK}/..`,
    `${CALLBACK}/../callback`,
    'https://app.example:443/callback',
    'https://APP.example/callback',
    'https://app.example/Callback',
    'http://app.example/callback',
    'https://app.example@evil.example/callback',
    'https://app.example.evil.example/callback',
    'https://app.example\\@evil.example/callback',
    'https://app.example/%63allback',
    '//app.example/callback',
    'javascript:alert(1)',
    'data:text/html,hello',
    `${CALLBACK}\r\nSet-Cookie: a=b`,
    ` ${CALLBACK}`,
  ])('S-147 the redirect URI %j is not the registered one', async (redirect_uri) => {
    expect(await expectPage(open({ redirect_uri }))).toContain('not one that is registered');
  });

  it('S-147 only the port of a loopback address is free', async () => {
    const redirectUris = ['http://127.0.0.1/callback', 'http://[::1]/callback'];
    const native = await aCodeClient(portal, { name: 'Native app', redirectUris });
    for (const redirect_uri of ['http://127.0.0.1:50123/callback', 'http://[::1]:50123/callback', ...redirectUris]) {
      expect((await open({ redirect_uri }, native)).status).toBe(200);
    }
    for (const redirect_uri of [
      'http://localhost:50123/callback',
      'http://127.0.0.2:50123/callback',
      'http://127.0.0.1:50123/',
      'http://127.0.0.1:99999/callback',
      'http://127.0.0.1.evil.example/callback',
      'http://127.0.0.1:50123@evil.example/callback',
      'https://127.0.0.1:50123/callback',
    ]) {
      await expectPage(open({ redirect_uri }, native));
    }
  });

  it.each(['client_id', 'redirect_uri', 'response_type', 'state'])(
    'S-155 S-156 with a repeated %s is answered with a page, whether the values are equal or not',
    async (name) => {
      const query = authorizeQuery(client);
      const value = new URLSearchParams(query).get(name) ?? '';
      for (const repeat of [encodeURIComponent(value), 'other', '']) {
        await expectPage(openText(`${query}&${name}=${repeat}`));
      }
    },
  );

  it('S-155 with a state of 10 KB or with control characters is answered with a page that does not contain it', async () => {
    for (const state of ['x'.repeat(10_000), 'x'.repeat(2_001), 'a\r\nLocation: https://evil.example', 'a\u0000b']) {
      expect(await expectPage(open({ state }))).not.toContain('evil.example');
    }
    expect((await open({ state: 'x'.repeat(2_000) })).status).toBe(200);
  });

  it.each([
    ['malformed escapes', '%ZZ=1'],
    ['bytes that are not UTF-8', 'a=%FF'],
    ['over 8,000 characters', `a=${'x'.repeat(8_000)}`],
    ['over 100 parameters', Array.from({ length: 101 }, (_, index) => `p${index}=1`).join('&')],
  ])('with %s is answered with a page', async (_case, extra) => {
    await expectPage(openText(`${authorizeQuery(client)}&${extra}`));
  });
});

describe('a request with another fault', () => {
  it.each<readonly [string, string, RequestParameters]>([
    ['without response_type', 'invalid_request', { response_type: undefined }],
    ['for a token', 'unsupported_response_type', { response_type: 'token' }],
    ['for code and token', 'unsupported_response_type', { response_type: 'code token' }],
    ['with a malformed scope', 'invalid_scope', { scope: 'a"b' }],
    ['for an unknown resource', 'invalid_target', { resource: 'https://other.example/orders' }],
    ['with an unknown prompt', 'invalid_request', { prompt: 'select_account' }],
    ['with prompt none and another', 'invalid_request', { prompt: 'none login' }],
    ['with a max_age that is no whole number', 'invalid_request', { max_age: '-1' }],
    ['with an unknown response mode', 'invalid_request', { response_mode: 'fragment' }],
    ['with a request object', 'request_not_supported', { request: 'e30.e30.' }],
    ['with a request_uri', 'request_uri_not_supported', { request_uri: 'https://app.example/request' }],
  ])('%s gets %s at the redirect URI, with state and iss', async (_case, error, changes) => {
    await expectError(open(changes), error);
  });

  it.each<readonly [string, RequestParameters]>([
    ['no challenge', { code_challenge: undefined }],
    ['no challenge but a method', { code_challenge: undefined, code_challenge_method: 'S256' }],
    ['a challenge that is no SHA-256', { code_challenge: `${CHALLENGE}=` }],
    ['a short challenge', { code_challenge: 'abc' }],
    ['the method plain', { code_challenge_method: 'plain' }],
    ['no method, which means plain', { code_challenge_method: undefined }],
    ['the method s256', { code_challenge_method: 's256' }],
  ])('S-149 S-150 with %s is refused, since PKCE with S256 is required of every client', async (_case, changes) => {
    await expectError(open(changes), 'invalid_request');
    const native = await aCodeClient(portal, { name: 'Public app', public: true });
    await expectError(open(changes, native), 'invalid_request');
  });

  it('with a repeated parameter other than resource is refused at the redirect URI', async () => {
    for (const name of ['scope', 'code_challenge', 'prompt', 'unknown']) {
      await expectError(openText(`${authorizeQuery(client)}&${name}=a&${name}=a`), 'invalid_request');
    }
  });

  it('of a client that may not use the code is refused', async () => {
    const other = await aCodeClient(portal, { name: 'Other grants', grantTypes: ['client_credentials'] });
    await expectError(open({}, other), 'unauthorized_client');
  });

  it('for a scope that the client cannot have gets invalid_scope if scopes are rejected, else less', async () => {
    const strict = await servePortal({ ungrantedScopes: 'reject' });
    const own = await aCodeClient(strict, { scopes: ['read'] });
    const answer = await new CodeBrowser(strict).open(own);
    expect(responseIn(answer.location)).toMatchObject({ error: 'invalid_scope', iss: strict.url });
    expect((await open({ scope: 'read unknown' })).status).toBe(200);
  });

  it('keeps the query of the redirect URI byte for byte', async () => {
    const redirectUris = ['https://app.example/callback?a=%20b&c=d+e'];
    const own = await aCodeClient(portal, { name: 'With query', redirectUris });
    const { location = '' } = await open({ prompt: 'none' }, own);
    expect(location.startsWith(`${redirectUris[0]}&error=login_required&`)).toBe(true);
  });

  it('S-155 echoes the state only encoded, in the address', async () => {
    const state = 'a b&c=d#e"\'<f>é%0D%0A';
    const { location = '', headers } = await open({ state, prompt: 'none' });
    expect(responseIn(location)['state']).toBe(state);
    expect(location).toMatch(/^[\x21-\x7E]+$/);
    expect([...headers.keys()]).not.toContain('e');
  });

  it('S-159 has iss byte for byte as in the metadata, also in a response by POST', async () => {
    const { text } = await open({ prompt: 'none', response_mode: 'form_post' });
    expect(text).toContain(`<input type="hidden" name="iss" value="${portal.url}" />`);
    expect(text).toContain('<input type="hidden" name="error" value="login_required" />');
  });

  it('ignores parameters that it does not know, and names such as __proto__', async () => {
    expect((await openText(`${authorizeQuery(client)}&unknown=1&__proto__=2&constructor=3`)).status).toBe(200);
    expect({}).not.toHaveProperty('client');
  });
});

describe('the methods of the endpoint', () => {
  it('POST is answered with 303 to the same request by GET, because no cookies come with it', async () => {
    const browser = new CodeBrowser(portal);
    const query = authorizeQuery(client, { resource: [`${portal.url}/orders`] });
    const { status, location = '' } = await browser.post('/authorize', query, { Origin: 'https://app.example' });
    expect([status, location]).toEqual([303, `/authorize?${query}`]);
    expect((await browser.get(location)).status).toBe(200);
  });

  it('POST with a repeated parameter or too long a form is answered with a page', async () => {
    const browser = new CodeBrowser(portal);
    await expectPage(browser.post('/authorize', `${authorizeQuery(client)}&scope=a`));
    await expectPage(browser.post('/authorize', `${authorizeQuery(client)}&a=${'x'.repeat(9_000)}`));
  });

  it.each([
    ['HEAD', '/authorize', 'GET, POST'],
    ['PUT', '/authorize', 'GET, POST'],
    ['DELETE', '/authorize/resume', 'GET'],
    ['GET', '/authorize/decision', 'POST'],
  ])('%s %s is answered with 405 and Allow: %s', async (method, path, allow) => {
    const answer = await fetch(portal.url + path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  it('a path below that does not exist is 404, and a path that only begins alike is not served', async () => {
    expect((await fetch(`${portal.url}/authorize/other`)).status).toBe(404);
    const answer = await fetch(`${portal.url}/authorizer`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('Cannot GET /authorizer')]);
  });

  it('files of the pages are served with their type, to be cached for an hour', async () => {
    for (const [name, type] of [
      ['page.css', 'text/css; charset=utf-8'],
      ['page.js', 'text/javascript; charset=utf-8'],
      ['submit.js', 'text/javascript; charset=utf-8'],
      ['icon.svg', 'image/svg+xml'],
    ]) {
      const { status, headers } = await fetch(`${portal.url}/authorize/assets/${name}`);
      expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
        200,
        type,
        'public, max-age=3600',
      ]);
    }
  });
});
