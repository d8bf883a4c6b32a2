import express from 'express';
import { ConfigurationError } from 'scopegate';
import { challengeOf } from '../../support/http/challenge';
import { aGate, APPLICATION, type Pair } from '../../support/gate/gate';
import { rawRequest, sendRaw, serve, valuesOf } from '../../support/http/raw-http';
import { thrownBy } from '../../support/expect/thrown';
import { documentOf, secured, securitySchemes } from './documents';

/** May have every scope. */
const ANN: Pair = ['ann@johnsorg', 'ann-password'];

const application = { name: 'Orders app', owner: ANN[0], consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] };

const orders = documentOf(
  {
    '/orders': { get: secured({ oauth: ['read'] }), post: secured({ oauth: ['read', 'update'] }) },
    '/reports/': { get: secured({ oauth: ['update'] }) },
    '/orders/{order-id}': {
      get: secured({ oauth: ['read', 'update'] }, { oauth: ['admin'] }),
      head: secured({ oauth: ['read'] }),
      put: secured({ oauth: ['update'] }, { oauth: ['admin'] }),
      delete: secured({ bearer: [] }),
    },
    '/orders/mine': { get: secured({ oauth: ['read'] }, { key: [] }) },
    '/orders/{a}/lines/{b}': { $ref: '#/components/pathItems/line' },
    '/%3Aid': { get: secured({ oauth: ['update'] }) },
    '/status': { get: secured(), put: secured({ oauth: ['update'] }, {}) },
    '/standard': { get: {} },
  },
  {
    components: { securitySchemes, pathItems: { line: { get: secured({ oauth: ['read'] }) } } },
    security: [{ oauth: ['update'] }],
    servers: [{ url: 'https://example.com/v2' }],
  },
);

/** The document's guard below /v1 of a real server. */
const served = async (document: object = orders) => {
  const users = [{ username: 'ann', organization: 'johnsorg', password: ANN[1], roles: ['clerk', 'manager'] }];
  const { gate, signIn, lines } = aGate({ users, applications: [application] });
  const app = express();
  const reached: string[] = [];
  app.use('/v1', gate.fromOpenApi(document), (incoming, response) => {
    reached.push(`${incoming.method} ${incoming.url}`);
    response.json({ subject: gate.findAuth(incoming)?.subject });
  });
  app.use((_request, response) => {
    reached.push('behind');
    response.status(418).json({});
  });
  const { port } = await serve(app);
  const send = (method: string, target: string, token?: string) => {
    const authorization = token === undefined ? [] : [`Authorization: Bearer ${token}`];
    return sendRaw(
      port,
      rawRequest([`${method} ${target} HTTP/1.1`, 'Host: h', 'Connection: close', ...authorization]),
    );
  };
  const [nothing, read, update, both, admin] = await Promise.all(
    [undefined, 'read', 'update', 'read update', 'admin'].map(async (scope) => (await signIn(ANN, scope)).access_token),
  );
  /** Statuses without a token, and with tokens of no scope, read, update, both, and admin. */
  const statuses = async (method: string, target: string): Promise<readonly number[]> =>
    Promise.all(
      [undefined, nothing, read, update, both, admin].map(async (token) => (await send(method, target, token)).status),
    );
  return { send, statuses, reached, both, read, lines };
};

