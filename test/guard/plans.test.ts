import express from 'express';
import request from 'supertest';
import type { ScopegateOptions } from 'scopegate';
import { anApiGate, aMadeApplication, clientToken, type ApiGate, type ApiScope } from '../support/gate/api-gate';
import { JANE, JOHN, type Pair } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { ownRedis } from '../support/redis/redis';
import { everyStore, onRedis } from '../support/stores/every-store';
import { until } from '../support/time/waiting';

type Options = Partial<ScopegateOptions<ApiScope>>;
type Resources = NonNullable<NonNullable<Options['apis']>['orders']>['resources'];

const DAY = 86_400;
const PLANS = { free: { requests: 3, per: DAY }, partner: { requests: 5, per: 60 } };
const SHOP: Pair = ['shop', 'shop-secret'];
const [KEY, SECRET] = SHOP;

const ORDERS: NonNullable<Resources> = [{ path: '/', methods: ['GET', 'POST'] }];

/** Options with two APIs: orders, which has plans, and stock, which has none. */
const planned = (resources: NonNullable<Resources> = ORDERS, plan?: string): Options => ({
  plans: PLANS,
  apis: { orders: { plans: ['free', 'partner'], sandbox: true, resources }, stock: { resources: ORDERS } },
  applications: [
    {
      name: 'Shop',
      owner: JOHN[0],
      consumerKey: KEY,
      consumerSecret: SECRET,
      sandbox: { consumerKey: 'sandbox', consumerSecret: 'sandbox-secret' },
      subscriptions: ['stock', plan === undefined ? 'orders' : { api: 'orders', plan }],
    },
  ],
});

const tokenOf = async (gate: ApiGate, pair: Pair = SHOP): Promise<string> =>
  (await clientToken(gate, pair)).access_token;

/** The statuses of several requests, one after the other. */
const statuses = async (
  times: number,
  send: () => PromiseLike<{ readonly status: number }>,
): Promise<readonly number[]> => {
  const found: number[] = [];
  for (let sent = 0; sent < times; sent += 1) found.push((await send()).status);
  return found;
};

describe.each(everyStore)('a plan in %s', (_name, freshStore) => {
  const open = async (options: Options): Promise<ApiGate> => anApiGate({ ...(await freshStore()), ...options });

  test('admits as many requests as it has in a window, and refuses the next ones with 429', async () => {
    const gate = await open(planned());
    const token = await tokenOf(gate);
    expect(await statuses(5, () => gate.get('/orders', token))).toEqual([200, 200, 200, 429, 429]);
    expect(gate.served()).toBe(3);
    const refused = await gate.get('/orders', token);
    expect(refused.headers).toMatchObject({
      'retry-after': String(DAY),
      'ratelimit-policy': `"free";q=3;w=${DAY}`,
      ratelimit: `"free";r=0;t=${DAY}`,
      'cache-control': 'no-store',
    });
    expect(refused.headers).not.toHaveProperty('www-authenticate');
    expect(refused.body).toEqual({
      error: 'too_many_requests',
      error_description:
        'The plan of this subscription admits no more requests now. Repeat the request after the seconds in Retry-After.',
    });
  });

  test('is in the header fields of admitted requests', async () => {
    const gate = await open(planned());
    const token = await tokenOf(gate);
    await gate.get('/orders', token);
    const { headers } = await gate.get('/orders', token);
    expect(headers).toMatchObject({ 'ratelimit-policy': `"free";q=3;w=${DAY}`, ratelimit: `"free";r=1;t=${DAY}` });
    expect((await gate.get('/stock', token)).headers).not.toHaveProperty('ratelimit');
  });

  test('is counted for each application and environment, whatever the token', async () => {
    const gate = await open(planned());
    const [one, other] = [await tokenOf(gate), (await gate.signIn(SHOP)).access_token];
    await statuses(2, () => gate.get('/orders', one));
    expect(await statuses(2, () => gate.get('/orders', other))).toEqual([200, 429]);
    const sandbox = await tokenOf(gate, ['sandbox', 'sandbox-secret']);
    expect(await statuses(4, () => gate.get('/orders', sandbox))).toEqual([200, 200, 200, 429]);
    const { keys } = await aMadeApplication(gate, { subscriptions: ['orders'] });
    const made = await tokenOf(gate, keys);
    expect(await statuses(4, () => gate.get('/orders', made))).toEqual([200, 200, 200, 429]);
  });

  test('is that of the subscription, and changes while tokens stay valid', async () => {
    const gate = await open(planned());
    const subscriptions = [{ api: 'orders', plan: 'partner' }];
    const { id, keys } = await aMadeApplication(gate, { subscriptions });
    const token = await tokenOf(gate, keys);
    expect((await gate.get('/orders', token)).headers['ratelimit-policy']).toBe('"partner";q=5;w=60');
    await gate.gate.directory.applications.subscribe(id, 'orders', { plan: 'free' });
    expect((await gate.get('/orders', token)).headers['ratelimit-policy']).toBe(`"free";q=3;w=${DAY}`);
  });
});

