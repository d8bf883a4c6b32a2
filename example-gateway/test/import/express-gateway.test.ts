import { echoUpstream, type EchoUpstream } from '../support/upstream';
import { importInto, importText, samplePath, startImported } from './support/imported';

/** A shop with the policies that gateways in use have. */
const SHOP = `
http: { port: \${EG_HTTP_PORT:-8081} }
apiEndpoints:
  orders-read: { host: '*', paths: [/orders, '/orders/:id'], methods: [GET], scopes: [read] }
  orders-write: { host: '*', paths: [/orders, '/orders/:id'], methods: 'POST,PUT', scopes: [read, write] }
  stock: { paths: '/stock/*' }
  status: { paths: /api/v1/status }
  reports: { paths: ['/api/v1/reports/*', /api/v1/reports], scopes: [read] }
serviceEndpoints:
  orders: { url: 'http://orders.internal:3000' }
  stock: { url: 'http://stock.internal/base/' }
  reports: { urls: ['http://reports-1.internal/r', 'http://reports-2.internal/r'] }
policies: [oauth2, proxy, rate-limit, cors, log]
pipelines:
  orders:
    apiEndpoints: [orders-read, orders-write]
    policies:
      - cors: [{ action: { origin: ['https://app.example.com'], credentials: false, maxAge: 300 } }]
      - oauth2:
      - log: [{ action: { message: '\${req.method}' } }]
      - proxy: [{ action: { serviceEndpoint: orders, changeOrigin: true } }]
  stock:
    apiEndpoints: stock
    policies:
      - oauth2: {}
      - proxy: { action: { serviceEndpoint: stock, stripPath: true } }
  status:
    apiEndpoints: [status]
    policies: [{ proxy: [{ action: { serviceEndpoint: stock } }] }]
  reports:
    apiEndpoints: [reports]
    policies: [{ key-auth: {} }, { proxy: [{ action: { serviceEndpoint: reports, stripPath: true } }] }]
`;

/** The text of a gateway with one API endpoint and one pipeline, `backend` being http://backend.internal/base. */
const withPolicies = (policies: string, endpoint = '{ paths: /one, scopes: [read] }'): string => `
apiEndpoints: { one: ${endpoint} }
serviceEndpoints: { backend: { url: 'http://backend.internal/base' } }
pipelines: { one: { apiEndpoints: [one], policies: ${policies} } }
`;

const PROXY = '{ proxy: { action: { serviceEndpoint: backend } } }';

const problemsOf = ({ gaps }: { readonly gaps: readonly { readonly problem: string }[] }): readonly string[] =>
  gaps.map(({ problem }) => problem);

