import { Checks } from '../../src/options/checks';
import { readOpenApi } from '../../src/options/openapi/openapi';
import { ANA, BEN, portalOptions, servePortal } from '../support/portal/served-portal';
import { signedIn, type PortalAnswer } from '../support/portal/visitor';

const HOSTILE = '<img src=x onerror=alert(1)>';

const document = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1.2.0', description: 'Orders of `tea`.', 'x-team': 'internal-team' },
  servers: [{ url: 'http://10.0.0.7:9001/internal' }],
  tags: [{ name: 'Reading' }],
  'x-upstream': 'http://10.0.0.7:9001',
  paths: {
    '/': {
      get: {
        operationId: 'listOrders',
        tags: ['Reading'],
        summary: 'List the orders',
        security: [{ oauth: ['read'] }],
        parameters: [{ name: 'page', in: 'query', description: 'From 1', schema: { type: 'integer', default: 1 } }],
        responses: {
          200: { description: 'The orders', content: { 'application/json': { example: [{ id: 7 }] } } },
          401: { description: 'Sign in first' },
        },
      },
      post: {
        summary: 'Place an order',
        deprecated: true,
        description: HOSTILE,
        'x-amazon-apigateway-integration': { uri: 'http://10.0.0.7' },
        servers: [{ url: 'http://10.0.0.8' }],
        security: [{ oauth: ['read', 'update'] }],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/Order' },
              example: { item: HOSTILE, 'x-item': 1 },
            },
          },
        },
        responses: { 201: { description: 'The order', headers: { 'x-rate': { schema: { type: 'integer' } } } } },
      },
    },
    '/{id}': {
      get: { security: [{ oauth: ['read'] }, { oauth: ['update'] }], responses: {} },
    },
    '/health': { get: { security: [], responses: { 200: { description: 'Up' } } } },
  },
  components: {
    schemas: {
      Order: {
        type: 'object',
        required: ['item'],
        properties: {
          item: { type: 'string', maxLength: 50 },
          parent: { $ref: '#/components/schemas/Order' },
          'x-note': { type: 'string' },
        },
      },
    },
    securitySchemes: {
      oauth: {
        type: 'oauth2',
        flows: {
          clientCredentials: { tokenUrl: 'http://10.0.0.7/token', scopes: { read: 'See orders', update: 'Change' } },
          authorizationCode: {
            authorizationUrl: 'http://10.0.0.7/authorize',
            tokenUrl: 'http://10.0.0.7/token',
            scopes: { read: 'See orders' },
          },
        },
      },
    },
  },
};

const open = async () => {
  const portal = await servePortal({ apis: { orders: { openapi: document } } });
  return { portal, ben: await signedIn(portal, BEN) };
};

const textOf = ({ text }: PortalAnswer): string => text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

/** The text of an operation, from its heading to that of the next one. */
const operationIn = ({ text }: PortalAnswer, anchor: string): string => {
  const [, inside = ''] = new RegExp(`<h3 id="${anchor}">([\\s\\S]*?)(?:<h3|<h2|</main>)`).exec(text) ?? [];
  return inside
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
};

