import express from 'express';
import request from 'supertest';
import type { RequestFacts } from 'scopegate';
import { aGate, APPLICATION, JOHN, subscribing } from '../support/gate/gate';
import { passwordForm } from '../support/tokens/forms';

const apis = {
  orders: {
    resources: [
      { path: '/', methods: ['GET'], scopes: ['read'] },
      { path: '/:id', methods: ['PUT'], scopes: ['update'] },
      { path: '/:id', methods: ['GET'], scopes: ['read'] },
      { path: '/health', methods: ['GET'], public: true },
    ],
  },
} as const;

/** A gate with an API, the portal and all endpoints, whose requests are observed or not. */
const observed = () => {
  const { gate, signIn } = aGate({ apis, applications: subscribing('orders') });
  const facts: RequestFacts[] = [];
  const app = express();
  app.use((incoming, _response, next) => {
    facts.push(gate.observe(incoming));
    next();
  });
  app.use(gate.canonicalPaths(), gate.routes(), gate.wellKnown());
  app.use('/store', gate.portal());
  app.use('/orders', gate.api('orders'), (_incoming, response) => void response.json({}));
  app.get('/own', gate.requireScope('read'), (_incoming, response) => void response.json({}));
  app.use((_incoming, response) => void response.status(404).json({}));
  const factsOf = async (method: 'get' | 'put' | 'delete', path: string, token?: string): Promise<RequestFacts> => {
    const sent = request(app)[method](path);
    await (token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`));
    const [first] = facts.splice(0);
    if (first === undefined) throw new Error('the request was not observed');
    return first;
  };
  return { app, gate, signIn, facts, factsOf };
};

const [CLIENT] = APPLICATION;
const OF_ORDERS = { place: 'guard', api: 'orders' };

describe('gate.observe', () => {
  it('fills in the API, the resource as declared and the client of an allowed request', async () => {
    const { signIn, factsOf } = observed();
    const token = (await signIn(JOHN, 'read update')).access_token;
    expect(await factsOf('get', '/orders', token)).toEqual({ ...OF_ORDERS, resource: '/', clientId: CLIENT });
    expect(await factsOf('get', '/orders/17?secret=1', token)).toEqual({
      ...OF_ORDERS,
      resource: '/:id',
      clientId: CLIENT,
    });
  });

  it('fills in the resource of a public request, which has no client', async () => {
    const { factsOf } = observed();
    expect(await factsOf('get', '/orders/health')).toEqual({ ...OF_ORDERS, resource: '/health' });
  });

  it('fills in resource and reason of refused requests, and the client if its token is live', async () => {
    const { signIn, factsOf } = observed();
    const token = (await signIn(JOHN, 'read')).access_token;
    const resource = '/:id';
    expect(await factsOf('get', '/orders/1')).toEqual({ ...OF_ORDERS, resource, reason: 'no_token' });
    expect(await factsOf('get', '/orders/1', 'unknown')).toEqual({ ...OF_ORDERS, resource, reason: 'invalid_token' });
    expect(await factsOf('put', '/orders/1', token)).toEqual({
      ...OF_ORDERS,
      resource,
      clientId: CLIENT,
      reason: 'insufficient_scope',
    });
    expect(await factsOf('delete', '/orders/1')).toEqual({ ...OF_ORDERS, resource, reason: 'method_not_allowed' });
  });

  it('has no resource if none was declared for the path', async () => {
    const { signIn, factsOf } = observed();
    const token = (await signIn(JOHN, 'read')).access_token;
    expect(await factsOf('get', '/orders/1/2')).toEqual({ ...OF_ORDERS, reason: 'not_found' });
    expect(await factsOf('get', '//orders')).toEqual({ place: 'guard', reason: 'not_canonical' });
    expect(await factsOf('get', '/own', token)).toEqual({ place: 'guard', clientId: CLIENT });
    expect(await factsOf('get', '/unknown')).toEqual({});
  });

  it('names the endpoint or the portal that responded', async () => {
    const { app, facts, factsOf } = observed();
    const post = async (password: string): Promise<RequestFacts | undefined> => {
      await request(app)
        .post('/token')
        .type('form')
        .auth(...APPLICATION)
        .send(passwordForm([JOHN[0], password], 'read'));
      return facts.splice(0)[0];
    };
    expect(await post(JOHN[1])).toEqual({ place: 'token', clientId: CLIENT });
    expect(await post('wrong')).toEqual({ place: 'token', clientId: CLIENT, reason: 'invalid_grant' });
    expect(await factsOf('get', '/revoke')).toEqual({ place: 'revoke', reason: 'invalid_request' });
    expect(await factsOf('get', '/health/live')).toEqual({ place: 'live' });
    expect(await factsOf('get', '/.well-known/oauth-authorization-server')).toEqual({
      place: 'authorizationServerMetadata',
    });
    expect(await factsOf('get', '/store/login')).toEqual({ place: 'portal' });
  });

  it('returns the same object for the same request', () => {
    const { gate } = aGate();
    const [one, other] = [{}, {}] as never[];
    expect(gate.observe(one as never)).toBe(gate.observe(one as never));
    expect(gate.observe(one as never)).not.toBe(gate.observe(other as never));
  });

  it('throws if it is mounted as a middleware, instead of leaving requests unanswered', async () => {
    const { gate } = aGate();
    const app = express();
    app.use(gate.observe as never);
    expect((await request(app).get('/')).status).toBe(500);
  });
});
