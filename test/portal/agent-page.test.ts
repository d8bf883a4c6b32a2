import { unescaped } from '../support/http/unescaped';
import { BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, withKeys, type PortalAnswer } from '../support/portal/visitor';

const shown = ({ text }: PortalAnswer, id: string): string | undefined => {
  const found = new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(text)?.[1];
  return found === undefined ? undefined : unescaped(found);
};

const open = async (options: Parameters<typeof servePortal>[0] = {}) => {
  const portal = await servePortal(options);
  const ben = await signedIn(portal, BEN);
  return { portal, ben, page: await ben.get('/apis/orders/agent') };
};

const getJson = async (url = ''): Promise<unknown> => {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return answer.json();
};

/** The addresses on the page, each of which a request has reached. */
const expectReachable = async (page: PortalAnswer, { url }: ServedPortal): Promise<void> => {
  const resource = shown(page, 'resource') ?? '';
  const guarded = await fetch(resource);
  expect(guarded.status).toBe(401);
  const metadata = shown(page, 'resource-metadata');
  expect(guarded.headers.get('www-authenticate')).toContain(`resource_metadata="${metadata ?? ''}"`);
  expect(await getJson(metadata)).toMatchObject({ resource, authorization_servers: [url] });
  expect(await getJson(shown(page, 'server-metadata'))).toMatchObject({
    issuer: url,
    authorization_endpoint: shown(page, 'authorize-url'),
    token_endpoint: shown(page, 'token-url'),
    protected_resources: [resource],
  });
  expect((await fetch(shown(page, 'authorize-url') ?? '')).status).toBe(400);
  expect((await fetch(shown(page, 'token-url') ?? '', { method: 'POST' })).status).toBeLessThan(500);
};

describe('the page that connects an agent', () => {
  it('has the addresses of the metadata, and each of them answers', async () => {
    const { portal, page } = await open();
    expect(shown(page, 'scopes')).toBe('read update');
    await expectReachable(page, portal);
  });

  it('has entries for MCP clients with the client id of a public application of the user', async () => {
    const { portal, ben } = await open();
    const { id } = await withKeys(ben);
    await portal.gate.directory.applications.subscribe(id, 'orders');
    expect(shown(await ben.get('/apis/orders/agent'), 'for-user')).toContain('YOUR_CLIENT_ID');
    await portal.gate.directory.applications.setPublic(id, true);
    const { clientId = '' } = (await portal.gate.directory.applications.find(id))?.keys.production ?? {};
    const page = await ben.get('/apis/orders/agent');
    const url = `${portal.url}/orders`;
    expect(JSON.parse(shown(page, 'for-user') ?? '')).toEqual({
      mcpServers: { orders: { type: 'http', url, oauth: { clientId } } },
    });
    expect(JSON.parse(shown(page, 'bridge') ?? '')).toEqual({
      mcpServers: {
        orders: {
          command: 'npx',
          args: ['-y', 'mcp-remote', url, '--static-oauth-client-info', `{"client_id":"${clientId}"}`],
        },
      },
    });
    expect(JSON.parse(shown(page, 'header') ?? '')).toEqual({
      mcpServers: { orders: { type: 'http', url, headers: { Authorization: 'Bearer ${ACCESS_TOKEN}' } } },
    });
  });

  it('has redirect URIs that the application page accepts, for any port', async () => {
    const { portal, ben, page } = await open();
    const { id } = await withKeys(ben);
    const uris = shown(page, 'redirect-uris')?.split('\n') ?? [];
    expect(uris).toHaveLength(3);
    await portal.gate.directory.applications.setRedirectUris(id, uris);
  });

  it('has a token request for client credentials that works', async () => {
    const { portal, ben, page } = await open();
    const { id, key, secret } = await withKeys(ben);
    await portal.gate.directory.applications.subscribe(id, 'orders');
    const request = shown(page, 'service') ?? '';
    const form = [...request.matchAll(/-d (\w+)=(?:'([^']*)'|(\S+))/g)].map(
      ([, name = '', quoted, plain = '']): [string, string] => [name, quoted ?? plain],
    );
    const answer = await fetch(/'([^']*\/token)'/.exec(request)?.[1] ?? '', {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` },
      body: new URLSearchParams(form),
    });
    expect(answer.status).toBe(200);
    const { access_token } = (await answer.json()) as { readonly access_token: string };
    const called = await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${access_token}` } });
    expect(called.status).toBe(200);
  });

  it('says what is missing without an authorization endpoint, and leaves out what needs it', async () => {
    const { page } = await open({ paths: { authorize: false } });
    expect(page.text).toContain('This gateway has no authorization endpoint, so agents cannot sign in users.');
    expect([shown(page, 'authorize-url'), shown(page, 'for-user'), shown(page, 'bridge')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(shown(page, 'service')).toContain('client_credentials');
  });

  it('says what is missing without metadata or a token endpoint', async () => {
    const { page } = await open({
      paths: { authorize: false, token: false, authorizationServerMetadata: false, protectedResourceMetadata: false },
    });
    for (const sentence of [
      'no token endpoint',
      'The metadata of the resource is switched off',
      'The metadata of the authorization server is switched off',
    ]) {
      expect(page.text).toContain(sentence);
    }
    expect([shown(page, 'resource-metadata'), shown(page, 'server-metadata'), shown(page, 'service')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is in German for a browser that prefers it', async () => {
    const { ben } = await open();
    const { text } = await ben.get('/apis/orders/agent', { 'Accept-Language': 'de' });
    expect(text).toContain('Agent mit Orders verbinden');
    expect(text).toContain('IHRE_CLIENT_ID');
  });
});