describe('import express-gateway', () => {
  it.each(['basic', 'getting-started', 'default', 'round-robin'])('imports the sample %s into a valid file', (name) => {
    const imported = importInto('express-gateway', samplePath(`express-gateway/${name}`));
    expect(imported).toMatchObject({ faults: [], variables: [] });
    expect(imported.report).toContain('# Import report');
    expect(imported.yaml).not.toContain('\n\n\n');
  });

  it('names file, line and key of what has no counterpart, and what to do instead', () => {
    const { report } = importInto('express-gateway', samplePath('express-gateway/getting-started'));
    expect(report).toContain(
      '| `config/gateway.config.yml:8` `apiEndpoints.api.host` | APIs are served for every host name |',
    );
    expect(report).toContain(
      '| `config/gateway.config.yml:3` `admin` | There is no HTTP API for management | Use the command',
    );
  });

  it('keeps ports, endpoints and lifetimes', () => {
    const { file } = importInto('express-gateway', samplePath('express-gateway/getting-started'));
    expect(file).toMatchObject({
      listen: { port: 8080 },
      paths: { authorize: '/oauth2/authorize', token: '/oauth2/token' },
      tokens: { accessTokenLifetime: 7_200, refreshTokenLifetime: 7_200 },
      apis: { api: { context: '/ip', upstream: 'https://httpbin.org/ip' } },
    });
  });

  it('joins endpoints that share paths and upstream into one API, and keeps the others apart', () => {
    const { file, faults } = importText(SHOP);
    expect(faults).toEqual([]);
    expect(file).toMatchObject({
      listen: { port: 8_081 },
      cors: { origins: ['https://app.example.com'], maxAge: 300 },
      log: { access: true },
      scopes: { read: {}, write: {} },
    });
    expect(file.apis).toEqual({
      'orders-read': {
        context: '/orders',
        upstream: 'http://orders.internal:3000/orders',
        resources: [
          { path: '/', methods: ['GET'], scopes: ['read'] },
          { path: '/', methods: ['POST', 'PUT'], scopes: ['read', 'write'] },
          { path: '/:id', methods: ['GET'], scopes: ['read'] },
          { path: '/:id', methods: ['POST', 'PUT'], scopes: ['read', 'write'] },
        ],
      },
      stock: {
        context: '/stock',
        upstream: 'http://stock.internal/base/',
        resources: [{ path: '/*', methods: expect.arrayContaining(['GET', 'DELETE']) as string[] }],
      },
      status: {
        context: '/api/v1/status',
        upstream: 'http://stock.internal/base/api/v1/status',
        resources: [{ path: '/', methods: expect.arrayContaining(['GET']) as string[], public: true }],
      },
      reports: {
        context: '/api/v1/reports',
        upstreams: ['http://reports-1.internal/r/', 'http://reports-2.internal/r/'],
        resources: [
          { path: '/*', methods: expect.arrayContaining(['GET']) as string[], scopes: ['read'] },
          { path: '/', methods: expect.arrayContaining(['GET']) as string[], scopes: ['read'] },
        ],
      },
    });
  });

  describe('the access of a pipeline', () => {
    const resourceOf = (policies: string) => importText(withPolicies(policies)).file.apis['one']?.resources[0];

    it('is public without an authentication policy, and needs the scopes with oauth2', () => {
      expect(resourceOf(`[${PROXY}]`)).toMatchObject({ public: true });
      expect(resourceOf(`[{ oauth2: }, ${PROXY}]`)).toMatchObject({ scopes: ['read'] });
    });

    it.each(['key-auth', 'basic-auth', 'jwt', 'oauth2-introspect', 'a-policy-of-a-plugin'])(
      'needs a token with the policy %s, which has no counterpart',
      (policy) => {
        const imported = importText(withPolicies(`[{ ${policy}: {} }, ${PROXY}]`));
        expect(imported.file.apis['one']?.resources[0]).toMatchObject({ scopes: ['read'] });
        expect(problemsOf(imported)).toContainEqual(expect.stringContaining(`The policy ${policy} has no counterpart`));
      },
    );

    it('needs a token even if a condition decides, or if requests without one passed', () => {
      const conditional = `[{ oauth2: { condition: { name: pathMatch, pattern: x } } }, ${PROXY}]`;
      expect(resourceOf(conditional)).not.toHaveProperty('public');
      expect(resourceOf(`[{ oauth2: { action: { passThrough: true } } }, ${PROXY}]`)).not.toHaveProperty('public');
    });

    it('is not changed by policies after the proxy, or by those that never run', () => {
      expect(resourceOf(`[${PROXY}, { oauth2: }]`)).toMatchObject({ public: true });
      expect(resourceOf(`[{ oauth2: { condition: { name: never } } }, ${PROXY}]`)).toMatchObject({ public: true });
    });
  });

  describe('what cannot be expressed', () => {
    it.each([
      ['an API at the root of the host', withPolicies(`[${PROXY}]`, '{ host: a.example.com }'), 'An API at the root'],
      ['a regular expression', withPolicies(`[${PROXY}]`, '{ pathRegex: ^/one }'), 'Regular expressions for paths'],
      [
        'a pattern inside a segment',
        withPolicies(`[${PROXY}]`, "{ paths: '/one/:id(\\\\d+)' }"),
        'a pattern inside a segment',
      ],
      [
        'ignorePath with a wildcard',
        withPolicies('[{ proxy: { action: { serviceEndpoint: backend, ignorePath: true } } }]', "{ paths: '/one/*' }"),
        'With ignorePath all paths lead to the same one',
      ],
      [
        'an upstream that a condition chooses',
        withPolicies(
          `[{ proxy: [{ condition: { name: expression, expression: x }, action: { serviceEndpoint: backend } }] }, ${PROXY}]`,
        ),
        'An upstream that is chosen by a condition',
      ],
      ['a pipeline without a proxy', withPolicies('[{ oauth2: }]'), 'The pipeline has no proxy policy'],
    ])('leaves out and reports %s', (_, text, problem) => {
      const imported = importText(text);
      expect(imported).toMatchObject({ apis: 0, faults: [] });
      expect(problemsOf(imported)).toContainEqual(expect.stringContaining(problem));
    });

    it('leaves out a path that an earlier endpoint takes, which would come to life here', () => {
      const imported = importText(`
apiEndpoints:
  all: { paths: '/api/*', scopes: [admin] }
  open: { paths: /api/open }
serviceEndpoints: { backend: { url: 'http://backend.internal' } }
pipelines:
  all: { apiEndpoints: [all], policies: [{ oauth2: }, ${PROXY}] }
  open: { apiEndpoints: [open], policies: [${PROXY}] }
`);
      expect(imported.file.apis).toEqual({ all: expect.objectContaining({ context: '/api' }) as unknown });
      expect(problemsOf(imported)).toContain('An earlier API endpoint, all, takes requests to this one');
    });

    it('reports a path of an outer API that an inner one answers', () => {
      const imported = importText(`
apiEndpoints:
  inner: { paths: '/api/orders/:id' }
  outer: { paths: '/api/*' }
serviceEndpoints: { one: { url: 'http://one.internal' }, two: { url: 'http://two.internal' } }
pipelines:
  inner: { apiEndpoints: [inner], policies: [{ proxy: { action: { serviceEndpoint: one } } }] }
  outer: { apiEndpoints: [outer], policies: [{ proxy: { action: { serviceEndpoint: two } } }] }
`);
      expect(imported).toMatchObject({ apis: 2, faults: [] });
      expect(problemsOf(imported)).toContainEqual(
        expect.stringContaining('Paths below /api/orders are answered by the API inner'),
      );
    });

    it('adds the paths that two patterns match, with the rule of the first', () => {
      const { file, faults } = importText(`
apiEndpoints:
  one: { paths: '/p/a/:x', scopes: [one] }
  two: { paths: '/p/:y/b', scopes: [two] }
serviceEndpoints: { backend: { url: 'http://backend.internal' } }
pipelines: { all: { apiEndpoints: [one, two], policies: [{ oauth2: }, ${PROXY}] } }
`);
      expect(faults).toEqual([]);
      expect(Object.values(file.apis).flatMap(({ resources }) => resources)).toContainEqual(
        expect.objectContaining({ path: '/a/b', scopes: ['one'] }),
      );
    });
  });

  it.each([
    ['by address', 'max: 7, windowMs: 1500', { resource: { limit: { requests: 7, per: 2, by: 'address' } } }],
    ['by consumer', "max: 7, rateLimitBy: '${egContext.consumer.id}'", { plans: { one: { requests: 7, per: 60 } } }],
    ['by host, which has no counterpart', "max: 7, rateLimitBy: '${req.hostname}'", {}],
    ['that is off', 'max: 0', {}],
  ])('takes a rate limit %s', (_, action, expected: { readonly resource?: object; readonly plans?: object }) => {
    const { file, faults } = importText(
      withPolicies(`[{ oauth2: }, { rate-limit: { action: { ${action} } } }, ${PROXY}]`),
    );
    expect({ faults, plans: file['plans'] }).toEqual({ faults: [], plans: expected.plans });
    expect(file.apis['one']?.resources[0]).toEqual({
      path: '/',
      methods: expect.any(Array) as unknown,
      scopes: ['read'],
      ...expected.resource,
    });
  });

  it('writes no secret into the file or the report', () => {
    const gateway = withPolicies(
      `[{ jwt: { action: { secretOrPublicKey: jwt-s3cret } } }, { proxy: { action: { serviceEndpoint: backend, auth: 'user:auth-s3cret' } } }]`,
    );
    const imported = importText(
      gateway.replace('http://backend', 'http://user:url-s3cret@backend'),
      'db: { redis: { host: redis.internal, port: 6380, password: redis-s3cret, namespace: EG } }\ncrypto: { cipherKey: key-s3cret }\nsession: { secret: session-s3cret }\n',
    );
    expect(imported.yaml + imported.report).not.toContain('s3cret');
    expect(imported.file).toMatchObject({
      redis: { url: 'redis://redis.internal:6380', password: '${REDIS_PASSWORD}' },
    });
    expect(imported).toMatchObject({ faults: [], variables: [{ name: 'REDIS_PASSWORD' }] });
  });

  it('refers to environment variables without a default, and takes the defaults of the others', () => {
    const text =
      withPolicies(`[${PROXY}]`).replace('http://backend.internal/base', '${BACKEND}') + 'http: { port: ${PORT} }\n';
    const imported = importText(text);
    expect(imported.file).toMatchObject({ listen: { port: '${PORT}' }, apis: { one: { upstream: '${BACKEND}/one' } } });
    expect(imported).toMatchObject({ faults: [], variables: [{ name: 'BACKEND' }, { name: 'PORT' }] });
  });

  it('reports every fault of the source, with file and line, and writes nothing', () => {
    const text =
      'apiEndpoints: 5\nserviceEndpoints:\n  a: { url: [ftp://x] }\npipelines: { p: { policies: [{ proxy: { action: { serviceEndpoint: a } } }] } }\nhttp: { port: 70000 }\n';
    expect(() => importText(text)).toThrow(
      [
        'gateway.config.yml:3: serviceEndpoints.a.url[0]: must be an http or https address',
        'gateway.config.yml:1: apiEndpoints: must be a map',
        'gateway.config.yml:5: http.port: must be a port from 0 to 65535',
      ].join('\n'),
    );
  });
});

