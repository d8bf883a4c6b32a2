import type { ScopegateOptions } from 'scopegate';
import {
  aGate,
  APPLICATION,
  gateOptions,
  JANE,
  JOHN,
  MARY,
  recordedLogger,
  subscribing,
  type TestScope,
  type TokenBody,
} from '../support/gate/gate';
import { atItsAddress, documentAt, listIn, type Metadata } from '../support/gate/own-address';
import { passwordForm, refreshForm } from '../support/tokens/forms';

const [KEY, SECRET] = APPLICATION;

/** A public client, which has no secret. */
const PUBLIC = {
  name: 'Web app',
  consumerKey: 'web',
  public: true,
  redirectUris: ['https://app.example.com/callback'],
} as const;

type Options = Partial<ScopegateOptions<TestScope>>;

const WITH_APIS: Options = {
  apis: {
    orders: { resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
    stock: { context: '/v1/stock', resources: [{ path: '/:id', methods: ['PUT'], anyOf: ['update', 'admin'] }] },
  },
  applications: subscribing('orders', 'stock'),
};

const configurations: readonly (readonly [name: string, path: string, options: Options])[] = [
  ['with default options', '', {}],
  ['with a trailing slash', '/', {}],
  ['at a path', '/tenants/a', {}],
  ['at a path with a trailing slash', '/tenants/a/', {}],
  ['with APIs', '', WITH_APIS],
  ['with APIs, at a path', '/tenants/a', WITH_APIS],
  ['with other paths', '', { paths: { token: '/oauth2/token', revoke: '/oauth2/end', introspect: '/oauth2/tell' } }],
  ['without revocation', '', { paths: { revoke: false } }],
  ['without introspection', '/auth', { paths: { introspect: false } }],
  ['without a token endpoint', '', { paths: { token: false } }],
  ['without metadata of resources', '', { ...WITH_APIS, paths: { protectedResourceMetadata: false } }],
];

const post = async (address: string, form: Readonly<Record<string, string>>, headers: Record<string, string> = {}) => {
  const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(form), headers });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type') === 'application/json';
  return { status: answer.status, json: (isJson ? JSON.parse(text) : {}) as Partial<TokenBody> };
};

const basic = (secret = SECRET) => ({ Authorization: `Basic ${Buffer.from(`${KEY}:${secret}`).toString('base64')}` });

const assertion = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' };

/** How a client would authenticate by each method that there is: form and headers. */
const methods: Readonly<Record<string, (secret: string) => readonly [form: object, headers: Record<string, string>]>> =
  {
    client_secret_basic: (secret) => [{}, basic(secret)],
    client_secret_post: (secret) => [{ client_id: KEY, client_secret: secret }, {}],
    client_secret_jwt: (secret) => [{ ...assertion, client_id: KEY, client_assertion: `e30.e30.${secret}` }, {}],
    private_key_jwt: (secret) => [{ ...assertion, client_assertion: `e30.e30.${secret}` }, {}],
    tls_client_auth: () => [{ client_id: KEY }, { 'X-Client-Cert': 'x' }],
    none: () => [{ client_id: PUBLIC.consumerKey }, {}],
  };

