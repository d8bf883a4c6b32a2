import express from 'express';
import type { ApiDeclaration, ScopegateOptions } from 'scopegate';
import { challengeOf } from '../support/http/challenge';
import { aGate, APPLICATION, JOHN, subscribing, type TestScope } from '../support/gate/gate';
import { atItsAddress, documentAt, listIn, type Furnish } from '../support/gate/own-address';
import { rawRequest, sendRaw, serve, valuesOf } from '../support/http/raw-http';
import { FORM_TYPE } from '../support/tokens/token-requests';
import { encodeForm, passwordForm } from '../support/tokens/forms';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

const apis: Readonly<Record<string, ApiDeclaration<TestScope>>> = {
  orders: {
    title: 'Orders of all customers',
    resources: [
      { path: '/', methods: ['GET'], scopes: ['read'] },
      { path: '/:id', methods: ['GET', 'POST', 'PUT'], anyOf: ['read', 'update'] },
    ],
  },
  stock: { context: '/v1/stock', resources: [{ path: '/', methods: ['GET'] }] },
};
const OPTIONS: Partial<ScopegateOptions<TestScope>> = { apis, applications: subscribing('orders', 'stock') };
const CONTEXTS = ['', '/orders', '/v1/stock'];

const serveAll: Furnish = (app, gate) => {
  const ok: express.RequestHandler = (_request, response) => void response.json({ served: true });
  app.use('/orders', gate.api('orders'), ok).use('/v1/stock', gate.api('stock'), ok);
  app.get('/reports', gate.requireScope('admin'), ok);
};

const open = (path = '') => atItsAddress(path, OPTIONS, serveAll);

/** Inserts the well-known string between host and path of an identifier (§3.1, RFC 8414 §3.1). */
const inserted = (identifier: string, wellKnown: string): string => {
  const { origin, pathname } = new URL(identifier);
  return origin + wellKnown + pathname.replace(/\/$/, '');
};