describe('an OpenAPI document', () => {
  test.each<[what: string, method: string, target: string, ...statuses: number[]]>([
    ['one scope', 'GET', '/orders', 401, 403, 200, 403, 200, 403],
    ['two scopes, which are both needed', 'POST', '/orders', 401, 403, 403, 403, 200, 403],
    ['two scopes, or a third', 'GET', '/orders/1', 401, 403, 403, 403, 200, 200],
    ['one scope or another', 'PUT', '/orders/1', 401, 403, 403, 200, 200, 200],
    ['any live token', 'DELETE', '/orders/1', 401, 200, 200, 200, 200, 200],
    ['a scope, an alternative being dropped', 'GET', '/orders/mine', 401, 403, 200, 403, 200, 403],
    ['a path item found by reference', 'GET', '/orders/1/lines/2', 401, 403, 200, 403, 200, 403],
    ["the document's own list", 'GET', '/standard', 401, 403, 403, 200, 200, 403],
    ['nothing', 'GET', '/status', 200, 200, 200, 200, 200, 200],
    ['a scope or nothing', 'PUT', '/status', 200, 200, 200, 200, 200, 200],
    ['HEAD where GET is', 'HEAD', '/orders', 401, 403, 200, 403, 200, 403],
    ['HEAD with a list of its own', 'HEAD', '/orders/1', 401, 403, 200, 403, 200, 403],
    ['HEAD of what is public', 'HEAD', '/status', 200, 200, 200, 200, 200, 200],
    ['a path with a slash at its end', 'GET', '/reports/', 401, 403, 403, 200, 200, 403],
    ['a literal colon, escaped', 'GET', '/%3Aid', 401, 403, 403, 200, 200, 403],
    ['a literal colon', 'GET', '/:id', 401, 403, 403, 200, 200, 403],
  ])('guards %s: %s %s', async (_what, method, target, ...expected) => {
    const { statuses, reached } = await served();
    expect(await statuses(method, `/v1${target}`)).toEqual(expected);
    expect(reached).toEqual(expected.filter((status) => status === 200).map(() => `${method} ${target}`));
  });

  test('answers 404 to undeclared paths and 405 to undeclared methods', async () => {
    const { send, statuses, reached, both } = await served();
    for (const target of [
      '/v1',
      '/v1/',
      '/v1/id',
      '/v1/status/',
      '/v1/reports',
      '/v1/orders/1/',
      '/v1/orders/1/lines',
      '/v1/v2/orders',
    ]) {
      expect([target, await statuses('GET', target)]).toEqual([target, [404, 404, 404, 404, 404, 404]]);
    }
    for (const [method, target, allow] of [
      ['PATCH', '/v1/orders', 'GET, HEAD, POST'],
      ['OPTIONS', '/v1/orders', 'GET, HEAD, POST'],
      ['POST', '/v1/reports/', 'GET, HEAD'],
      ['PATCH', '/v1/orders/1', 'GET, PUT, DELETE, HEAD'],
      ['TRACE', '/v1/status', 'GET, HEAD, PUT'],
    ] as const) {
      const answer = await send(method, target, both);
      expect([method, target, answer.status, valuesOf(answer, 'allow')]).toEqual([method, target, 405, [allow]]);
    }
    expect(reached).toEqual([]);
  });

  test('prefers a literal segment to a parameter, for methods that only the parameter has as well', async () => {
    const { send, both } = await served();
    const answer = await send('PUT', '/v1/orders/mine', both);
    expect([answer.status, valuesOf(answer, 'allow')]).toEqual([405, ['GET, HEAD']]);
    expect((await send('PUT', '/v1/orders/Mine', both)).status).toBe(404);
    expect((await send('PUT', '/v1/orders/mines', both)).status).toBe(200);
  });

  test('answers 400 to non-canonical paths', async () => {
    const { statuses, reached } = await served();
    for (const target of ['/v1//status', '/v1/./status', '/v1/orders/..%2fstatus', '/v1/%73tatus']) {
      expect([target, await statuses('GET', target)]).toEqual([target, [400, 400, 400, 400, 400, 400]]);
    }
    expect(reached).toEqual([]);
  });

  test('names in the challenge every scope that the token lacks in any alternative', async () => {
    const { send, read } = await served();
    const { parameters } = challengeOf(await send('GET', '/v1/orders/1', read));
    expect(parameters).toMatchObject({ error: 'insufficient_scope', scope: 'read update admin' });
    expect(challengeOf(await send('GET', '/v1/orders/1')).parameters).not.toHaveProperty('error');
  });

  test("passes the token's owner to handlers, except on public operations", async () => {
    const { send, read } = await served();
    expect(JSON.parse((await send('GET', '/v1/orders', read)).body)).toEqual({ subject: ANN[0] });
    expect(JSON.parse((await send('GET', '/v1/status', read)).body)).toEqual({});
  });

  test('requires any live token for operations without security, and logs them', async () => {
    const silent = documentOf({ '/orders/{id}': { get: {} }, '/status': { get: secured() } });
    const { statuses, lines } = await served(silent);
    expect(await statuses('GET', '/v1/orders/1')).toEqual([401, 200, 200, 200, 200, 200]);
    const logged = lines.filter(
      ({ level, fields }) => level === 'warn' && JSON.stringify(fields).includes('/orders/{id}'),
    );
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).toContain('GET /orders/{id}');
    expect(JSON.stringify(logged)).not.toContain('/status');
  });
});

test('a document with faults creates no guard, and all its faults are reported', () => {
  const { gate } = aGate();
  const faulty = documentOf({ '/a{b}': { get: secured({ key: [] }) }, '/c': { get: secured({ oauth: ['raed'] }) } });
  const thrown = thrownBy(() => gate.fromOpenApi(faulty));
  expect(thrown).toBeInstanceOf(ConfigurationError);
  expect((thrown as ConfigurationError).faults.map(({ path }) => path)).toEqual([
    ['document', 'paths', '/a{b}'],
    ['document', 'paths', '/a{b}', 'get', 'security'],
    ['document', 'paths', '/c', 'get', 'security', 0, 'oauth', 0],
  ]);
});

test('an API may be declared by a document instead of resources, but not by both', () => {
  const api = (fields: object) => thrownBy(() => aGate({ apis: { orders: fields } }));
  const document = documentOf({ '/orders': { get: secured({ oauth: ['read'] }) } });
  expect(api({ openapi: document })).toBeUndefined();
  expect((api({ openapi: document, resources: [] }) as ConfigurationError).faults).toEqual([
    { path: ['apis', 'orders'], problem: 'has both resources and openapi; give one' },
  ]);
  expect((api({ openapi: documentOf({}) }) as ConfigurationError).faults.map(({ path }) => path)).toEqual([
    ['apis', 'orders', 'openapi'],
  ]);
});
