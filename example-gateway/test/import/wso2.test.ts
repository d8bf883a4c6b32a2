import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { echoUpstream, type EchoUpstream } from '../support/upstream';
import { aSource, importInto, samplePath, startImported } from './support/imported';

const problemsOf = ({ gaps }: { readonly gaps: readonly { readonly problem: string }[] }): readonly string[] =>
  gaps.map(({ problem }) => problem);

type Keys = Readonly<Record<string, unknown>>;

const anOperation = (target: string, keys: Keys = {}): Keys => ({
  target,
  verb: 'GET',
  authType: 'Application & Application User',
  throttlingPolicy: 'Unlimited',
  scopes: [],
  ...keys,
});

/** An `api.yaml` as version 4 exports it. JSON is YAML. */
const anApiFile = (keys: Keys = {}): string =>
  JSON.stringify({
    type: 'api',
    version: 'v4.1.0',
    data: {
      name: 'Orders',
      context: '/orders',
      version: '1.0.0',
      lifeCycleStatus: 'PUBLISHED',
      type: 'HTTP',
      policies: ['Unlimited'],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: 'http://orders.internal/base' } },
      scopes: [
        { scope: { name: 'read', description: 'See orders', bindings: [] }, shared: false },
        { scope: { name: 'write', displayName: 'w', bindings: ['clerk', 'Internal/subscriber'] }, shared: true },
      ],
      operations: [
        anOperation('/*', { scopes: ['read', 'write'] }),
        anOperation('/{id}', { verb: 'PUT', scopes: ['write'] }),
        anOperation('/health', { authType: 'None' }),
      ],
      ...keys,
    },
  });

const importApi = (keys: Keys = {}, others: Readonly<Record<string, string>> = {}) =>
  importInto('wso2', aSource({ 'Orders-1.0.0/api.yaml': anApiFile(keys), ...others }));