describe('RFC 9728', () => {
  it('§1.2 the resource identifier is an https URL without a fragment if the issuer is https', async () => {
    const { gate } = aGate({ ...OPTIONS, issuer: 'https://api.example.com/tenants/a/' });
    const { url } = await serve(express().use(gate.wellKnown()));
    const identifiers = await Promise.all(
      CONTEXTS.map(async (context) => (await documentAt(url + WELL_KNOWN + context))['resource']),
    );
    expect(identifiers).toEqual(CONTEXTS.map((context) => `https://api.example.com${context}`));
  });

  it('§2 authorization_servers lists the issuer, byte for byte', async () => {
    for (const path of ['', '/', '/tenants/a', '/tenants/a/']) {
      const { origin, issuer } = await open(path);
      for (const context of CONTEXTS) {
        const metadata = await documentAt(origin + WELL_KNOWN + context);
        expect(metadata).toHaveProperty('authorization_servers', [issuer]);
      }
    }
  });

  it('§2 scopes_supported lists the scopes that the resource accepts, and no others', async () => {
    const { origin } = await open();
    const scopes = await Promise.all(
      CONTEXTS.map(async (context) => listIn(await documentAt(origin + WELL_KNOWN + context), 'scopes_supported')),
    );
    expect(scopes).toEqual([['admin'], ['read', 'update'], undefined]);
  });

  it('§2 bearer_methods_supported lists the methods of sending a token that are accepted, and no others', async () => {
    const { origin, gate, port } = await open();
    const subject = JOHN[0];
    const { accessToken } = await gate.tokens.issue({ clientId: APPLICATION[0], subject, scopes: ['read'] });
    const post = async (query: string, lines: readonly string[], body = '') => {
      const head = [`POST /orders/1${query} HTTP/1.1`, 'Host: gateway', 'Connection: close', ...lines];
      return (await sendRaw(port, rawRequest(head, body))).status === 200;
    };
    const taken = {
      header: await post('', [`Authorization: Bearer ${accessToken}`]),
      body: await post('', [FORM_TYPE], `access_token=${accessToken}`),
      query: await post(`?access_token=${accessToken}`, []),
    };
    expect(taken).toEqual({ header: true, body: false, query: false });
    for (const context of CONTEXTS) {
      const metadata = await documentAt(origin + WELL_KNOWN + context);
      expect(metadata).toHaveProperty('bearer_methods_supported', ['header']);
    }
  });

  it('§2 signatures, certificates and proof of possession are not listed, because they are not supported', async () => {
    const { origin } = await open();
    for (const context of CONTEXTS) {
      const members = Object.keys(await documentAt(origin + WELL_KNOWN + context));
      expect(members.filter((name) => /jwks|signing|signed|tls|dpop|authorization_details/.test(name))).toEqual([]);
    }
  });

  it('§2.1 resource_name is the human-readable title of the API', async () => {
    const { origin } = await open();
    const name = 'Orders of all customers';
    expect(await documentAt(`${origin}${WELL_KNOWN}/orders`)).toHaveProperty('resource_name', name);
  });

  it('§3 the document URL has the well-known string between the host and the path of the resource', async () => {
    const { origin, send } = await open('/tenants/a');
    for (const context of CONTEXTS) {
      expect(await documentAt(origin + WELL_KNOWN + context)).toHaveProperty('resource', origin + context);
    }
    for (const target of [`/orders${WELL_KNOWN}`, `/tenants/a${WELL_KNOWN}`, `${WELL_KNOWN}/tenants/a/orders`]) {
      expect(JSON.stringify(await send('GET', target))).not.toContain('authorization_servers');
    }
  });

  it('§3.1 the document is requested with GET', async () => {
    const { send } = await open();
    for (const context of CONTEXTS) {
      expect((await send('GET', WELL_KNOWN + context)).status).toBe(200);
      const refused = await send('POST', WELL_KNOWN + context);
      expect([refused.status, valuesOf(refused, 'allow')]).toEqual([405, ['GET, HEAD']]);
    }
  });

  it('§3.1 the document URL has no trailing slash', async () => {
    const { send } = await open();
    for (const context of CONTEXTS) expect((await send('GET', `${WELL_KNOWN}${context}/`)).status).toBe(418);
  });

  it('§3.1 each resource on one host has its own document', async () => {
    const { origin } = await open();
    const documents = await Promise.all(CONTEXTS.map((context) => documentAt(origin + WELL_KNOWN + context)));
    expect(new Set(documents.map(({ resource }) => resource)).size).toBe(CONTEXTS.length);
  });

  it('§3.2 the response is 200 with one JSON object of media type application/json', async () => {
    const { send } = await open();
    for (const context of CONTEXTS) {
      const answer = await send('GET', WELL_KNOWN + context);
      expect([answer.status, valuesOf(answer, 'content-type')]).toEqual([200, ['application/json']]);
      expect(JSON.parse(answer.body)).toEqual(expect.objectContaining({ resource: expect.any(String) }));
    }
  });

  it('§3.2 members with multiple values are arrays, and members without elements are omitted', async () => {
    const { origin } = await open();
    for (const context of CONTEXTS) {
      const metadata = await documentAt(origin + WELL_KNOWN + context);
      const lists = Object.keys(metadata).filter((name) => /_supported$|_servers$/.test(name));
      for (const name of lists) expect([name, listIn(metadata, name)]).not.toEqual([name, []]);
      for (const value of Object.values(metadata)) expect(value).not.toBeNull();
    }
    expect(await documentAt(`${origin}${WELL_KNOWN}/v1/stock`)).not.toHaveProperty('scopes_supported');
  });

  it('§3.2 a URL of an unknown resource gets 404 from the host', async () => {
    const { url } = await serve(aGate().app);
    for (const path of ['/nothing', '/orders', '/', '%2Forders']) {
      expect((await fetch(url + WELL_KNOWN + path)).status).toBe(404);
    }
  });

  it('§3.3 resource is identical to the identifier from which the document URL was formed', async () => {
    for (const path of ['', '/tenants/a']) {
      const { origin } = await open(path);
      for (const context of CONTEXTS) {
        const identifier = origin + context;
        expect(await documentAt(inserted(identifier, WELL_KNOWN))).toHaveProperty('resource', identifier);
      }
    }
  });

  it('§4 protected_resources of the server lists each resource, and each resource lists the server', async () => {
    const { origin, issuer } = await open('/tenants/a');
    const server = await documentAt(inserted(issuer, '/.well-known/oauth-authorization-server'));
    const identifiers = listIn(server, 'protected_resources') ?? [];
    expect(identifiers).toEqual(CONTEXTS.map((context) => origin + context));
    for (const identifier of identifiers) {
      const metadata = await documentAt(inserted(identifier, WELL_KNOWN));
      expect(metadata).toMatchObject({ resource: identifier, authorization_servers: [issuer] });
    }
  });

  it('§5 a client can obtain a token starting from the URL of a resource alone', async () => {
    for (const path of ['', '/tenants/a/']) {
      const { origin } = await open(path);
      const address = `${origin}/orders/1`;
      const refused = await fetch(address);
      const { parameters } = challengeOf({ headers: [...refused.headers] });
      const resource = await documentAt(parameters['resource_metadata'] ?? '');
      const [issuer = ''] = listIn(resource, 'authorization_servers') ?? [];
      const server = await documentAt(inserted(issuer, '/.well-known/oauth-authorization-server'));
      const scope = listIn(resource, 'scopes_supported')?.join(' ') ?? '';
      const [clientId, clientSecret] = APPLICATION;
      const answer = await fetch(String(server['token_endpoint']), {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: encodeForm({ ...passwordForm(JOHN, scope), client_id: clientId, client_secret: clientSecret }),
      });
      const { access_token: token } = (await answer.json()) as { access_token: string };
      const served = await fetch(address, { headers: { Authorization: `Bearer ${token}` } });
      expect([refused.status, served.status]).toEqual([401, 200]);
    }
  });

  it("§5.1 resource_metadata in the challenge is the URL of the resource's document", async () => {
    const { origin, send } = await open();
    for (const [target, context] of [
      ['/orders', '/orders'],
      ['/orders/1', '/orders'],
      ['/v1/stock', '/v1/stock'],
      ['/reports', ''],
    ] as const) {
      const { scheme, parameters } = challengeOf(await send('GET', target));
      expect([scheme, parameters['resource_metadata']]).toEqual(['Bearer', origin + WELL_KNOWN + context]);
    }
  });

  it('§5.1 resource_metadata is present beside the other parameters with every error', async () => {
    const { origin, send, gate } = await open();
    const { accessToken } = await gate.tokens.issue({ clientId: APPLICATION[0], subject: JOHN[0] });
    for (const [status, error, credentials] of [
      [400, 'invalid_request', 'Bearer'],
      [401, 'invalid_token', 'Bearer x'],
      [403, 'insufficient_scope', `Bearer ${accessToken}`],
    ] as const) {
      const refused = await send('GET', '/orders', `Authorization: ${credentials}`);
      expect(refused.status).toBe(status);
      const { parameters } = challengeOf(refused);
      expect(parameters).toMatchObject({ error, resource_metadata: `${origin}${WELL_KNOWN}/orders` });
    }
  });

  it('§5.2 changed metadata are served at the URL in earlier challenges', async () => {
    const { gate, send } = await open();
    const { parameters } = challengeOf(await send('GET', '/v1/stock'));
    const scopes = async () => listIn(await documentAt(parameters['resource_metadata'] ?? ''), 'scopes_supported');
    expect(await scopes()).toBeUndefined();
    gate.api('stock').requireScope('admin');
    expect(await scopes()).toEqual(['admin']);
  });

  it('§7.2 scopes that no guard of the resource requires are not disclosed', async () => {
    const { origin } = await open();
    const texts = await Promise.all(
      ['/orders', '/v1/stock'].map(async (context) => JSON.stringify(await documentAt(origin + WELL_KNOWN + context))),
    );
    for (const text of texts) expect(text).not.toContain('admin');
  });

  it('§7.10 the response specifies how long it may be cached', async () => {
    const { send } = await open();
    for (const context of CONTEXTS) {
      expect(valuesOf(await send('GET', WELL_KNOWN + context), 'cache-control')).toEqual(['public, max-age=300']);
    }
  });
});
