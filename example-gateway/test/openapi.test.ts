import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { faultsOf } from './support/faults';
import { aConfiguration, aFile, aGateway, anApi, JANE, type TestGateway } from './support/gateway';
import { echoUpstream } from './support/upstream';

const FOLDER = join(__dirname, '..');
const DOCUMENT = readFileSync(join(FOLDER, 'orders.openapi.yaml'), 'utf8');

/** A gateway file, one line for each key, whose API is the document of that name. */
const gatewayFile = (openapi: string): string => `
listen: { port: 0 }
scopes: { read: {}, update: {} }
apis:
  orders:
    upstream: demo:orders
    openapi: ${openapi}
`;

/** The faults that a document brings to a gateway file, without the folder of both. */
const faultsInside = async (document: string): Promise<readonly string[]> => {
  const name = aFile(document);
  const faults = await faultsOf(gatewayFile(`./${name.slice(dirname(name).length + 1)}`));
  return faults.map((fault) => fault.replace(name, 'orders.yaml'));
};

const gatewayWith = async (document: string, upstream = 'demo:orders'): Promise<TestGateway> => {
  const api = { context: '/orders', upstream, openapi: aFile(document) };
  return aGateway({ keys: { apis: { orders: api } } });
};

const REQUESTS = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS'].flatMap((method) =>
  ['', '/', '/1', '/health', '/1/lines', '/health/'].map((path) => `${method} /orders${path} HTTP/1.1`),
);

describe('an API declared by an OpenAPI document', () => {
  it('has the rules of gateway.yaml when it is declared by orders.openapi.yaml', async () => {
    const text = readFileSync(join(FOLDER, 'gateway.yaml'), 'utf8').replace('port: 8080', 'port: 0');
    const inPlace = text.replace(/^ {4}resources:\n(?: {6}- .*\n)+/m, '').replace('    # openapi:', '    openapi:');
    expect(inPlace).toContain('\n    openapi: ./orders.openapi.yaml');
    expect(inPlace).not.toContain('resources:\n');
    aFile(DOCUMENT, 'orders.openapi.yaml'); // a name relative to the gateway file, which is in the same folder

    const john = { username: 'john@gmail.com', password: 'johns-password' };
    const client = { consumerKey: 'wU62DjlyDBnq87GlBwplfqvmAbAa', consumerSecret: 'ksdSdoefDDP7wpaElfqvmjDue' };
    const outcomes = async (file: string): Promise<readonly string[]> => {
      const gateway = await aGateway({ file });
      const read = await gateway.token('read', john, client);
      const update = await gateway.token('update', john, client);
      const found: string[] = [];
      for (const line of REQUESTS) {
        for (const token of [undefined, read, update]) {
          const options = token === undefined ? {} : { token };
          found.push(`${line} ${(await gateway.send([line, 'Content-Length: 0'], options)).status}`);
        }
      }
      return found;
    };
    const collect = await outcomes(aFile(text));
    expect(new Set(collect.map((outcome) => outcome.slice(-3)))).toEqual(
      new Set(['200', '400', '401', '403', '404', '405']),
    );
    expect(await outcomes(aFile(inPlace))).toEqual(collect);
  });

  it('may be JSON', async () => {
    const document = {
      openapi: '3.0.3',
      paths: { '/{id}': { get: { security: [{ oauth: ['update'] }] } } },
      components: { securitySchemes: { oauth: { type: 'oauth2' } } },
    };
    const gateway = await gatewayWith(JSON.stringify(document, null, '\t'));
    expect((await gateway.send(['GET /orders/1 HTTP/1.1'], { token: await gateway.token() })).status).toBe(200);
    const token = await gateway.token('read', JANE);
    expect((await gateway.send(['GET /orders/1 HTTP/1.1'], { token })).status).toBe(403);
    expect((await gateway.send(['GET /orders HTTP/1.1'], { token })).status).toBe(404);
  });

  it('does not expand ${NAME} as a variable', async () => {
    const upstream = await echoUpstream();
    const document = 'openapi: 3.1.0\ninfo: { title: "${HOME}" }\npaths: { /$%7BHOME%7D: { get: { security: [] } } }\n';
    const gateway = await gatewayWith(document, upstream.url);
    expect((await gateway.send(['GET /orders/$%7BHOME%7D HTTP/1.1'])).status).toBe(200);
    expect(upstream.only().url).toBe('/$%7BHOME%7D');
  });

  it('logs the operations without security, which need any live token', async () => {
    const gateway = await gatewayWith('openapi: 3.1.0\npaths: { /: { get: {} } }\n');
    expect(gateway.lines).toContainEqual(expect.objectContaining({ level: 40, api: 'orders', operations: 'GET /' }));
    expect((await gateway.send(['GET /orders HTTP/1.1'])).status).toBe(401);
    expect((await gateway.send(['GET /orders HTTP/1.1'], { token: await gateway.token() })).status).toBe(200);
  });
});