/** A right request by each grant type that there is, as far as the gate could answer it. */
const grants = (refreshToken: string): readonly Readonly<Record<string, string>>[] => [
  passwordForm(JOHN),
  refreshForm(refreshToken),
  { grant_type: 'client_credentials' },
  { grant_type: 'implicit' },
  { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' },
  { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' },
  { grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer', assertion: 'x' },
  { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'x' },
];

/** The list of a member, or the default that RFC 8414 §2 defines if it is omitted. */
const announcedIn = (server: Metadata, name: string, unsaid: readonly string[]) => listIn(server, name) ?? unsaid;

describe.each(configurations)('the metadata of a server %s', (_name, path, options) => {
  const open = async () => {
    const { applications = gateOptions(recordedLogger().logger).applications ?? [] } = options;
    const served = await atItsAddress(path, { ...options, throttle: false, applications: [...applications, PUBLIC] });
    const below = path.replace(/\/$/, '');
    const server = await documentAt(`${served.origin}/.well-known/oauth-authorization-server${below}`);
    const endpoints = Object.entries(server).filter(([name]) => name.endsWith('_endpoint')) as [string, string][];
    return { ...served, below, server, endpoints };
  };
  it('S-243 list all mounted endpoints with their addresses, and no others', async () => {
    const { origin, below, endpoints } = await open();
    const names = ['authorize', 'token', 'revoke', 'introspect', 'oauth2/token', 'oauth2/end', 'oauth2/tell'];
    const others = ['register', 'userinfo', 'jwks', 'par', 'device_authorization', 'logout'];
    const mounted: string[] = [];
    for (const name of [...names, ...others]) {
      const address = `${origin}${below}/${name}`;
      if ((await post(address, {})).status !== 418) mounted.push(address);
    }
    expect(endpoints.map(([, address]) => address).sort()).toEqual(mounted.sort());
    expect(mounted.length).toBeGreaterThan(1);
  });

  it('S-243 list the client authentication methods of each endpoint, and no others', async () => {
    const { server, endpoints } = await open();
    for (const [name, address] of endpoints.filter(([endpoint]) => endpoint !== 'authorization_endpoint')) {
      const asked = { grant_type: 'client_credentials', token: 'x' };
      const taken: string[] = [];
      for (const [method, credentials] of Object.entries(methods)) {
        const [form, headers] = credentials(SECRET);
        const right = await post(address, { ...asked, ...form }, headers);
        // A public client is authenticated, and may not use the client credentials grant.
        if (right.status === 200 || right.json.error === 'unauthorized_client') taken.push(method);
        else expect([method, right.json.error]).toEqual([method, 'invalid_client']);
        if (method === 'none') continue; // it has no credentials that could be wrong
        const [wrongForm, wrongHeaders] = credentials('wrong');
        expect(await post(address, { ...asked, ...wrongForm }, wrongHeaders)).toMatchObject({ status: 401 });
      }
      expect([name, announcedIn(server, `${name}_auth_methods_supported`, ['client_secret_basic'])]).toEqual([
        name,
        taken,
      ]);
    }
  });

  it('S-243 list the grant types that issue tokens, and no others', async () => {
    const { server } = await open();
    const address = server['token_endpoint'];
    const taken: string[] = [];
    if (typeof address === 'string') {
      const { json } = await post(address, passwordForm(JOHN), basic());
      for (const form of grants(json.refresh_token ?? '')) {
        const answer = await post(address, form, basic());
        if (answer.status === 200) taken.push(form['grant_type'] ?? '');
        else expect(answer.json.error).toBe('unsupported_grant_type');
      }
      const code = { client_id: PUBLIC.consumerKey, redirect_uri: PUBLIC.redirectUris[0], code: 'x' };
      const form = { grant_type: 'authorization_code', ...code, code_verifier: 'v'.repeat(43) };
      if ((await post(address, form)).json.error === 'invalid_grant') taken.push(form.grant_type);
      expect(taken).not.toEqual([]);
    }
    expect([...announcedIn(server, 'grant_types_supported', ['authorization_code', 'implicit'])].sort()).toEqual(
      taken.sort(),
    );
    expect(server['response_types_supported']).toEqual(['code']);
  });

  it('S-243 list the scopes that can be granted, and no others', async () => {
    const { server, gate } = await open();
    const scopes = ['read', 'update', 'admin', 'default', 'openid', 'profile', 'offline_access', '*', 'Read'];
    const issued = await Promise.all(
      [JOHN, MARY, JANE].map(([subject]) => gate.tokens.issue({ clientId: KEY, subject, scopes })),
    );
    const obtainable = new Set(issued.flatMap((tokens) => tokens.scopes));
    expect(announcedIn(server, 'scopes_supported', [])).toEqual([...obtainable]);
    expect(obtainable.size).toBe(3);
  });

  it('S-243 list the resources that have metadata, and no others', async () => {
    const { origin, server } = await open();
    const described: string[] = [];
    const own = new URL(String(server['issuer'])).pathname.replace(/\/$/, '');
    for (const context of new Set([own, '', '/orders', '/v1/stock', '/stock', '/nothing'])) {
      const answer = await fetch(`${origin}/.well-known/oauth-protected-resource${context}`);
      if (answer.status !== 200) continue;
      const { resource } = (await answer.json()) as Metadata;
      described.push(String(resource));
    }
    expect(announcedIn(server, 'protected_resources', [])).toEqual(described);
  });
});

it.each([
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/orders',
])('S-243 an endpoint at a metadata path, where it would be unreachable, is a fault of the options: %s', (path) => {
  for (const name of ['token', 'revoke', 'introspect', 'live', 'ready'] as const) {
    expect(() => aGate({ ...WITH_APIS, paths: { [name]: path } })).toThrow(`paths.${name}: `);
  }
});
