import { sendRaw } from '../../test/support/http/raw-http';
import { CodeFlow, hasCodeFlow } from '../src/demo/code-flow';
import { startDemoPages, type DemoPages } from '../src/demo/pages';

const gateway = { url: 'http://127.0.0.1:8080', isSelfSigned: false };

const options = { cors: true, applications: [{ consumerKey: 'key' }, { consumerKey: 'orders-web', public: true }] };

describe('the demo of the code flow', () => {
  it('is part of the walk if the file declares its client and CORS, and /authorize is at its usual address', () => {
    const withDemo = (changes: object): boolean => hasCodeFlow({ ...options, ...changes });
    expect(withDemo({})).toBe(true);
    expect(withDemo({ applications: [{ consumerKey: 'key' }] })).toBe(false);
    expect(withDemo({ applications: undefined })).toBe(false);
    expect(withDemo({ cors: undefined })).toBe(false);
    expect(withDemo({ issuer: 'https://api.example.com' })).toBe(false);
    expect(withDemo({ paths: { authorize: '/login' } })).toBe(false);
    expect(withDemo({ paths: { token: '/oauth/token' } })).toBe(true);
  });

  it('prints an authorization request with another challenge and state at each start', () => {
    const [one, other] = [1, 2].map(
      () => new URL(new CodeFlow(gateway, 'http://127.0.0.1:9/callback').address).searchParams,
    );
    expect(Object.fromEntries(one ?? [])).toEqual({
      response_type: 'code',
      client_id: 'orders-web',
      redirect_uri: 'http://127.0.0.1:9/callback',
      scope: 'read update',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'code_challenge']) expect(one?.get(name)).not.toBe(other?.get(name));
  });
});

describe('the pages of the demo', () => {
  let pages: DemoPages;
  beforeAll(async () => {
    pages = await startDemoPages({ ...gateway, url: 'http://127.0.0.1:8099' });
  });
  afterAll(() => pages.close());

  const open = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(new URL(path, pages.url));
    return { status: response.status, text: await response.text() };
  };

  /** The page that the authorization response leads to. */
  const callback = (response: Readonly<Record<string, string>>): Promise<{ readonly text: string }> => {
    const state = new URL(pages.authorizeUrl).searchParams.get('state') ?? '';
    const iss = 'http://127.0.0.1:8099';
    return open(`/callback?${new URLSearchParams({ state, iss, ...response }).toString()}`);
  };

  it('are the single-page application with the address of this gateway, and no file beside it', async () => {
    const { status, text } = await open('/');
    expect(status).toBe(200);
    expect(text).toContain("const ISSUER = 'http://127.0.0.1:8099'");
    expect(text).toContain('connect-src http://127.0.0.1:8099"');
    expect(text).not.toContain('127.0.0.1:8080');
    for (const path of ['/index.html', '/../gateway.yaml', '/%2e%2e/gateway.yaml']) {
      expect(await open(path)).toEqual({ status: 404, text: 'There is no such page.\n' });
    }
  });

  it.each(['//', '/%', 'http://[', '*'])('do not end the process if the request target is %s', async (target) => {
    const { port } = new URL(pages.url);
    const { status } = await sendRaw(Number(port), `OPTIONS ${target} HTTP/1.1\r\nHost: demo\r\n\r\n`);
    expect(status).toBe(404);
    expect((await open('/')).status).toBe(200);
  });

  it('show the command that redeems the code, safely quoted', async () => {
    const { text } = await callback({ code: `sgc_'; rm -rf "$HOME" #` });
    const [command = ''] = /^curl .*$/m.exec(text) ?? [];
    expect(command).toMatch(
      /^curl -s -d 'grant_type=authorization_code&client_id=orders-web&code=sgc_%27%3B%20rm%20-rf%20%22%24HOME%22%20%23&redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A\d+%2Fcallback&code_verifier=[\w-]{43}' http:\/\/127\.0\.0\.1:8099\/token$/,
    );
  });

  it('show the error of the gateway', async () => {
    const { text } = await callback({ error: 'access_denied', error_description: 'The user denied the request.' });
    expect(text).toBe('The gateway returned no code: The user denied the request.\n');
  });

  it.each([
    ['another state', { code: 'sgc_x', state: 'other' }],
    ['another issuer', { code: 'sgc_x', iss: 'http://127.0.0.1:8098' }],
  ])('show no command for a response with %s', async (_what, response) => {
    const { text } = await callback(response);
    expect(text).toBe('This is no response to the address that the gateway printed. Open that address again.\n');
  });
});