describe('the page of an API', () => {
  it('has what the OpenAPI document says about the API, and the public addresses', async () => {
    const { portal, ben } = await open();
    const page = await ben.get('/apis/orders');
    const text = textOf(page);
    expect(page.text).toContain('<h1>Orders</h1>');
    for (const words of ['Version 1.2.0', 'Orders of tea .', 'Base URL', `${portal.url}/orders`, 'Reading']) {
      expect(text).toContain(words);
    }
    expect(page.text).not.toContain('10.0.0.');
    expect(page.text).not.toContain('internal');
  });

  it('has every operation with its parameters, example, scopes and responses', async () => {
    const { ben } = await open();
    const page = await ben.get('/apis/orders');
    const list = operationIn(page, 'op-get');
    for (const words of [
      'GET / List the orders',
      'Requires The scope read',
      'See orders',
      'page optional query integer; Default: 1 From 1 Example: 1',
      '401 Sign in first',
      'Errors : 401 403 503',
      'Body of 200',
      'Try it',
    ]) {
      expect(list).toContain(words);
    }
    const place = operationIn(page, 'op-post');
    for (const words of ['Deprecated', 'All of read update', '(requires clerk)', 'item string required maxLength 50']) {
      expect(place).toContain(words);
    }
    expect(operationIn(page, 'op-get-id')).toContain('One of read update');
    expect(operationIn(page, 'op-get-id')).toContain('id required path');
    const health = operationIn(page, 'op-get-health');
    expect(health).toContain('No token: this resource is public.');
    expect(health).not.toContain('401');
  });

  it('explains the refusals of the gateway once', async () => {
    const { ben } = await open();
    const [, errors = ''] = textOf(await ben.get('/apis/orders')).split('Errors of Orders');
    for (const words of [
      '401 The access token is missing, expired or revoked.',
      '403 The token lacks a scope',
      '503 The token cannot be checked',
    ]) {
      expect(errors.split(words).length).toBe(2);
    }
  });

  it('folds away more than ten operations, except the one that the address names', async () => {
    const resources = Array.from({ length: 11 }, (_, index) => ({ path: `/p${index}`, methods: ['GET'] }));
    const portal = await servePortal({ applications: [], apis: { many: { resources } } });
    const ben = await signedIn(portal, BEN);
    const openIn = ({ text }: PortalAnswer) =>
      [...text.matchAll(/<details class="card operation" open>\s*<summary>\s*<h3 id="([^"]*)">/g)].map(([, id]) => id);
    const page = await ben.get('/apis/many');
    expect(page.text.match(/<details class="card operation"/g)?.length).toBe(11);
    expect(openIn(page)).toEqual([]);
    const address = '/apis/many?operation=op-get-p7';
    expect(page.text).toContain(`href="/store${address}#op-get-p7"`);
    expect(openIn(await ben.get(address))).toEqual(['op-get-p7']);
  });

  it('links to Try it with the operation chosen', async () => {
    const { ben } = await open();
    const { text } = await ben.get('/apis/orders');
    expect(text).toContain('href="/store/try-it?api=orders&amp;method=GET&amp;path=%2F%3Aid"');
  });

  it('escapes descriptions and examples', async () => {
    const { ben } = await open();
    const { text } = await ben.get('/apis/orders');
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('has the summaries of resources', async () => {
    const { apis } = portalOptions();
    const resources = [{ path: '/:id', methods: ['PUT', 'PATCH'], summary: 'Change', description: 'All of it.' }];
    const portal = await servePortal({ apis: { ...apis, stock: { resources } } });
    const page = await (await signedIn(portal, ANA)).get('/apis/stock');
    for (const method of ['PUT', 'PATCH']) {
      const text = operationIn(page, `op-${method.toLowerCase()}-id`);
      expect(text).toContain(`${method} /{id} Change All of it.`);
      expect(text).toContain('Any live token of a subscribed application.');
    }
  });

  it('says that an API is deprecated and when it ends, and that one is retired', async () => {
    const resources = [{ path: '/', methods: ['GET'] }];
    const portal = await servePortal({
      applications: [],
      apis: {
        old: { lifecycle: { status: 'deprecated', sunset: '2027-06-30' }, resources },
        gone: { lifecycle: 'retired', resources },
      },
    });
    const ben = await signedIn(portal, BEN);
    expect(textOf(await ben.get('/apis/old'))).toContain('expected to end on 2027-06-30');
    const gone = textOf(await ben.get('/apis/gone'));
    expect(gone).toContain('This API is retired. Requests to it are refused.');
    expect(gone).toContain('410 The API is retired.');
  });

  it('leaves out faulty parts of the document, and one warning of the log names them', async () => {
    const openapi = {
      openapi: '3.0.0',
      info: { title: 'Faulty', version: '1' },
      paths: { '/': { get: { security: [], parameters: 'none', requestBody: { $ref: '#/nothing' } } } },
    };
    const portal = await servePortal({ applications: [], apis: { faulty: { openapi } } });
    expect(portal.lines.filter(({ message }) => message.includes('OpenAPI'))).toEqual([
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({
          api: 'faulty',
          count: 2,
          problems: expect.stringContaining('apis.faulty.openapi.paths./.get.parameters: is not a list'),
        }),
      }),
    ]);
    const { status } = await (await signedIn(portal, BEN)).get('/apis/faulty');
    expect(status).toBe(200);
  });

  it('is in German for a browser that prefers it', async () => {
    const { ben } = await open();
    const text = textOf(await ben.get('/apis/orders', { 'Accept-Language': 'de-DE' }));
    for (const words of ['Basis-URL', 'Erfordert', 'Alle von', 'Antworten', 'OpenAPI-Dokument herunterladen']) {
      expect(text).toContain(words);
    }
  });
});

