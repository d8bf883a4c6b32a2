import type { ScopegateOptions } from 'scopegate';
import { CodeBrowser } from '../support/authorize/code-browser';
import { CALLBACK, exchange, postAs, responseIn, type CodeClient } from '../support/authorize/code-client';
import { CHALLENGE, VERIFIER } from '../support/authorize/code-client';
import { openCodeFlow, type CodeFlow } from '../support/authorize/code-flow';
import { documentAt, listIn } from '../support/gate/own-address';
import { ANA, portalOptions } from '../support/portal/served-portal';
import { signedIn } from '../support/portal/visitor';
import { challengeFor } from '../support/tokens/code-gates';
import { clientForm, passwordForm } from '../support/tokens/forms';

const EVIL = 'https://evil.example';
const WELL_KNOWN = '/.well-known/oauth-authorization-server';

/** Orders as in `portalOptions`, and a second API. */
const apis: NonNullable<ScopegateOptions['apis']> = {
  ...portalOptions().apis,
  stock: { resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
};

/** Parameters of a request that leaves PKCE out. */
const WITHOUT_PKCE = { code_challenge: undefined, code_challenge_method: undefined };

describe('RFC 9700', () => {
  let flow: CodeFlow;
  let client: CodeClient;
  let publicOne: CodeClient;
  beforeAll(async () => {
    flow = await openCodeFlow({ apis });
    client = await flow.aClient();
    publicOne = await flow.aClient({ public: true });
  });

  const metadata = () => documentAt(flow.portal.url + WELL_KNOWN);

  it('§2.1 redirect URIs are compared as texts, except for the port of a loopback redirect URI', async () => {
    const native = await flow.aClient({ public: true, redirectUris: ['http://127.0.0.1/callback'] });
    expect((await flow.open(native, { redirect_uri: 'http://127.0.0.1:50123/callback' })).status).toBe(200);
    for (const redirect_uri of [
      `${CALLBACK}/`,
      `${CALLBACK}?a`,
      CALLBACK.toUpperCase(),
      'https://app.example:443/callback',
      EVIL,
    ]) {
      const { status, location } = await flow.open(client, { redirect_uri });
      expect([redirect_uri, status, location]).toEqual([redirect_uri, 400, undefined]);
    }
  });

  it('§2.1 no parameter sends the browser to another address than a registered one', async () => {
    const browser = new CodeBrowser(flow.portal);
    const names = ['redirect_uri', 'return', 'returnTo', 'next', 'url', 'target', 'transaction', 'resource'];
    const query = names.map((name) => `${name}=${encodeURIComponent(EVIL)}`).join('&');
    for (const path of ['/authorize', '/authorize/resume', '/authorize/sign-in', '/store/sign-in', '/store/apis']) {
      const { location = flow.portal.url } = await browser.get(`${path}?${query}`);
      expect(new URL(location, flow.portal.url).origin).toBe(flow.portal.url);
    }
    const answer = await browser.submit(await browser.open(client, { returnTo: EVIL }), '/authorize/sign-in', {
      ...ANA,
      returnTo: EVIL,
    });
    expect(answer.location).toMatch(/^\/authorize\/resume\?transaction=/);
  });

  it('§2.1 a client can rely on PKCE, on state and on iss against forged responses and mix-up', async () => {
    const response = await new CodeBrowser(flow.portal).authorize(client, ANA, { state: 'one of a kind' });
    expect(response).toMatchObject({ state: 'one of a kind', iss: flow.portal.url });
    expect(await metadata()).toMatchObject({
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
  });

  it('§2.1 the redirect after a form with credentials is a 303, which does not forward the form', async () => {
    const browser = new CodeBrowser(flow.portal);
    const { status } = await browser.submit(await browser.open(client), '/authorize/sign-in', { ...ANA });
    expect(status).toBe(303);
  });

  it('§2.1.1 PKCE is required of public and of confidential clients', async () => {
    for (const one of [publicOne, client]) {
      expect(await flow.responseTo(one, WITHOUT_PKCE)).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('§2.1.1 the correct code_verifier is enforced, so that an injected code of another session is refused', async () => {
    const stolen = await flow.codeFor(client, { code_challenge: challengeFor('v'.repeat(43)) });
    const { status, body } = await exchange(flow.portal, client, stolen); // with the verifier of another session
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  it('§2.1.1 a code_verifier is accepted only for a code that was requested with a code_challenge', async () => {
    // An attacker who strips the challenge from a request gets no code to inject.
    for (const one of [publicOne, client]) {
      const browser = new CodeBrowser(flow.portal);
      await browser.authorize(one, ANA);
      const { location } = await browser.open(one, WITHOUT_PKCE);
      expect(responseIn(location)).toMatchObject({ error: 'invalid_request' });
      expect(responseIn(location)).not.toHaveProperty('code');
    }
  });

  it('§2.1.1 only challenge methods that do not reveal the verifier are supported', async () => {
    const plain = { code_challenge: VERIFIER, code_challenge_method: 'plain' };
    expect(await flow.responseTo(client, plain)).toMatchObject({ error: 'invalid_request' });
    expect(CHALLENGE).not.toContain(VERIFIER);
  });

  it('§2.1.1 support of PKCE is announced by code_challenge_methods_supported in the metadata', async () => {
    expect(await metadata()).toHaveProperty('code_challenge_methods_supported', ['S256']);
  });

  it('§2.1.2 no response type that issues access tokens in the authorization response is supported', async () => {
    for (const response_type of ['token', 'code token', 'id_token token', 'code id_token token']) {
      const response = await flow.responseTo(client, { response_type });
      expect(response).toMatchObject({ error: 'unsupported_response_type' });
      expect(response).not.toHaveProperty('access_token');
    }
    expect(await metadata()).toHaveProperty('response_types_supported', ['code']);
  });

  it('§2.2.1 sender-constrained access tokens are not supported, though recommended: lifetime, scope, audience and revocation limit a stolen one', async () => {
    const members = Object.keys(await metadata());
    expect(members.filter((name) => /dpop|mtls|tls_client/.test(name))).toEqual([]);
    const resource = `${flow.portal.url}/orders`;
    const { access_token: token, ...more } = await flow.tokensFor(client, { resource, scope: 'read' });
    expect(more).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read' });
    expect(await flow.statusOf('/orders', token)).toBe(200);
    expect((await postAs(flow.portal, '/revoke', client, { token })).status).toBe(200);
    expect(await flow.statusOf('/orders', token)).toBe(401);
  });

  it('§2.2.2 refresh tokens of public clients rotate, and a reuse ends the grant', async () => {
    const strict = await openCodeFlow({ tokens: { refreshGrace: 0 } });
    const own = await strict.aClient({ public: true });
    const first = await strict.tokensFor(own);
    const second = await strict.refresh(own, first.refresh_token);
    expect([second.status, second.body.refresh_token === first.refresh_token]).toEqual([200, false]);
    expect((await strict.refresh(own, first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await strict.refresh(own, second.body.refresh_token)).body.error).toBe('invalid_grant');
    expect(await strict.statusOf('/orders', second.body.access_token)).toBe(401);
  });

  it('§2.3 an access token is restricted to the scopes that the user allowed', async () => {
    const own = await flow.aClient();
    const browser = new CodeBrowser(flow.portal);
    const page = await browser.signIn(await browser.open(own), ANA);
    const { code } = responseIn((await browser.allow(page, { except: ['update'] })).location);
    const { body } = await exchange(flow.portal, own, code);
    expect(body.scope).toBe('read');
    expect(await flow.statusOf('/orders', body.access_token)).toBe(200);
    expect(await flow.statusOf('/orders/1', body.access_token, 'PUT')).toBe(403);
  });

  it('§2.3 an access token can be restricted to one resource server, and every other one refuses it', async () => {
    const own = await flow.aClient({ subscriptions: ['orders', 'stock'] });
    const tokens = await Promise.all(
      ['orders', 'stock'].map(async (name) => {
        const resource = `${flow.portal.url}/${name}`;
        const { access_token: token } = await flow.tokensFor(own, { resource, scope: 'read' });
        expect((await postAs(flow.portal, '/introspect', own, { token })).body).toHaveProperty('aud', resource);
        return token;
      }),
    );
    expect(await Promise.all(tokens.map((token) => flow.statusOf('/orders', token)))).toEqual([200, 401]);
  });

  it('§2.4 the password grant, which must not be used, is for migration: applications can exclude it, public ones never have it, and its end can be announced', async () => {
    const without = await flow.aClient({ grantTypes: ['authorization_code', 'refresh_token'] });
    const { username, password } = ANA;
    for (const one of [without, publicOne]) {
      const { body } = await postAs(flow.portal, '/token', one, { ...passwordForm([username, password]) });
      expect(body.error).toBe('unauthorized_client');
    }
    expect((await postAs(flow.portal, '/token', client, { ...passwordForm([username, password]) })).status).toBe(200);
    const announcing = await openCodeFlow({ passwordGrant: { deprecation: '2027-01-01', sunset: '2027-07-01' } });
    const answer = await fetch(`${announcing.portal.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...passwordForm([username, password]) }),
      headers: { Authorization: `Basic ${Buffer.from('key:declared-secret').toString('base64')}` },
    });
    expect([answer.status, answer.headers.get('sunset')]).toEqual([200, 'Thu, 01 Jul 2027 00:00:00 GMT']);
  });

  it('§2.5 client authentication is enforced for confidential clients', async () => {
    const code = await flow.codeFor(client);
    const { clientSecret: _left, ...withoutSecret } = client;
    for (const one of [withoutSecret, { ...client, clientSecret: 'wrong' }]) {
      expect((await exchange(flow.portal, one, code)).body.error).toBe('invalid_client');
    }
    expect((await exchange(flow.portal, client, code)).status).toBe(200);
  });

  it('§2.5 asymmetric client authentication is not supported, though recommended, and therefore not announced', async () => {
    const methods = listIn(await metadata(), 'token_endpoint_auth_methods_supported');
    expect(methods).toEqual(['client_secret_basic', 'client_secret_post', 'none']);
    const assertion = {
      client_assertion: 'e30.e30.',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    const { body } = await postAs(
      flow.portal,
      '/token',
      { ...client, clientSecret: '' },
      { ...clientForm(), ...assertion },
    );
    expect(body.error).toBe('invalid_client');
  });

  it('§2.6 the metadata of the server are published', async () => {
    expect(await metadata()).toMatchObject({ issuer: flow.portal.url, token_endpoint: `${flow.portal.url}/token` });
  });

  it('§2.6 developers do not choose the client_id of their application: it is random', async () => {
    const visitor = await signedIn(flow.portal, ANA);
    const { id } = await flow.portal.gate.directory.applications.create({ name: 'Chosen app', owner: ANA.username });
    const [page, action] = ['/subscriptions', `/applications/${id}/generate`];
    const chosen = { client_id: ANA.username, clientId: ANA.username, consumerKey: ANA.username };
    expect((await visitor.submit(page, action, { environment: 'production', ...chosen })).status).toBe(200);
    const made = await flow.portal.gate.directory.applications.find(id);
    expect(made?.keys.production?.clientId).toMatch(/^[A-Za-z0-9_-]{20,}$/);
  });

  it('§2.6 http redirect URIs are accepted for loopback only', async () => {
    await expect(flow.aClient({ redirectUris: ['http://app.example/callback'] })).rejects.toThrow('must be https');
    await expect(flow.aClient({ redirectUris: ['http://127.0.0.1/callback'] })).resolves.toBeDefined();
  });

  it('§2.6 CORS is supported at the token endpoint, and never at the authorization endpoint', async () => {
    const { portal, aClient } = await openCodeFlow({ cors: true });
    const { clientId } = await aClient();
    const Origin = 'https://app.example';
    const preflight = { Origin, 'Access-Control-Request-Method': 'POST' };
    const allowedAt = async (path: string, method: string, headers: Readonly<Record<string, string>>) =>
      (await fetch(portal.url + path, { method, headers, redirect: 'manual' })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowedAt('/token', 'POST', { Origin })).toBe('*');
    expect(await allowedAt('/token', 'OPTIONS', preflight)).toBe('*');
    for (const path of [
      `/authorize?client_id=${clientId}`,
      '/authorize/resume',
      '/authorize/sign-in',
      '/authorize/decision',
    ]) {
      for (const method of ['GET', 'POST'])
        expect([path, await allowedAt(path, method, { Origin })]).toEqual([path, null]);
      expect([path, await allowedAt(path, 'OPTIONS', preflight)]).toEqual([path, null]);
    }
  });
});