describe('a plan', () => {
  test('with a burst names the time until the next request in both header fields of a refusal', async () => {
    const plans = { ...PLANS, free: { requests: 24, per: DAY, burst: 2 } };
    const gate = anApiGate({ ...planned(), plans });
    const token = await tokenOf(gate);
    expect(await statuses(3, () => gate.get('/orders', token))).toEqual([200, 200, 429]);
    const { headers } = await gate.get('/orders', token);
    const hour = Number(headers['retry-after']);
    expect([3_599, 3_600]).toContain(hour);
    expect(headers).toMatchObject({ 'ratelimit-policy': `"free";q=24;w=${DAY}`, ratelimit: `"free";r=0;t=${hour}` });
  });

  test('that a declared subscription names is its own', async () => {
    const gate = anApiGate(planned(ORDERS, 'partner'));
    const token = await tokenOf(gate);
    expect(await statuses(6, () => gate.get('/orders', token))).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('that the API no longer has is replaced by its first one', async () => {
    const store = await onRedis();
    const former = anApiGate({ ...store, ...planned() });
    const { keys } = await aMadeApplication(former, { subscriptions: [{ api: 'orders', plan: 'partner' }] });
    const options = planned();
    const apis = { orders: { plans: ['free'], resources: ORDERS }, stock: { resources: ORDERS } };
    const gate = anApiGate({ ...store, ...options, apis });
    expect((await gate.get('/orders', await tokenOf(gate, keys))).headers['ratelimit-policy']).toMatch(/^"free"/);
  });

  test('is counted over all gates that share a store', async () => {
    const store = await onRedis();
    const gates = [anApiGate({ ...store, ...planned() }), anApiGate({ ...store, ...planned() })] as const;
    const token = await tokenOf(gates[0]);
    const sent: number[] = [];
    for (const gate of [...gates, ...gates]) sent.push((await gate.get('/orders', token)).status);
    expect(sent).toEqual([200, 200, 200, 429]);
  });

  test('of an application that only another gate declares is known from its registration', async () => {
    const store = await onRedis();
    const declaring = anApiGate({ ...store, ...planned(ORDERS, 'partner') });
    await declaring.gate.ready();
    const token = await tokenOf(declaring);
    const other = anApiGate({ ...store, ...planned(), applications: [], organizations: [], users: [] });
    expect((await other.get('/orders', token)).headers).toMatchObject({
      'ratelimit-policy': '"partner";q=5;w=60',
      ratelimit: '"partner";r=4;t=60',
    });
  });

  test('is counted once for a request that two guards of its API let through', async () => {
    const gate = anApiGate(planned());
    const api = gate.gate.api('orders');
    const serve: express.RequestHandler = (_request, response) => void response.json({});
    const app = express().use(
      '/orders',
      api,
      express.Router().get('/', api.requireScope('read'), api.requireToken(), serve),
    );
    const token = (await gate.signIn(SHOP, 'read')).access_token;
    const send = () => request(app).get('/orders').auth(token, { type: 'bearer' });
    expect(await statuses(4, send)).toEqual([200, 200, 200, 429]);
  });

  test('is counted once for a request that passes its guards before and behind a limited public resource', async () => {
    const limit = { requests: 9, per: DAY };
    const gate = anApiGate(planned([...ORDERS, { path: '/open', methods: ['GET'], public: true, limit }]));
    const api = gate.gate.api('orders');
    const app = express().use('/orders', api.requireToken(), api, api.requireToken(), (_request, response) => {
      response.json({});
    });
    const token = await tokenOf(gate);
    const send = () => request(app).get('/orders/open').auth(token, { type: 'bearer' });
    expect(await statuses(4, send)).toEqual([200, 200, 200, 429]);
  });

  test('is counted by guards of single routes of its API', async () => {
    const gate = anApiGate(planned());
    gate.app.get('/extra', gate.gate.api('orders').requireToken(), (_request, response) => void response.json({}));
    const token = await tokenOf(gate);
    expect(await statuses(4, () => gate.get('/extra', token))).toEqual([200, 200, 200, 429]);
    expect(await statuses(2, () => gate.get('/me', token))).toEqual([200, 200]);
  });

  test('does not count requests that are refused for another reason, nor preflight requests', async () => {
    const resources = [...ORDERS, { path: '/write', methods: ['GET'], scopes: ['update'] as const }];
    const gate = anApiGate({ ...planned(resources), cors: true });
    const token = await tokenOf(gate);
    const preflight = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' };
    expect(await statuses(3, () => request(gate.app).options('/orders').set(preflight))).toEqual([204, 204, 204]);
    expect(await statuses(3, () => gate.get('/orders/write', token))).toEqual([403, 403, 403]);
    expect(await statuses(3, () => gate.get('/orders/nothing', token))).toEqual([404, 404, 404]);
    expect(await statuses(2, () => gate.get('/orders'))).toEqual([401, 401]);
    expect(await statuses(4, () => request(gate.app).head('/orders').auth(token, { type: 'bearer' }))).toEqual([
      200, 200, 200, 429,
    ]);
  });

  test('exposes its header fields to scripts of other origins', async () => {
    const gate = anApiGate({ ...planned(), cors: true });
    const { headers } = await gate.get('/orders', await tokenOf(gate)).set('Origin', 'https://app.example');
    expect(headers['access-control-expose-headers']).toContain('RateLimit, RateLimit-Policy');
  });

  test('refuses the tokens of an application that was removed', async () => {
    const gate = anApiGate(planned());
    const { id, keys } = await aMadeApplication(gate, { subscriptions: ['orders'] });
    const token = await tokenOf(gate, keys);
    await gate.gate.directory.applications.remove(id);
    expect((await gate.get('/orders', token)).status).toBe(401);
  });
});

test('a plan that is changed at another gate counts as soon as this one is notified', async () => {
  const store = await onRedis();
  const [here, there] = [anApiGate({ ...store, ...planned() }), anApiGate({ ...store, ...planned() })];
  const { id, keys } = await aMadeApplication(here, { subscriptions: ['orders'] });
  const token = await tokenOf(here, keys);
  const policy = async () => String((await here.get('/orders', token)).headers['ratelimit-policy']);
  expect(await policy()).toMatch(/^"free"/);
  await there.gate.directory.applications.subscribe(id, 'orders', { plan: 'partner' });
  await until(async () => (await policy()).startsWith('"partner"'));
});

describe('the limit of a resource', () => {
  const limited = (limit: object, resource: object = {}): Options =>
    planned([
      ...ORDERS,
      { path: '/reports/:id', methods: ['GET'], limit: { requests: 2, per: DAY, ...limit }, ...resource },
    ]);

  test('refuses what its plan would admit, for all paths of its template', async () => {
    const gate = anApiGate(limited({}));
    const token = await tokenOf(gate);
    const first = await gate.get('/orders/reports/1', token);
    expect(first.headers).toMatchObject({
      'ratelimit-policy': `"free";q=3;w=${DAY}, "resource";q=2;w=${DAY}`,
      ratelimit: `"free";r=2;t=${DAY}, "resource";r=1;t=${DAY}`,
    });
    await gate.get('/orders/reports/2', token);
    const refused = await gate.get('/orders/reports/3', token);
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({
      'retry-after': String(DAY),
      'ratelimit-policy': `"resource";q=2;w=${DAY}`,
      ratelimit: `"resource";r=0;t=${DAY}`,
    });
    // What the limit refuses uses nothing of the plan.
    expect(await statuses(2, () => gate.get('/orders', token))).toEqual([200, 429]);
  });

  test.each([
    ['guarded', {}],
    ['public', { public: true }],
  ])('is counted once for a request that passes the guard of its API twice: a %s resource', async (_kind, resource) => {
    const gate = anApiGate(limited({}, resource));
    const [outer, inner] = [gate.gate.api('orders'), gate.gate.api('orders')];
    const app = express().use('/orders', outer, inner, (_request, response) => void response.json({}));
    const token = await tokenOf(gate);
    const send = () => request(app).get('/orders/reports/1').auth(token, { type: 'bearer' });
    const { headers } = await send();
    expect(headers['ratelimit']).toContain(`"resource";r=1;t=${DAY}`);
    expect(await statuses(2, send)).toEqual([200, 429]);
  });

  test('is not used by requests that are known to be beyond their plan', async () => {
    const gate = anApiGate(limited({ by: 'user', requests: 4 }));
    const { access_token: beyond } = await gate.signIn(SHOP);
    expect(await statuses(3, () => gate.get('/orders', beyond))).toEqual([200, 200, 200]);
    expect(await statuses(9, () => gate.get('/orders/reports/1', beyond))).toEqual(Array(9).fill(429));
    const { keys } = await aMadeApplication(gate, { subscriptions: [{ api: 'orders', plan: 'partner' }] });
    const { access_token: other } = await gate.signIn(keys);
    const served = await statuses(5, () => gate.get('/orders/reports/1', other));
    expect(served.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
  });

  test('by application counts all users of an application together', async () => {
    const gate = anApiGate(limited({ by: 'application' }));
    const [john, jane] = [await gate.signIn(SHOP, undefined, JOHN), await gate.signIn(SHOP, undefined, JANE)];
    expect(await statuses(1, () => gate.get('/orders/reports/1', john.access_token))).toEqual([200]);
    expect(await statuses(2, () => gate.get('/orders/reports/1', jane.access_token))).toEqual([200, 429]);
  });

  test('by user counts each user over all applications, and requests without a user for their application', async () => {
    const gate = anApiGate({
      ...limited({ by: 'user' }),
      plans: { free: { requests: 99, per: 60 }, partner: { requests: 99, per: 60 } },
    });
    const { keys } = await aMadeApplication(gate, { subscriptions: ['orders'] });
    const [here, there] = [await gate.signIn(SHOP), await gate.signIn(keys)];
    expect(await statuses(1, () => gate.get('/orders/reports/1', here.access_token))).toEqual([200]);
    expect(await statuses(2, () => gate.get('/orders/reports/1', there.access_token))).toEqual([200, 429]);
    const own = await tokenOf(gate);
    expect(await statuses(3, () => gate.get('/orders/reports/1', own))).toEqual([200, 200, 429]);
  });

  test('by address counts the clients of an address together, by the trusted proxy', async () => {
    const gate = anApiGate(limited({ by: 'address' }));
    gate.app.set('trust proxy', true);
    const token = await tokenOf(gate);
    const from = (address: string) => () => gate.get('/orders/reports/1', token).set('X-Forwarded-For', address);
    expect(await statuses(3, from('192.0.2.1'))).toEqual([200, 200, 429]);
    expect(await statuses(1, from('192.0.2.2'))).toEqual([200]);
  });

  test('of a public resource counts by address, and needs no token', async () => {
    const gate = anApiGate(limited({}, { public: true }));
    gate.app.set('trust proxy', true);
    const from = (address: string) => () => gate.get('/orders/reports/1').set('X-Forwarded-For', address);
    expect((await from('2001:db8::1')()).headers).toMatchObject({ ratelimit: `"resource";r=1;t=${DAY}` });
    // The same network: a subscriber has all addresses of a /64.
    expect(await statuses(2, from('2001:db8::2'))).toEqual([200, 429]);
    expect(await statuses(1, from('2001:db8:0:1::1'))).toEqual([200]);
  });

  test('of a public resource is counted by each gate alone while the store is away', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const gate = anApiGate({ ...limited({ requests: 100 }, { public: true }), redis, deadline: 200 });
    expect((await gate.get('/orders/reports/1')).status).toBe(200);
    await server.stop();
    const found = new Set(await statuses(30, () => gate.get('/orders/reports/1')));
    redis.disconnect();
    expect(found).toEqual(new Set([200, 429]));
  });

  test('is counted for its methods apart from a resource with the same path', async () => {
    const limit = { requests: 1, per: DAY };
    const gate = anApiGate(
      planned([
        { path: '/', methods: ['GET'], limit },
        { path: '/', methods: ['POST'], limit },
      ]),
    );
    const token = await tokenOf(gate);
    expect((await gate.get('/orders', token)).status).toBe(200);
    expect(await statuses(2, () => gate.post('/orders', token))).toEqual([200, 429]);
  });
});

describe('an allowance beyond which a request is', () => {
  test('is named by events, without an entry in the audit', async () => {
    const limit = { requests: 1, per: DAY };
    const gate = anApiGate(planned([...ORDERS, { path: '/reports', methods: ['GET'], limit }]));
    const token = (await gate.signIn(SHOP)).access_token;
    await gate.get('/orders/reports', token);
    const events = recordEvents(gate.gate);
    await gate.get('/orders/reports', token);
    await statuses(3, () => gate.get('/orders', token));
    const grant = { clientId: KEY, subject: JOHN[0] };
    expect(events).toEqual([
      expect.objectContaining({
        type: 'limit',
        limit: 'resource:/orders/reports',
        api: 'orders',
        resource: '/reports',
        ...grant,
      }),
      expect.objectContaining({
        type: 'deny',
        place: 'guard',
        status: 429,
        reason: 'limit_exceeded',
        api: 'orders',
        ...grant,
      }),
      expect.objectContaining({ type: 'limit', limit: 'plan:free', api: 'orders', plan: 'free', ...grant }),
      expect.objectContaining({
        type: 'deny',
        place: 'guard',
        status: 429,
        reason: 'plan_exceeded',
        api: 'orders',
        ...grant,
      }),
    ]);
  });

  test('is in the facts about the request', async () => {
    const gate = anApiGate(planned());
    const facts: unknown[] = [];
    const app = express();
    app.use((incoming, _response, next) => {
      facts.push(gate.gate.observe(incoming));
      next();
    });
    app.use('/orders', gate.gate.api('orders'), (_request, response) => void response.json({}));
    const token = await tokenOf(gate);
    await statuses(4, () => request(app).get('/orders').auth(token, { type: 'bearer' }));
    expect(facts.at(-1)).toEqual({
      place: 'guard',
      api: 'orders',
      resource: '/',
      clientId: KEY,
      reason: 'plan_exceeded',
    });
  });
});