describe('the OpenAPI document of an API', () => {
  const scopes = ['read', 'update'];

  const readBack = (text: string) => {
    const checks = new Checks();
    const read = readOpenApi(checks, JSON.parse(text), ['document'], scopes);
    checks.finish();
    return read;
  };

  it('is a download', async () => {
    const { ben } = await open();
    const { status, headers } = await ben.get('/apis/orders/openapi.json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('content-disposition')).toBe('attachment; filename="orders.openapi.json"');
  });

  it('has the rules and the texts of the declared one, and nothing internal', async () => {
    const { portal, ben } = await open();
    const { text } = await ben.get('/apis/orders/openapi.json');
    expect(text).not.toMatch(/10\.0\.0\.|internal|x-upstream|x-amazon|x-team/);
    const published = JSON.parse(text);
    expect(published.servers).toEqual([{ url: `${portal.url}/orders` }]);
    expect(published.components.securitySchemes.oauth.flows).toEqual({
      clientCredentials: { tokenUrl: `${portal.url}/token`, scopes: { read: 'See orders', update: 'Change' } },
      authorizationCode: {
        authorizationUrl: `${portal.url}/authorize`,
        tokenUrl: `${portal.url}/token`,
        scopes: { read: 'See orders' },
      },
    });
    expect(published.components.schemas).toEqual(document.components.schemas); // x-note is the name of a property
    expect(published.paths['/'].post.requestBody.content['application/json'].example['x-item']).toBe(1);
    expect(Object.keys(published.paths['/'].post.responses[201].headers)).toEqual(['x-rate']);
    const declared = readBack(JSON.stringify(document));
    const read = readBack(text);
    expect(read.resources).toEqual(declared.resources);
    expect(read.documentation.operations).toEqual(declared.documentation.operations);
  });

  it('is generated for a list of resources, with their rules', async () => {
    const { apis } = portalOptions();
    const portal = await servePortal({ apis: { ...apis } });
    const ana = await signedIn(portal, ANA);
    const { text } = await ana.get('/apis/orders/openapi.json');
    const generated = JSON.parse(text);
    expect(generated).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Orders', version: '1.0.0' },
      servers: [{ url: `${portal.url}/orders` }],
    });
    expect(
      readBack(text).resources.map(({ path, methods, access }) => [
        methods.join(),
        path,
        access.kind === 'scopes' ? access.requirement : access.kind,
      ]),
    ).toEqual([
      ['GET', '/', 'read'],
      ['PUT', '/:id', 'update'],
      ['GET', '/health', 'public'],
    ]);
    expect(generated.components.securitySchemes.oauth2.flows.clientCredentials.scopes).toEqual({
      read: 'See orders',
      update: 'Change orders',
    });
  });

  it('is generated if the declared one contains itself', async () => {
    const circle: Record<string, unknown> = { type: 'object' };
    circle['properties'] = { self: circle };
    const hostile = {
      openapi: '3.0.0',
      info: { title: 'Circle', version: '1' },
      paths: {
        '/': { post: { security: [], requestBody: { content: { 'application/json': { schema: circle } } } } },
      },
    };
    const portal = await servePortal({ applications: [], apis: { circle: { openapi: hostile } } });
    const ben = await signedIn(portal, BEN);
    expect((await ben.get('/apis/circle')).status).toBe(200);
    const { status, text } = await ben.get('/apis/circle/openapi.json');
    expect(status).toBe(200);
    expect(Object.keys(JSON.parse(text).paths)).toEqual(['/']);
  });

  it('S-364 po-documents: is made once, so that visitors cannot keep a gate busy with a large one', async () => {
    let reads = 0;
    const openapi = {
      openapi: '3.0.0',
      info: { title: 'Large', version: '1' },
      paths: { '/': { get: { security: [], responses: {} } } },
      components: {
        get schemas() {
          reads += 1;
          return {};
        },
      },
    };
    const portal = await servePortal({ applications: [], apis: { large: { openapi } } }, { portal: { public: true } });
    const download = async () => (await fetch(`${portal.url}/store/apis/large/openapi.json`)).text();
    const first = await download();
    const before = reads;
    expect(await download()).toBe(first);
    expect([before > 0, reads]).toEqual([true, before]);
  });

  it('leaves out references to other documents', async () => {
    const openapi = {
      openapi: '3.0.0',
      info: { title: 'Out', version: '1' },
      paths: {
        '/': {
          get: {
            security: [],
            responses: {
              200: { $ref: 'file:///srv/internal/responses.yaml' },
              201: {
                description: 'Created',
                content: { 'application/json': { examples: { one: { externalValue: 'file:///srv/one.json' } } } },
                links: { next: { operationRef: 'file:///srv/internal/api.yaml#/paths' }, own: { operationId: 'a' } },
              },
            },
          },
        },
      },
      components: {
        schemas: {
          Pet: {
            discriminator: {
              propertyName: 'kind',
              mapping: {
                cat: 'file:///srv/cat.yaml',
                dog: '#/components/schemas/Dog',
                cow: 'farm.Cow',
                rat: './rat.yaml',
              },
            },
          },
        },
      },
    };
    const portal = await servePortal({ applications: [], apis: { out: { openapi } } });
    const { text } = await (await signedIn(portal, BEN)).get('/apis/out/openapi.json');
    expect(text).not.toMatch(/file:|rat\.yaml/);
    const { components, paths } = JSON.parse(text);
    expect(components.schemas.Pet.discriminator.mapping).toEqual({ dog: '#/components/schemas/Dog', cow: 'farm.Cow' });
    expect(paths['/'].get.responses[201].links).toEqual({ next: {}, own: { operationId: 'a' } });
  });
});