describe('import wso2', () => {
  it('reports each key once, and the steps that follow', () => {
    const { report } = importInto('wso2', samplePath('wso2/PizzaShackAPI-2'));
    const lines = report.split('\n').filter((line) => line !== '');
    expect(
      lines.filter((line, index) => lines.indexOf(line) !== index && !/^\| (?:---|in the source)/.test(line)),
    ).toEqual([]);
    expect(report).toMatch(/## Next steps\n\n1\. /);
    expect(report).toContain('`npx scopegate check gateway.yaml`');
  });

  it.each(['MyProduct-1.0.0', 'PizzaShackAPI-2', 'sampleapi.zip', 'sample-api.yaml', 'railco-train.json'])(
    'imports the sample %s into a valid file',
    (name) => {
      const { faults, apis, report } = importInto('wso2', samplePath(`wso2/${name}`));
      expect({ faults, apis: apis > 0 }).toEqual({
        faults: [],
        apis: true,
      });
      expect(report).toContain('# Import report');
    },
  );

  it('puts the version into the context, and keeps upstreams, resources and scopes of the petstore', () => {
    const { file } = importInto('wso2', samplePath('wso2/MyProduct-1.0.0'));
    expect(file.apis['SwaggerPetstore']).toMatchObject({ context: '/v2/1.0.5', version: '1.0.5' });
    expect(file.apis['SwaggerPetstore']?.resources).toContainEqual({
      path: '/pet/:petId',
      methods: ['POST', 'DELETE'],
      anyOf: ['write:pets', 'read:pets'],
    });
    expect(file.apis['PizzaShackAPI']).toMatchObject({
      context: '/pizzashack/1.0.0',
      upstream: 'https://localhost:9443/am/sample/pizzashack/v1/api',
      resources: [
        { path: '/order', methods: ['POST'] },
        { path: '/menu', methods: ['GET'] },
        { path: '/order/:orderId', methods: ['GET', 'PUT', 'DELETE'] },
      ],
    });
  });

  it('reads the format of version 2, with its endpoints as text', () => {
    const { file, gaps } = importInto('wso2', samplePath('wso2/PizzaShackAPI-2'));
    expect(file.apis['PizzaShackAPI']).toMatchObject({ context: '/pizzashack/1.0.0', timeouts: { response: 3_000 } });
    expect(gaps).toContainEqual(
      expect.objectContaining({ place: expect.objectContaining({ file: 'api_params.yml' }) as unknown }),
    );
  });

  it('reads the same from a zip archive as from its folder', () => {
    const text = readFileSync(samplePath('wso2/sample-api.yaml'));
    const archive = aSource({ 'PizzaShackAPI.zip': zipSync({ 'PizzaShackAPI-1.0.0/api.yaml': text }) });
    const [zipped, plain] = [
      importInto('wso2', `${archive}/PizzaShackAPI.zip`),
      importInto('wso2', samplePath('wso2/sample-api.yaml')),
    ];
    expect(zipped.yaml).toBe(plain.yaml);
  });

  it('takes one of several scopes as enough, roles from bindings, and no token where there is no security', () => {
    const { file, faults } = importApi();
    expect(faults).toEqual([]);
    expect(file).toMatchObject({
      errors: 'wso2',
      scopes: { read: { description: 'See orders' }, write: { roles: ['clerk', 'Internal/subscriber'] } },
    });
    expect(file.apis['Orders']?.resources).toEqual([
      { path: '/*', methods: ['GET'], anyOf: ['read', 'write'] },
      // What a more general path allows, a more specific one allows too: there the method decides as well.
      { path: '/:id', methods: ['GET'], anyOf: ['read', 'write'] },
      { path: '/:id', methods: ['PUT'], scopes: ['write'] },
      { path: '/health', methods: ['GET'], public: true },
      { path: '/health', methods: ['PUT'], scopes: ['write'] },
    ]);
  });

  it('takes the numbers of business plans and throttling policies, with a plan without a limit beside them', () => {
    const imported = importApi({
      policies: ['Gold', 'Unlimited', 'OurOwn'],
      operations: [
        anOperation('/a', { throttlingPolicy: '10KPerMin' }),
        anOperation('/b', { throttlingPolicy: 'OurOwn' }),
      ],
    });
    expect(imported.faults).toEqual([]);
    expect(imported.file).toMatchObject({
      plans: { Gold: { requests: 5_000, per: 60 }, Unlimited: { requests: 1_000_000_000, per: 60 } },
      apis: { Orders: { plans: ['Gold', 'Unlimited'] } },
    });
    expect(imported.file.apis['Orders']?.resources).toEqual([
      { path: '/a', methods: ['GET'], limit: { requests: 10_000, per: 60, by: 'application' } },
      { path: '/b', methods: ['GET'] },
    ]);
    expect(problemsOf(imported)).toContain('The numbers of the business plan OurOwn are not in the export');
  });

  it('serves the default version without the version in its path as well', () => {
    const { file } = importApi({ isDefaultVersion: true });
    expect(Object.values(file.apis).map(({ context }) => context)).toEqual(['/orders/1.0.0', '/orders']);
  });

  it('takes the place of the version from the context', () => {
    const { file } = importApi({ context: '/{version}/orders' });
    expect(file.apis['Orders']).toMatchObject({ context: '/1.0.0/orders' });
  });

  it('reads operations from the definition if the API lists none', () => {
    const definition = {
      paths: {
        '/menu': { get: { 'x-auth-type': 'None' }, post: { security: [{ default: ['write'] }] } },
      },
    };
    const { file } = importApi(
      { operations: [] },
      { 'Orders-1.0.0/Definitions/swagger.yaml': JSON.stringify(definition) },
    );
    expect(file.apis['Orders']?.resources).toEqual([
      { path: '/menu', methods: ['GET'], public: true },
      { path: '/menu', methods: ['POST'], scopes: ['write'] },
    ]);
  });

  it.each([
    ['BLOCKED', { lifeCycleStatus: 'BLOCKED' }, 'The API is BLOCKED'],
    ['RETIRED', { lifeCycleStatus: 'RETIRED' }, 'The API is RETIRED'],
    ['advertised only', { advertiseInfo: { advertised: true } }, 'The API is only advertised'],
    ['of the type GRAPHQL', { type: 'GRAPHQL' }, 'APIs of the type GRAPHQL have no counterpart'],
  ])('leaves out an API that is %s', (_, keys, problem) => {
    const imported = importApi(keys);
    expect(imported).toMatchObject({ apis: 0, faults: [] });
    expect(problemsOf(imported)).toContainEqual(expect.stringContaining(problem));
  });

  it.each([
    ['caching', { responseCachingEnabled: true }],
    ['mediation', { mediationPolicies: [{ name: 'log', type: 'in' }] }],
    [
      'policies of operations',
      {
        operations: [anOperation('/a', { operationPolicies: { request: [{ policyName: 'rewrite' }], response: [] } })],
      },
    ],
    ['other authentication', { securityScheme: ['api_key', 'oauth_basic_auth_api_key_mandatory'] }],
    ['another header', { authorizationHeader: 'X-Token' }],
    ['visibility', { visibleRoles: ['internal'] }],
    ['https alone', { transport: ['https'] }],
    ['limits of the upstream', { maxTps: { production: 5 } }],
    [
      'credentials of the upstream',
      {
        endpointConfig: {
          endpoint_type: 'http',
          production_endpoints: { url: 'http://orders.internal' },
          endpoint_security: { production: { enabled: true, type: 'BASIC', username: 'admin', password: 's3cret' } },
        },
      },
    ],
    ['keys of later versions', { somethingNew: 1 }],
  ])('reports %s', (_, keys) => {
    const [plain, imported] = [importApi(), importApi(keys)];
    expect(imported.gaps.length).toBe(plain.gaps.length + 1);
    expect(imported.report + imported.yaml).not.toContain('s3cret');
  });

  it('replaces secrets and passwords of applications by variables', () => {
    const application = {
      type: 'application',
      version: 'v4.1.0',
      data: {
        applicationInfo: {
          name: 'Pizza App',
          owner: 'admin',
          throttlingPolicy: 'Unlimited',
          keys: [
            {
              keyType: 'PRODUCTION',
              consumerKey: 'abc_key',
              consumerSecret: 'c3VwZXItczNjcmV0',
              supportedGrantTypes: [
                'password',
                'client_credentials',
                'urn:ietf:params:oauth:grant-type:saml2-bearer',
                'refresh_token',
              ],
              callbackUrl: 'regexp=(https://a|https://b)',
            },
            { keyType: 'SANDBOX', consumerKey: 'sandbox_key', consumerSecret: 'x-s3cret' },
          ],
        },
        subscribedAPIs: [
          { apiId: { providerName: 'admin', apiName: 'Orders', version: '1.0.0' }, throttlingPolicy: 'Unlimited' },
          { apiId: { providerName: 'admin', apiName: 'Elsewhere', version: '1' }, throttlingPolicy: 'Gold' },
        ],
      },
    };
    const imported = importApi({}, { 'Pizza App/application.yaml': JSON.stringify(application) });
    expect(imported).toMatchObject({ faults: [] });
    expect(imported.yaml + imported.report).not.toMatch(/s3cret|c3VwZXI/);
    expect(imported.file).toMatchObject({
      users: [{ username: 'admin', password: '${PASSWORD_OF_ADMIN}' }],
      applications: [
        {
          name: 'Pizza App',
          owner: 'admin',
          consumerKey: 'abc_key',
          consumerSecret: '${PIZZA_APP_PRODUCTION_SECRET}',
          sandbox: { consumerKey: 'sandbox_key', consumerSecret: '${PIZZA_APP_SANDBOX_SECRET}' },
          grantTypes: ['password', 'refresh_token', 'client_credentials'],
          subscriptions: ['Orders'],
        },
      ],
    });
    expect(problemsOf(imported)).toEqual(
      expect.arrayContaining([
        'Redirect URIs are exact, with https or a loopback host',
        'The application subscribes to an API that is not in the export',
      ]),
    );
  });

  it('names a file that is not an export', () => {
    const path = aSource({ 'notes.yaml': 'a: 1\n' });
    expect(() => importInto('wso2', path)).toThrow(/^notes\.yaml: /);
  });
});

describe('an imported API of WSO2', () => {
  let upstream: EchoUpstream;

  beforeAll(async () => {
    upstream = await echoUpstream();
  });

  it('answers 401, 403 and 200 as the source requires, and sends what the old gateway sent', async () => {
    const { gateway, tokenFor } = await startImported(importApi(), upstream.url);
    const send = async (line: string, token?: string) =>
      (await gateway.send([`${line} HTTP/1.1`], token === undefined ? {} : { token })).status;
    const [read, both] = [await tokenFor('read'), await tokenFor('read write')];
    expect(await send('GET /orders/1.0.0/health')).toBe(200);
    expect(upstream.seen.at(-1)?.url).toBe('/base/health');
    expect(await send('GET /orders/1.0.0/7')).toBe(401);
    expect(await send('GET /orders/1.0.0/7/lines?x=1', read)).toBe(200);
    expect(upstream.seen.at(-1)?.url).toBe('/base/7/lines?x=1');
    expect(await send('PUT /orders/1.0.0/7', read)).toBe(403);
    expect(await send('PUT /orders/1.0.0/7', both)).toBe(200);
    expect(await send('GET /orders/7', both)).toBe(404);
  });

  it('walks through the petstore of the samples', async () => {
    const imported = importInto('wso2', samplePath('wso2/MyProduct-1.0.0'));
    const { gateway, tokenFor } = await startImported(imported, upstream.url);
    const [token, plain] = [await tokenFor('read:pets'), await tokenFor('')];
    const send = (line: string, using: string) => gateway.send([`${line} HTTP/1.1`], { token: using });
    expect((await send('GET /v2/1.0.5/pet/findByStatus?status=sold', token)).status).toBe(200);
    expect(upstream.seen.at(-1)?.url).toBe('/pet/findByStatus?status=sold');
    expect((await send('GET /pizzashack/1.0.0/menu', plain)).status).toBe(200);
    expect(upstream.seen.at(-1)?.url).toBe('/am/sample/pizzashack/v1/api/menu');
  });
});
