import express from 'express';
import request from 'supertest';
import type { ApiDeclaration, ScopegateOptions } from 'scopegate';
import { challengeOf } from '../support/http/challenge';
import { onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, subscribing, type TestScope } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { atItsAddress, documentAt, listIn, type Furnish, type Metadata } from '../support/gate/own-address';
import { rawRequest, sendRaw, serve, valuesOf } from '../support/http/raw-http';

const SERVER = '/.well-known/oauth-authorization-server';
const RESOURCE = '/.well-known/oauth-protected-resource';

type Options = Partial<ScopegateOptions<TestScope>>;

const apis: Readonly<Record<string, ApiDeclaration<TestScope>>> = {
  orders: { title: 'Orders', resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
  stock: { context: '/v1/stock', resources: [{ path: '/:id', methods: ['PUT'], anyOf: ['update', 'admin'] }] },
};
const WITH_APIS: Options = { apis, applications: subscribing('orders', 'stock') };

/** Guards of both APIs as middleware. */
const guardApis: Furnish = (app, gate) => {
  app.use('/orders', gate.api('orders')).use('/v1/stock', gate.api('stock'));
};

/** A gate with every kind of metadata, and where they are. */
const documents = async (path: string, options: Options = WITH_APIS) => {
  const served = await atItsAddress(path, options, (app, gate) => {
    guardApis(app, gate);
    app.get('/me', gate.requireToken(), (_request, response) => void response.json({}));
  });
  const below = path.replace(/\/$/, '');
  return { ...served, targets: [SERVER + below, RESOURCE, `${RESOURCE}/orders`, `${RESOURCE}/v1/stock`] };
};

const HOST_SPOOFS: readonly (readonly string[])[] = [
  ['X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: https', 'X-Forwarded-Port: 666', 'X-Forwarded-Prefix: /evil'],
  ['Forwarded: host=evil.test;proto=https', 'X-Original-Host: evil.test', 'X-Host: evil.test'],
  ['X-Original-URL: /evil', 'X-Rewrite-URL: /evil', 'Origin: https://evil.test', 'Referer: https://evil.test/'],
];

describe('the metadata', () => {
  it.each(['', '/tenants/a'])(
    'S-241 use nothing from the request, under an issuer with the path "%s"',
    async (path) => {
      const { gate, issuer, targets } = await documents(path);
      const app = express().set('trust proxy', true).use(gate.wellKnown(), gate.canonicalPaths());
      const { port } = await serve(app.get('/me', gate.requireToken()));
      const get = async (target: string, host: string, more: readonly string[] = []) => {
        const lines = [`GET ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...more];
        const { status, headers, body } = await sendRaw(port, rawRequest(lines));
        return { status, headers: headers.filter(([name]) => name !== 'Date'), body };
      };
      for (const target of [...targets, '/me']) {
        const plain = await get(target, new URL(issuer).host);
        expect(plain.status).toBe(target === '/me' ? 401 : 200);
        for (const host of ['evil.test', 'evil.test:666', '']) expect(await get(target, host)).toEqual(plain);
        for (const spoof of HOST_SPOOFS) expect(await get(target, 'evil.test', spoof)).toEqual(plain);
        expect(JSON.stringify(plain)).not.toContain('evil');
        expect((await get(`http://evil.test${target}`, 'evil.test')).status).not.toBe(200);
      }
    },
  );

  it.each([
    ['https://api.example.com', '', 'https://api.example.com/token'],
    ['https://api.example.com/', '', 'https://api.example.com/token'],
    ['https://api.example.com:8443', '', 'https://api.example.com:8443/token'],
    ['https://api.example.com/tenants/a', '/tenants/a', 'https://api.example.com/tenants/a/token'],
    ['https://api.example.com/tenants/a/', '/tenants/a', 'https://api.example.com/tenants/a/token'],
    ['https://api.example.com:443/a', '/a', 'https://api.example.com:443/a/token'],
    ['https://API.Example.com/A', '/A', 'https://API.Example.com/A/token'],
    ['http://[::1]:8080/auth', '/auth', 'http://[::1]:8080/auth/token'],
  ])(
    'S-242 of the issuer %s are located between host and path, and repeat it byte for byte',
    async (issuer, path, token) => {
      const { gate } = aGate({ issuer });
      const atRoot = await serve(express().use(gate.wellKnown()));
      const mounted = await serve(express().use(path === '' ? '/' : path, gate.routes()));
      const document = await documentAt(`${atRoot.url}${SERVER}${path}`);
      expect(document).toMatchObject({ issuer, token_endpoint: token });
      expect(await documentAt(atRoot.url + RESOURCE)).toMatchObject({ authorization_servers: [issuer] });

      const other = path === '' ? '/a' : '';
      const elsewhere = [SERVER + other, `${SERVER}${path}/`, `/tenants${SERVER}${path}`];
      for (const target of elsewhere) expect((await fetch(atRoot.url + target)).status).toBe(404);
      // The endpoints are at the issuer's path, and so the document is not: it would be behind that path.
      expect((await fetch(`${mounted.url}${SERVER}`)).status).toBe(path === '' ? 200 : 404);
      for (const target of path === '' ? [] : [SERVER, SERVER + path, RESOURCE]) {
        expect((await fetch(mounted.url + path + target)).status).toBe(404);
      }
      expect((await fetch(`${mounted.url}${path}/token`)).status).toBe(405);
    },
  );

  it.each(['', '/tenants/a'])('S-244 are served to GET and HEAD only, with the issuer path "%s"', async (path) => {
    const { send, targets } = await documents(path);
    for (const target of targets) {
      const got = await send('GET', target);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
        const refused = await send(method, target, 'Access-Control-Request-Method: GET');
        expectCleanAnswer(refused, { status: 405, error: 'method_not_allowed' });
        expect([method, valuesOf(refused, 'allow')]).toEqual([method, ['GET, HEAD']]);
      }
      const head = await send('HEAD', target);
      expect([head.status, head.body, head.leftover]).toEqual([200, '', '']);
      const described = ({ headers }: typeof got) =>
        headers.filter(([name]) => name !== 'Date' && name !== 'Content-Length');
      expect(described(head)).toEqual(described(got));
    }
  });

  it.each(['', '/tenants/a'])('S-244 can be cached and read by all, with the issuer path "%s"', async (path) => {
    const { send, targets } = await documents(path);
    for (const target of targets) {
      const got = await send('GET', target);
      expectCleanAnswer(got, { status: 200, from: 'gateway' });
      expect(valuesOf(got, 'cache-control')).toEqual(['public, max-age=300']);
      expect(valuesOf(got, 'access-control-allow-origin')).toEqual(['*']);
      expect(valuesOf(got, 'x-content-type-options')).toEqual(['nosniff']);
      const sent = got.headers.map(([name]) => name.toLowerCase());
      for (const name of ['access-control-allow-credentials', 'set-cookie', 'x-powered-by', 'vary', 'pragma']) {
        expect(sent).not.toContain(name);
      }
      const asked = [
        'Accept: text/html',
        'Cookie: a=b',
        'Authorization: Bearer x',
        'If-None-Match: *',
        'Range: bytes=0-1',
      ];
      for (const query of ['?', '?evil', '?resource=https://evil.test&access_token=evil', '?client_secret=evil#evil']) {
        const { status, body } = await send('GET', target + query.replace('#', '%23'), ...asked);
        expect([query, status, body]).toEqual([query, 200, got.body]);
      }
    }
  });

  it('S-246 exist for existing resources only, and never repeat the requested path', async () => {
    const { send } = await documents('');
    const variants = [
      ...[
        '/',
        '/nothing',
        '/order',
        '/orders/',
        '/orders/1',
        '/orders;x',
        '/Orders',
        '/ORDERS',
        '/%6frders',
        '//orders',
      ],
      ...['/v1', '/v1/', '/v1/stock/', '/stock', '/v1%2fstock', '/v1/./stock', '/v1/x/../stock', '/v1/stock/1'],
      ...['/https://evil.test', '/orders%00', '/orders%0d%0aX-Evil:1', '/__proto__', '/constructor', 'orders', '-x'],
    ];
    for (const variant of variants) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const { status, headers, body } = await send(method, RESOURCE + variant);
        expect([method, variant, status]).toEqual([method, variant, 418]);
        expect([method, variant, body]).toEqual([method, variant, method === 'HEAD' ? '' : '{"passed":true}']);
        expect(JSON.stringify(headers).toLowerCase()).not.toContain('evil');
      }
    }
    for (const twin of ['/.well-known', '/.well-known/', '/.WELL-KNOWN/oauth-protected-resource', `/${RESOURCE}`]) {
      expect((await send('GET', twin)).status).toBe(418);
    }
  });

  it('S-246 of resources outside APIs exist once there is such a guard', async () => {
    const { gate, send } = await atItsAddress('', WITH_APIS, guardApis);
    for (const method of ['GET', 'POST']) expect((await send(method, RESOURCE)).status).toBe(418);
    const resources = async () =>
      listIn(JSON.parse((await send('GET', SERVER)).body) as Metadata, 'protected_resources');
    expect(await resources()).toHaveLength(2);
    gate.requireToken();
    for (const method of ['GET', 'POST'])
      expect((await send(method, RESOURCE)).status).toBe(method === 'GET' ? 200 : 405);
    expect(await resources()).toHaveLength(3);
  });

  it('S-247 list declared scopes and configured addresses, and nothing else of the gate', async () => {
    const own: Options = { ...WITH_APIS, ...(await onRedis()), realm: 'inner realm', paths: { live: '/inner/live' } };
    const { origin, send } = await atItsAddress('/tenants/a', own, (app, gate) => {
      guardApis(app, gate);
      app.get('/reports', gate.requireScope('admin', 'read'));
    });
    const read = async (target: string) => JSON.parse((await send('GET', target)).body) as unknown;
    const authenticated = ['client_secret_basic', 'client_secret_post'];
    expect(await read(`${SERVER}/tenants/a`)).toStrictEqual({
      issuer: `${origin}/tenants/a`,
      authorization_endpoint: `${origin}/tenants/a/authorize`,
      token_endpoint: `${origin}/tenants/a/token`,
      token_endpoint_auth_methods_supported: [...authenticated, 'none'],
      revocation_endpoint: `${origin}/tenants/a/revoke`,
      revocation_endpoint_auth_methods_supported: [...authenticated, 'none'],
      introspection_endpoint: `${origin}/tenants/a/introspect`,
      introspection_endpoint_auth_methods_supported: authenticated,
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      grant_types_supported: ['password', 'authorization_code', 'refresh_token', 'client_credentials'],
      scopes_supported: ['read', 'update', 'admin'],
      protected_resources: [origin, `${origin}/orders`, `${origin}/v1/stock`],
    });
    const common = { authorization_servers: [`${origin}/tenants/a`], bearer_methods_supported: ['header'] };
    expect(await read(RESOURCE)).toStrictEqual({ resource: origin, ...common, scopes_supported: ['admin', 'read'] });
    expect(await read(`${RESOURCE}/orders`)).toStrictEqual({
      resource: `${origin}/orders`,
      ...common,
      scopes_supported: ['read'],
      resource_name: 'Orders',
    });
    expect(await read(`${RESOURCE}/v1/stock`)).toStrictEqual({
      resource: `${origin}/v1/stock`,
      ...common,
      scopes_supported: ['update', 'admin'],
      resource_name: 'stock',
    });
  });
});

