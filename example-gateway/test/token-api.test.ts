import { challengeOf } from '../../test/support/http/challenge';
import { aGateway, anApplication, APPLICATION, JANE, type KeyPair, type TestGateway } from './support/gateway';
import { echoUpstream, type EchoUpstream } from './support/upstream';

const OTHER: KeyPair = { consumerKey: 'other', consumerSecret: 'other-secret' };
const CLERK: KeyPair = { consumerKey: 'clerk', consumerSecret: 'clerk-secret' };
const AUDITOR: KeyPair = { consumerKey: 'auditor', consumerSecret: 'auditor-secret' };
const SIGNER: KeyPair = { consumerKey: 'signer', consumerSecret: 'signer-secret' };

const GRANT_TYPES = ['password', 'refresh_token', 'client_credentials'];

const APPLICATIONS = [
  anApplication({ grantTypes: GRANT_TYPES }),
  anApplication({ ...OTHER, name: 'Other app' }),
  anApplication({ ...CLERK, name: 'Clerk app', scopes: ['read', 'update'] }),
  anApplication({ ...AUDITOR, name: 'Auditor', introspect: true }),
  anApplication({ ...SIGNER, name: 'Signer', grantTypes: ['password'] }),
];

const PUT = ['PUT /orders/1 HTTP/1.1', 'Content-Length: 0'];
const GET = ['GET /orders HTTP/1.1'];

describe('the Token API of a file', () => {
  let upstream: EchoUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await echoUpstream();
    gateway = await aGateway({ upstream: upstream.url, keys: { applications: APPLICATIONS } });
  });

  const statusWith = async (token: string, lines: readonly string[] = GET): Promise<number> =>
    (await gateway.send(lines, { token })).status;

  describe('with client credentials', () => {
    const FORM = { grant_type: 'client_credentials', scope: 'read update' };

    it('issues a token without a user, and without the scopes that need a role', async () => {
      const { status, body } = await gateway.post('/token', FORM);
      expect({ status, body }).toEqual({
        status: 200,
        body: { access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600, scope: 'read' },
      });
      expect(await statusWith(String(body['access_token']))).toBe(200);
      const forwarded = upstream.seen.at(-1)?.headers.filter(([name]) => /^x-authenticated/i.test(name)) ?? [];
      expect(Object.fromEntries(forwarded)).toEqual({
        'X-Authenticated-Client': 'key',
        'X-Authenticated-Organization': 'johnsorg',
        'X-Authenticated-Scope': 'read',
      });
    });

    it('grants a scope that needs a role to an application whose `scopes` include it', async () => {
      const { body } = await gateway.post('/token', FORM, CLERK);
      expect(body['scope']).toBe('read update');
      expect(await statusWith(String(body['access_token']), PUT)).toBe(200);
    });

    it('issues a token with the shorter lifetime that the client requests', async () => {
      const { body } = await gateway.post('/token', { ...FORM, validity_period: '60' });
      expect(body['expires_in']).toBe(60);
    });

    it('refuses the grant if `grantTypes` of the application does not include it', async () => {
      const { status, body } = await gateway.post('/token', FORM, SIGNER);
      expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'unauthorized_client' });
    });
  });

  describe('with revocation', () => {
    it('ends a token immediately', async () => {
      const token = await gateway.token();
      expect(await statusWith(token)).toBe(200);
      expect(await gateway.post('/revoke', { token })).toEqual({ status: 200, body: {} });
      expect(await statusWith(token)).toBe(401);
    });

    it('does not affect the tokens of other applications', async () => {
      const token = await gateway.token();
      const { status, body } = await gateway.post('/revoke', { token }, OTHER);
      expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'unauthorized_client' });
      expect(await statusWith(token)).toBe(200);
    });
  });

  describe('with introspection', () => {
    it('describes to an application its own tokens only', async () => {
      const token = await gateway.token('read');
      expect(await gateway.post('/introspect', { token })).toMatchObject({
        status: 200,
        body: { active: true, client_id: 'key', scope: 'read', sub: 'john@gmail.com@johnsorg', iss: gateway.url },
      });
    });

    it('describes exactly the tokens of its organization to an application with `introspect: true`', async () => {
      const token = await gateway.token('read', JANE);
      const { body } = await gateway.post('/introspect', { token }, AUDITOR);
      expect(body).toMatchObject({ active: true, client_id: 'key', sub: 'jane@gmail.com@johnsorg' });
      expect(await gateway.post('/introspect', { token }, OTHER)).toEqual({ status: 200, body: { active: false } });
    });
  });

  describe('with metadata', () => {
    const documentAt = async (address: string): Promise<Readonly<Record<string, unknown>>> => {
      const answer = await fetch(address);
      expect(answer.status).toBe(200);
      return (await answer.json()) as Readonly<Record<string, unknown>>;
    };

    it('leads from a refused request to a token, by addresses that work as they are given', async () => {
      const { resource_metadata: address = '' } = challengeOf(await gateway.send(GET)).parameters;
      const resource = await documentAt(address);
      expect(resource).toMatchObject({
        resource: `${gateway.url}/orders`,
        resource_name: 'Orders',
        authorization_servers: [gateway.url],
        scopes_supported: ['read', 'update'],
      });
      const server = await documentAt(`${gateway.url}/.well-known/oauth-authorization-server`);
      expect(server).toMatchObject({
        issuer: gateway.url,
        revocation_endpoint: `${gateway.url}/revoke`,
        introspection_endpoint: `${gateway.url}/introspect`,
        grant_types_supported: ['password', 'authorization_code', 'refresh_token', 'client_credentials'],
      });
      const path = new URL(String(server['token_endpoint'])).pathname;
      expect((await gateway.post(path, { grant_type: 'client_credentials' }, APPLICATION)).status).toBe(200);
    });

    it('serves metadata and endpoints at the root even if the issuer has a path', async () => {
      const behind = await aGateway({ keys: { issuer: 'https://api.example.com/auth', requireTls: false } });
      const wellKnown = `${behind.url}/.well-known`;
      expect(await documentAt(`${wellKnown}/oauth-authorization-server/auth`)).toMatchObject({
        issuer: 'https://api.example.com/auth',
        token_endpoint: 'https://api.example.com/auth/token',
      });
      expect(await documentAt(`${wellKnown}/oauth-protected-resource/orders`)).toMatchObject({
        resource: 'https://api.example.com/orders',
      });
      expect((await fetch(`${wellKnown}/oauth-authorization-server`)).status).toBe(404);
      expect(await behind.token('read')).toMatch(/^sga_/);
    });
  });

  it('has the paths that the file gives, and omits those that are false', async () => {
    const paths = {
      revoke: '/oauth/revoke',
      introspect: false,
      authorizationServerMetadata: false,
      protectedResourceMetadata: false,
    };
    const elsewhere = await aGateway({ keys: { paths } });
    const token = await elsewhere.token();
    expect((await elsewhere.post('/oauth/revoke', { token })).status).toBe(200);
    for (const path of ['/revoke', '/introspect', '/.well-known/oauth-authorization-server']) {
      expect({ path, ...(await elsewhere.post(path, { token })) }).toMatchObject({ path, status: 404 });
    }
    const refused = await elsewhere.send(GET);
    expect(challengeOf(refused).parameters).not.toHaveProperty('resource_metadata');
    const resource = await fetch(`${elsewhere.url}/.well-known/oauth-protected-resource/orders`);
    expect(resource.status).toBe(404);
  });
});
