import request from 'supertest';
import type { UserSource } from 'scopegate';
import { anExplainedGate, APP, explainedOptions, GET } from '../support/gate/explained-gate';
import type { TokenBody } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { rawRequest, sendRaw, serve } from '../support/http/raw-http';
import { passwordForm } from '../support/tokens/forms';

const WORDS: Readonly<Record<string, string>> = {
  not_found: 'no such resource',
  method_not_allowed: 'the resource does not take this method',
  not_canonical: 'the path can be read in more than one way',
};

describe('the explanation of a request', () => {
  const open = async (scope: string) => {
    const tested = anExplainedGate();
    const { access_token: token } = await tested.signIn(scope);
    return {
      ...tested,
      token,
      explain: (method: string, path: string) => tested.gate.explain(token, { method, path }),
    };
  };

  it.each([
    ['GET', '/orders', 'orders', '/'],
    ['GET', '/orders/', 'orders', '/'],
    ['GET', '/orders?page=2', 'orders', '/'],
    ['HEAD', '/orders', 'orders', '/'],
    ['GET', '/orders/17', 'orders', '/:id'],
    ['GET', '/orders/archives', 'orders', '/:id'],
    ['GET', '/orders/any', 'orders', '/any'],
    ['GET', '/orders/archive/1999', 'archive', '/:year'],
  ])('finds the resource of %s %s: %s, %s', async (method, path, api, template) => {
    const { app, token, explain } = await open('read');
    const [names] = [template === '/:id' ? ['read', 'update'] : template === '/any' ? [] : ['read']];
    expect(await explain(method, path)).toMatchObject({
      allowed: true,
      status: 200,
      rule: { api, path: template, names },
    });
    const asked = method === 'HEAD' ? request(app).head(path) : request(app).get(path);
    await asked.auth(token, { type: 'bearer' }).expect(200);
  });

  it.each([
    ['GET', '/orders/1/2', 404, 'not_found'],
    ['GET', '/orders/1/', 404, 'not_found'],
    ['GET', '/orders/archive', 404, 'not_found'],
    ['GET', '/orders/archive/1/2', 404, 'not_found'],
    ['GET', '/ordersx', 404, 'not_found'],
    ['GET', '/elsewhere', 404, 'not_found'],
    ['GET', '/', 404, 'not_found'],
    ['POST', '/orders', 405, 'method_not_allowed'],
    ['OPTIONS', '/orders', 405, 'method_not_allowed'],
    ['DELETE', '/orders/archive/1999', 405, 'method_not_allowed'],
    ['GET', '/orders/../stock', 400, 'not_canonical'],
    ['GET', '/orders//1', 400, 'not_canonical'],
    ['GET', '/%6frders', 400, 'not_canonical'],
    ['GET', '/orders/a;b', 400, 'not_canonical'],
    ['GET', 'orders', 400, 'not_canonical'],
    ['GET', 'http://gateway/orders', 400, 'not_canonical'],
    ['GET', '', 400, 'not_canonical'],
  ])('%s %s is refused with %i %s, before any rule', async (method, path, status, reason) => {
    const { explain } = await open('read');
    const explanation = await explain(method, path);
    expect(explanation).toMatchObject({
      allowed: false,
      status,
      reason,
      token: { state: 'live', auth: { scopes: ['read'] } },
      missing: [],
      summary: `This request would be refused (${status} ${reason}): ${WORDS[reason]}.`,
    });
    expect(explanation).not.toHaveProperty('rule');
  });

  it('finds the API with the longest matching context, in any order of declaration', async () => {
    const { orders, archive, ...rest } = explainedOptions().apis ?? {};
    if (orders === undefined || archive === undefined) throw new Error('no APIs');
    for (const apis of [
      { orders, archive, ...rest },
      { archive, orders, ...rest },
    ]) {
      const { gate } = anExplainedGate({ apis });
      for (const [path, api] of Object.entries({ '/orders/archive/1999': 'archive', '/orders/1': 'orders' }))
        expect((await gate.explain('nonsense', GET(path))).rule).toMatchObject({ api });
    }
  });

  it('allows every request to a public resource, and still describes the token', async () => {
    const { gate, token } = await open('read');
    const unguarded = {
      allowed: true,
      status: 200,
      reason: 'public',
      rule: { api: 'orders', path: '/open', names: [] },
      missing: [],
      summary: 'This request would be allowed: the resource is public.',
    };
    expect(await gate.explain(token, GET('/orders/open'))).toMatchObject({ ...unguarded, token: { state: 'live' } });
    expect(await gate.explain('nonsense', GET('/orders/open'))).toStrictEqual({
      ...unguarded,
      token: { state: 'malformed' },
    });
  });

  it('finds operations of an OpenAPI document, too', async () => {
    const { gate } = anExplainedGate({
      apis: {
        orders: {
          openapi: {
            openapi: '3.1.0',
            info: { title: 'Orders', version: '1' },
            components: { securitySchemes: { oauth: { type: 'oauth2', flows: {} } } },
            paths: { '/{id}': { get: { security: [{ oauth: ['update'] }], responses: {} } } },
          },
        },
        archive: { resources: [] },
        stock: { resources: [] },
      },
    });
    expect(await gate.explain('nonsense', GET('/orders/1'))).toMatchObject({
      status: 401,
      rule: { api: 'orders', names: ['update'] },
    });
  });

  it('returns the same 401 or 400 as the guard for a text that no Bearer header can carry', async () => {
    const { gate, app } = anExplainedGate();
    const { port } = await serve(app);
    for (const text of ['', 'a b', 'a"b', 'a,b', '=a', 'a=b', 'é']) {
      const answer = await sendRaw(
        port,
        rawRequest(['GET /orders HTTP/1.1', 'Host: gateway', 'Connection: close', `Authorization: Bearer ${text}`]),
      );
      const { status } = await gate.explain(text, GET('/orders'));
      expect([text, status]).toEqual([text, answer.status]);
    }
  });

  it('returns 400 like the guard if the query contains a token too', async () => {
    const { app, token, explain } = await open('read');
    const path = '/orders?access_token=x';
    await request(app).get(path).auth(token, { type: 'bearer' }).expect(400);
    expect(await explain('GET', path)).toMatchObject({ allowed: false, status: 400, reason: 'invalid_request' });
  });
});