describe('a faulty OpenAPI document', () => {
  it('is reported at its key, with the position inside the document', async () => {
    const document = DOCUMENT.replace('oauth: [read] }] # all', 'oauth: [reed] }] # all').replace('/{id}:', '/v{id}:');
    expect(await faultsInside(document)).toEqual([
      expect.stringMatching(
        /^7:5: apis\.orders\.openapi: orders\.yaml:25:28: paths\.\/\.get\.security\[0\]\.oauth\[0\]: names the scope "reed"/,
      ),
      expect.stringMatching(/^7:5: apis\.orders\.openapi: orders\.yaml:36:3: paths\.\/v\{id\}: has "v\{id\}"/),
    ]);
  });

  it('is reported with the other faults, in the order of the gateway file', async () => {
    const name = aFile('openapi: 2.0\n');
    const faults = await faultsOf(`${gatewayFile(name)}portal: store\n`.replace('port: 0', 'port: x'));
    expect(faults.map((fault) => fault.replace(name, 'orders.yaml'))).toEqual([
      expect.stringMatching(/^2:11: listen\.port: must be/),
      expect.stringMatching(/^7:5: apis\.orders\.openapi: orders\.yaml:1:1: openapi: must be the version of OpenAPI/),
      '8:1: portal: must be a path such as /store, without a slash at its end',
    ]);
  });

  it.each([
    ['a duplicate key', 'openapi: 3.1.0\nopenapi: 3.1.0\n', ':2:1: openapi: is a duplicate; keep one of them'],
    ['text that is neither YAML nor JSON', '{ "openapi": "3.1.0", "paths" {} }', /:1:\d+: not YAML: /],
    [
      'an undefined alias',
      'openapi: 3.1.0\npaths: *all\n',
      ':2:8: refers to no anchor in this file; put text that begins with * in quotes',
    ],
    ['a list', '- a\n', ': is not an OpenAPI document: it is not a map'],
    ['nothing', '', ': is not an OpenAPI document: it is not a map'],
  ])('is reported if it cannot be read: %s', async (_, document, expected) => {
    const faults = await faultsInside(document);
    const [first = ''] = faults;
    expect(first.startsWith('7:5: apis.orders.openapi: orders.yaml:')).toBe(true);
    const rest = first.slice('7:5: apis.orders.openapi: orders.yaml'.length);
    if (typeof expected === 'string') expect({ rest, count: faults.length }).toEqual({ rest: expected, count: 1 });
    else expect(rest).toMatch(expected);
  });

  it('is not quoted at values that may be secrets', async () => {
    expect((await faultsInside('info: { description: "abc" s3cret }\n')).join()).not.toContain('s3cret');
  });

  it.each(['./nowhere.yaml', '.', '/nowhere/orders.yaml'])('is reported if it does not exist: %s', async (name) => {
    expect(await faultsOf(gatewayFile(name))).toEqual([
      `7:5: apis.orders.openapi: names ${name}, which cannot be read; paths are relative to this file`,
    ]);
  });

  it('is reported if its name is not a text', async () => {
    expect(await faultsOf(gatewayFile('{ openapi: 3.1.0 }'))).toEqual([
      '7:5: apis.orders.openapi: must be the path of an OpenAPI document, YAML or JSON',
    ]);
  });

  it('is reported if the API declares resources as well', async () => {
    const api = anApi('demo:orders', { openapi: aFile(DOCUMENT) });
    const [fault] = await faultsOf(JSON.stringify(aConfiguration({ apis: { orders: api } }), null, 2));
    expect(fault).toMatch(/^\d+:5: apis\.orders: has both resources and openapi; give one$/);
  });
});
