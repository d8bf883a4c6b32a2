import type { NewApplication } from 'scopegate';
import { CodeBrowser, scopesOn } from '../support/authorize/code-browser';
import { exchange, responseIn, type CodeClient } from '../support/authorize/code-client';
import { openCodeFlow, type CodeFlow } from '../support/authorize/code-flow';
import { ANA, BEN } from '../support/portal/served-portal';

const PRIVATE_USE = 'com.example.app:/oauth2redirect/example-provider';
const CLAIMED = 'https://app.example.com/oauth2redirect/example-provider';
const LOOPBACK = 'http://127.0.0.1/oauth2redirect/example-provider';
const LOOPBACK_IPV6 = 'http://[::1]/oauth2redirect/example-provider';

/** Inserts a port into a loopback redirect URI. */
const withPort = (uri: string, port: number): string => uri.replace(/^(http:\/\/[^/]+)/, `$1:${port}`);

describe('RFC 8252', () => {
  let flow: CodeFlow;
  beforeAll(async () => {
    flow = await openCodeFlow();
  });

  const aNativeApp = (redirectUri: string, given: Partial<NewApplication> = {}): Promise<CodeClient> =>
    flow.aClient({ public: true, redirectUris: [redirectUri], ...given });

  /** Expects that a request with this redirect URI is answered with a page that leads nowhere. */
  const expectNotRegistered = async (client: CodeClient, redirect_uri: string): Promise<void> => {
    const { status, location, text } = await flow.open(client, { redirect_uri });
    expect([redirect_uri, status, location]).toEqual([redirect_uri, 400, undefined]);
    expect(text).toContain('not one that is registered');
  };

  it.each([PRIVATE_USE, CLAIMED, LOOPBACK, LOOPBACK_IPV6])(
    '§7, §7.1, §7.2, §7.3 a native app can receive its response at %s',
    async (redirectUri) => {
      const client = await aNativeApp(redirectUri);
      const browser = new CodeBrowser(flow.portal);
      const { status, location = '' } = await browser.allow(await browser.signIn(await browser.open(client), ANA));
      expect([status, location.split('?')[0]]).toEqual([303, redirectUri]);
      expect((await exchange(flow.portal, client, responseIn(location)['code'])).status).toBe(200);
    },
  );

  it('§7.1, §8.4 a private-use scheme must contain a period, as reversed domain names do', async () => {
    for (const uri of ['myapp:/callback', 'myapp://callback', 'com-example-app:/callback']) {
      await expect(aNativeApp(uri)).rejects.toThrow('a private-use scheme with a dot');
    }
    await expect(aNativeApp(PRIVATE_USE)).resolves.toHaveProperty('redirectUri', PRIVATE_USE);
  });

  it.each([LOOPBACK, LOOPBACK_IPV6, withPort(LOOPBACK, 8080)])(
    '§7.3 any port may be used in a request for %s, and the token request has the same one',
    async (registered) => {
      const client = await aNativeApp(registered);
      for (const redirect_uri of [withPort(registered.replace(':8080', ''), 51004), registered.replace(':8080', '')]) {
        const code = await flow.codeFor(client, { redirect_uri });
        const other = { redirect_uri: withPort(redirect_uri.replace(':51004', ''), 51005) };
        expect((await exchange(flow.portal, client, code, other)).body.error).toBe('invalid_grant');
        expect((await exchange(flow.portal, client, code, { redirect_uri })).status).toBe(200);
      }
    },
  );

  it('§7.3, §8.4 except for the port, a loopback redirect URI is compared exactly', async () => {
    const client = await aNativeApp(LOOPBACK);
    for (const redirect_uri of [
      withPort(LOOPBACK_IPV6, 51004),
      LOOPBACK.replace('127.0.0.1', '127.0.0.2:51004'),
      withPort(`${LOOPBACK}/`, 51004),
      withPort(`${LOOPBACK}?a=b`, 51004),
      withPort(LOOPBACK, 51004).replace('http:', 'https:'),
      'http://127.0.0.1:51004/',
      'http://127.0.0.1:51004@evil.example/oauth2redirect/example-provider',
    ]) {
      await expectNotRegistered(client, redirect_uri);
    }
  });

  it('§8.1 a request of a native app without PKCE gets an error', async () => {
    const client = await aNativeApp(PRIVATE_USE);
    const response = await flow.responseTo(client, { code_challenge: undefined, code_challenge_method: undefined });
    expect(response).toMatchObject({ error: 'invalid_request' });
  });

  it('§8.1 a code that another app intercepted is useless without the verifier', async () => {
    const client = await aNativeApp(PRIVATE_USE);
    const code = await flow.codeFor(client);
    const stolen = await exchange(flow.portal, client, code, { code_verifier: 'x'.repeat(43) });
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    expect((await exchange(flow.portal, client, code)).status).toBe(200);
  });

  it('§8.2 the implicit grant is not supported', async () => {
    const client = await aNativeApp(PRIVATE_USE);
    for (const response_type of ['token', 'code token', 'id_token']) {
      expect(await flow.responseTo(client, { response_type })).toMatchObject({ error: 'unsupported_response_type' });
    }
  });

  it('§8.3 http is accepted for a loopback host only', async () => {
    for (const uri of ['http://app.example.com/callback', 'http://127.0.0.2/callback', 'http://192.168.0.1/callback']) {
      await expect(aNativeApp(uri)).rejects.toThrow('must be https, or http on 127.0.0.1, [::1] or localhost');
    }
  });

  it('§8.3 localhost is not recommended, but accepted with any port, because many native apps use it', async () => {
    const client = await aNativeApp('http://localhost/callback');
    await expect(flow.tokensFor(client, { redirect_uri: 'http://localhost:51004/callback' })).resolves.toBeDefined();
    await expectNotRegistered(client, 'http://127.0.0.1:51004/callback');
  });

  it('§8.4 the client type of a native app is recorded', async () => {
    const { id } = await aNativeApp(PRIVATE_USE);
    const { applications } = flow.portal.gate.directory;
    expect(await applications.find(id)).toMatchObject({ public: true, redirectUris: [PRIVATE_USE] });
  });

  it.each([PRIVATE_USE, CLAIMED])('§8.4 the complete redirect URI is compared exactly: %s', async (redirectUri) => {
    const client = await aNativeApp(redirectUri);
    for (const other of [
      redirectUri.slice(0, -1),
      `${redirectUri}/`,
      `${redirectUri}?a=b`,
      `${redirectUri}#a`,
      redirectUri.replace('example', 'EXAMPLE'),
      redirectUri.replace('/example-provider', ''),
      redirectUri.replace('example-provider', '..%2Fexample-provider'),
    ]) {
      await expectNotRegistered(client, other);
    }
  });

  it('§8.5 a public client is not authenticated by a secret, and none is accepted from it', async () => {
    const client = await aNativeApp(PRIVATE_USE);
    const code = await flow.codeFor(client);
    const withSecret = await exchange(flow.portal, client, code, { client_secret: 'included-in-the-app' });
    expect([withSecret.status, withSecret.body.error]).toEqual([401, 'invalid_client']);
    expect((await exchange(flow.portal, client, code)).status).toBe(200);
    const environment = 'production' as const;
    const { applications } = flow.portal.gate.directory;
    await expect(applications.generateKeys(client.id, { environment })).rejects.toThrow('is public');
  });

  it('§8.5 a native app that was registered as confidential has to authenticate, in addition to PKCE', async () => {
    const client = await aNativeApp(PRIVATE_USE, { public: false });
    const code = await flow.codeFor(client);
    const { clientSecret: _left, ...withoutSecret } = client;
    expect((await exchange(flow.portal, withoutSecret, code)).body.error).toBe('invalid_client');
    expect((await exchange(flow.portal, client, code)).status).toBe(200);
  });

  it('§8.6 no request is answered with a code before the user has decided about that client', async () => {
    const [first, second] = [await aNativeApp(LOOPBACK), await aNativeApp(LOOPBACK)];
    const browser = new CodeBrowser(flow.portal);
    await browser.authorize(first, ANA);
    const page = await browser.open(second);
    expect([page.status, page.location, scopesOn(page)]).toEqual([200, undefined, ['read', 'update']]);
    const silent = await browser.open(second, { prompt: 'none' });
    expect(responseIn(silent.location)).toMatchObject({ error: 'consent_required' });
  });

  it('§8.6 the decision about a public client is stored, against the recommendation: users who are asked every time stop reading', async () => {
    for (const redirectUri of [CLAIMED, LOOPBACK, PRIVATE_USE]) {
      const client = await aNativeApp(redirectUri);
      const browser = new CodeBrowser(flow.portal);
      await browser.authorize(client, ANA);
      expect((await browser.open(client)).status).toBe(303);
      expect((await browser.open(client, { prompt: 'consent' })).status).toBe(200);
    }
  });

  it('§8.6 the page says which kind of application receives the decision', async () => {
    for (const [redirectUri, text] of [
      [CLAIMED, '<code>app.example.com</code>'],
      [LOOPBACK, 'an application on this computer'],
      [PRIVATE_USE, 'the application that opens <code>com.example.app:</code> addresses on this device'],
    ] as const) {
      const client = await aNativeApp(redirectUri);
      const browser = new CodeBrowser(flow.portal);
      expect((await browser.signIn(await browser.open(client), BEN)).text).toContain(`is sent to ${text}`);
    }
  });

  it('§8.9 state is returned unchanged', async () => {
    const client = await aNativeApp(PRIVATE_USE);
    const state = 'a b&c=d+é/?#%20';
    const browser = new CodeBrowser(flow.portal);
    expect((await browser.authorize(client, ANA, { state }))['state']).toBe(state);
    expect(await flow.responseTo(client, { state, prompt: 'none' })).toMatchObject({ state, error: 'login_required' });
  });

  it('§8.10 the response names its server, so that a client of several servers can detect a mix-up', async () => {
    const client = await aNativeApp(PRIVATE_USE);
    const browser = new CodeBrowser(flow.portal);
    expect(await browser.authorize(client, ANA)).toMatchObject({ iss: flow.portal.url });
    expect(await flow.responseTo(client, { prompt: 'none' })).toMatchObject({ iss: flow.portal.url });
  });
});