describe('a challenge', () => {
  const openApi = {
    openapi: '3.0.0',
    info: {},
    paths: { '/': { get: { security: [{ oauth: ['read'] }] } } },
    components: { securitySchemes: { oauth: { type: 'oauth2' } } },
  };
  /** A guard of each kind: its path and its resource. */
  const guards: Furnish = (app, gate) => {
    guardApis(app, gate);
    app.get('/scope', gate.requireScope('read'));
    app.get('/token-only', gate.requireToken());
    app.use('/by-method', gate.requireScope({ GET: 'read' }));
    app.use('/open-api', gate.fromOpenApi(openApi));
    app.get('/of-orders/scope', gate.api('orders').requireScope('read'));
    app.get('/of-orders/token', gate.api('orders').requireToken());
    app.use('/of-stock', gate.api('stock').requireScope({ GET: { anyOf: ['read', 'update'] } }));
  };
  /** The expected result for Jane's token without a scope: accepted, or refused for scope or subscription. */
  const places: readonly (readonly [target: string, context: string, status: number])[] = [
    ['/scope', '', 403],
    ['/token-only', '', 418],
    ['/by-method/1', '', 403],
    ['/open-api', '', 403],
    ['/orders', '/orders', 403],
    ['/orders/', '/orders', 403],
    ['/of-orders/scope', '/orders', 403],
    ['/of-orders/token', '/orders', 418],
    ['/v1/stock/1', '/v1/stock', 403],
    ['/of-stock', '/v1/stock', 403],
  ];

  it.each(['', '/', '/tenants/a', '/tenants/a/'])(
    'S-177 S-245 refers to the metadata of the requested resource, with the issuer path "%s"',
    async (path) => {
      const options = { ...WITH_APIS, applications: subscribing('orders') };
      const { origin, issuer, send, gate } = await atItsAddress(path, options, guards);
      const { accessToken } = await gate.tokens.issue({ clientId: APPLICATION[0], subject: JANE[0] });
      for (const [target, context, status] of places) {
        const method = target.startsWith('/v1/stock') ? 'PUT' : 'GET';
        const headers = [
          [],
          ['Authorization: Bearer'],
          ['Authorization: Bearer x'],
          [`Authorization: Bearer ${accessToken}`],
        ];
        const answers = await Promise.all(headers.map((lines) => send(method, target, ...lines)));
        expect([target, answers.map((answer) => answer.status)]).toEqual([target, [401, 400, 401, status]]);
        const challenges = answers.filter((answer) => answer.status !== 418).map(challengeOf);
        expect(Object.keys(challenges[0]?.parameters ?? {})).toEqual([
          'realm',
          ...(status === 403 ? ['scope'] : []),
          'resource_metadata',
        ]);
        for (const { parameters } of challenges) {
          expect(Object.keys(parameters).at(-1)).toBe('resource_metadata');
          expect([target, parameters['resource_metadata']]).toEqual([target, `${origin}${RESOURCE}${context}`]);
        }
        const document = await documentAt(challenges[0]?.parameters['resource_metadata'] ?? '');
        expect(document).toMatchObject({ resource: origin + context, authorization_servers: [issuer] });
      }
    },
  );

  it('S-245 has no resource_metadata if no resource metadata are mounted, and is otherwise the same', async () => {
    const options = { ...WITH_APIS, paths: { protectedResourceMetadata: false } as const };
    const { origin, send } = await atItsAddress('', options, guards);
    for (const [target, , status] of places) {
      const refused = await send(target.startsWith('/v1/stock') ? 'PUT' : 'GET', target);
      expect([target, refused.status, challengeOf(refused)]).toEqual([
        target,
        401,
        {
          scheme: 'Bearer',
          parameters: {
            realm: new URL(origin).host,
            ...(status === 403 && { scope: expect.stringMatching(/^[a-z ]+$/) }),
          },
        },
      ]);
    }
    for (const context of ['', '/orders', '/v1/stock']) {
      expect((await send('GET', RESOURCE + context)).status).toBe(418);
    }
    expect(await documentAt(origin + SERVER)).not.toHaveProperty('protected_resources');
  });

  it('S-245 refers to a resource whose authorization server has no metadata of its own, if configured so', async () => {
    const options = { ...WITH_APIS, paths: { authorizationServerMetadata: false } as const };
    const { origin, send } = await atItsAddress('/tenants/a', options, guards);
    for (const path of ['', '/tenants/a']) expect((await send('GET', SERVER + path)).status).toBe(418);
    const address = challengeOf(await send('GET', '/orders')).parameters['resource_metadata'] ?? '';
    expect(await documentAt(address)).toHaveProperty('resource', `${origin}/orders`);
  });
});

test('S-245 two gates on one host, each with a path and APIs of its own, are distinguished', async () => {
  const app = express();
  for (const name of ['a', 'b']) {
    const orders = {
      context: `/${name}/orders`,
      resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }],
    } as const;
    const { gate } = aGate({
      issuer: `http://127.0.0.1/${name}`,
      apis: { orders },
      applications: subscribing('orders'),
    });
    app.use(gate.wellKnown());
    app.use(`/${name}/orders`, gate.api('orders'));
  }
  for (const name of ['a', 'b']) {
    const refused = await request(app).get(`/${name}/orders`).expect(401);
    const { resource_metadata: address = '' } = challengeOf(refused).parameters;
    const { body } = await request(app).get(new URL(address).pathname).expect(200);
    expect(body).toMatchObject({ authorization_servers: [`http://127.0.0.1/${name}`] });
  }
});