describe('an explanation with recheckRoles', () => {
  /** Ana, whose roles a test may change: `null` lets her go. */
  const anas = async (scope = 'read update') => {
    const asked: string[] = [];
    let roles: readonly string[] | null = ['clerk'];
    const users: UserSource = {
      verify: (username) => ({ id: username, roles: ['clerk'] }),
      find: (subject) => {
        asked.push(subject);
        return roles === null ? null : { roles };
      },
    };
    const { scopes, applications = [] } = explainedOptions();
    const tested = anExplainedGate({
      organizations: [],
      users,
      applications: applications.map(({ owner: _owner, ...rest }) => rest),
      scopes: { ...scopes, update: { roles: ['clerk'], recheckRoles: true } } as typeof scopes & object,
    });
    const { body } = await tested.token(passwordForm(['ana', 'any'], scope)).expect(200);
    const { access_token: token } = body as TokenBody;
    const setRoles = (now: readonly string[] | null): void => {
      roles = now;
    };
    const put = () => request(tested.app).put('/orders/1').auth(token, { type: 'bearer' });
    return {
      ...tested,
      token,
      put,
      setRoles,
      explain: () => tested.gate.explain(token, { method: 'PUT', path: '/orders/1' }),
    };
  };

  it('names the role that was lost even if the token has the scope', async () => {
    const { explain, put, setRoles } = await anas();
    expect(await explain()).toMatchObject({ allowed: true, token: { auth: { scopes: ['read', 'update'] } } });
    setRoles([]);
    await put().expect(403);
    expect(await explain()).toMatchObject({
      status: 403,
      reason: 'insufficient_scope',
      token: { state: 'live' },
      missing: [{ kind: 'scope', scope: 'update', because: 'role', roles: ['clerk'] }],
    });
    setRoles(['clerk']);
    expect(await explain()).toMatchObject({ allowed: true });
  });

  it('reports that a user is gone, and leaves ending the grant to the guard', async () => {
    const { gate, explain, put, setRoles } = await anas();
    const events = recordEvents(gate);
    setRoles(null);
    const explanation = await explain();
    expect(explanation).toMatchObject({
      allowed: false,
      status: 401,
      reason: 'invalid_token',
      token: { state: 'live' },
    });
    expect(explanation.summary).toContain('user');
    expect(events).toEqual([]);
    setRoles(['clerk']);
    await put().expect(200);
    setRoles(null);
    await put().expect(401);
    expect((await explain()).token.state).toBe('gone');
  });

  it('does not call a scope obtainable if the roles cannot be read', async () => {
    const { applications = [] } = explainedOptions();
    const tested = anExplainedGate({
      organizations: [],
      users: (username) => ({ id: username }),
      applications: applications.map(({ owner: _owner, ...rest }) => rest),
    });
    const { body } = await tested.token(passwordForm(['ana', 'any'], 'update'), APP).expect(200);
    const { missing } = await tested.gate.explain((body as TokenBody).access_token, 'update');
    expect(missing).not.toEqual([{ kind: 'scope', scope: 'update', because: 'not_requested' }]);
  });
});