describe('an imported Express Gateway', () => {
  let upstream: EchoUpstream;

  beforeAll(async () => {
    upstream = await echoUpstream();
  });

  it('answers 401, 403 and 200 as the source requires', async () => {
    const { gateway, tokenFor } = await startImported(importText(SHOP), upstream.url);
    const status = async (line: string, token?: string) =>
      (await gateway.send([`${line} HTTP/1.1`], token === undefined ? {} : { token })).status;
    const [read, write] = [await tokenFor('read'), await tokenFor('read write')];
    expect(await status('GET /orders/1')).toBe(401);
    expect(await status('GET /orders/1', read)).toBe(200);
    expect(await status('PUT /orders/1', read)).toBe(403);
    expect(await status('PUT /orders/1', write)).toBe(200);
    expect(await status('GET /stock/7')).toBe(401);
    expect(await status('GET /stock/7', read)).toBe(200);
    expect(await status('GET /api/v1/status')).toBe(200);
    expect(await status('GET /api/v1/other')).toBe(404);
  });

  // What Express Gateway 1.16 sends: the whole path after that of the service, or what follows the first wildcard.
  it.each([
    ['/orders/1?a=b', '/orders/1?a=b'],
    ['/stock/7/parts?x', '/base/7/parts?x'],
    ['/stock/', '/base/'],
    ['/orders?a=b', '/orders?a=b'],
    ['/api/v1/status', '/base/api/v1/status'],
    ['/api/v1/reports', '/r/'],
    ['/api/v1/reports/2026/1', '/r/2026/1'],
  ])('sends the request %s to the upstream as %s', async (request, expected) => {
    const { gateway, tokenFor } = await startImported(importText(SHOP), upstream.url);
    const { status } = await gateway.send([`GET ${request} HTTP/1.1`], { token: await tokenFor('read') });
    expect({ status, url: upstream.seen.at(-1)?.url }).toEqual({ status: 200, url: expected });
  });

  it('serves the sample of the getting started guide at the path that it had', async () => {
    const { gateway } = await startImported(
      importInto('express-gateway', samplePath('express-gateway/getting-started')),
      upstream.url,
    );
    expect((await gateway.send(['GET /ip?a HTTP/1.1'])).status).toBe(200);
    expect(upstream.seen.at(-1)?.url).toBe('/ip?a');
  });
});
