import express from 'express';
import { DirectoryError, scopegate, type Gate, type ScopegateOptions, type UsageNumbers } from 'scopegate';
import { rejectionOf } from '../support/expect/thrown';
import { closeAtEnd, recordedLogger } from '../support/gate/gate';
import { serve, type Served } from '../support/http/raw-http';
import { everyStore, onRedis, type StoreOptions } from '../support/stores/every-store';
import { until } from '../support/time/waiting';

const options = (): ScopegateOptions => ({
  issuer: 'http://127.0.0.1',
  scopes: { read: 'See orders', update: 'Change orders' },
  plans: { tiny: { requests: 3, per: 86_400 } },
  apis: {
    orders: {
      sandbox: true,
      resources: [
        { path: '/:id', methods: ['GET'], scopes: ['read'] },
        { path: '/:id', methods: ['PUT'], scopes: ['update'] },
      ],
    },
    stock: { plans: ['tiny'], resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
  },
  applications: [
    { name: 'Orders app', consumerKey: 'key', consumerSecret: 'secret', subscriptions: ['orders', 'stock'] },
    { name: 'Other app', consumerKey: 'other', consumerSecret: 'secret', subscriptions: ['orders'] },
  ],
  logger: recordedLogger().logger,
});

interface ServedGate {
  readonly gate: Gate;
  /** Sends a request with a token of this client. @returns the status */
  send(clientId: string, path: string, init?: RequestInit): Promise<number>;
}

const open: Served[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

/** A gate in front of a handler that answers with the status in the path. */
const serveGate = async (
  store: StoreOptions,
  { hasPortal = true, ...changes }: Partial<ScopegateOptions> & { readonly hasPortal?: boolean } = {},
): Promise<ServedGate> => {
  const gate = closeAtEnd(scopegate({ ...options(), ...store, ...changes }));
  const app = express();
  app.use(gate.routes());
  if (hasPortal) app.use('/store', gate.portal());
  app.use('/orders', gate.api('orders'), (request, response) => {
    response.sendStatus(Number(request.path.slice(1)) || 200);
  });
  app.get('/twice', gate.requireToken(), gate.requireScope('update'), (_request, response) => {
    response.sendStatus(200);
  });
  app.use('/stock', gate.api('stock'), (_request, response) => {
    response.sendStatus(200);
  });
  const served = await serve(app);
  open.push(served);
  await gate.ready();
  const tokens = new Map<string, string>();
  return {
    gate,
    send: async (clientId, path, init = {}) => {
      const known = tokens.get(clientId);
      const token = known ?? (await gate.tokens.issue({ clientId, scopes: ['read'] })).accessToken;
      tokens.set(clientId, token);
      const url = `http://127.0.0.1:${served.port}${path}`;
      return (await fetch(url, { ...init, headers: { Authorization: `Bearer ${token}` } })).status;
    },
  };
};

const totalOf = async ({ gate }: ServedGate, application = 'key'): Promise<UsageNumbers> =>
  (await gate.usage.find(application, { period: 'hour' })).total;

/** Waits until the closed responses of all requests are counted. */
const untilCounted = (served: ServedGate, requests: number, application?: string): Promise<void> =>
  until(async () => (await totalOf(served, application)).requests === requests);

describe.each(everyStore)('the usage of applications in %s', (_name, freshStore) => {
  it('has the exact number of requests of each kind, by API', async () => {
    const served = await serveGate(await freshStore());
    const { gate, send } = served;
    for (const status of [200, 201, 304, 404, 404, 500]) expect(await send('key', `/orders/${status}`)).toBe(status);
    expect(await send('key', '/orders/1', { method: 'PUT' })).toBe(403);
    const ofStock: number[] = [];
    for (let count = 0; count < 5; count += 1) ofStock.push(await send('key', '/stock'));
    expect(ofStock).toEqual([200, 200, 200, 429, 429]);
    expect(await send('other', '/stock')).toBe(403);
    await untilCounted(served, 12);
    await untilCounted(served, 1, 'other');

    const { spans, total } = await gate.usage.find('key', { period: 'month' });
    const ofApi = (name: string) => spans.filter(({ api }) => api === name);
    expect(total).toMatchObject({ requests: 12, refused: { forbidden: 1, limited: 2, other: 0 } });
    expect(ofApi('orders')).toMatchObject([
      {
        environment: 'production',
        requests: 7,
        refused: { forbidden: 1, limited: 0, other: 0 },
        responses: { success: 2, redirect: 1, clientError: 2, serverError: 1, cancelled: 0 },
        latency: { p50: expect.any(Number), p95: expect.any(Number) },
      },
    ]);
    expect(ofApi('stock')).toMatchObject([{ requests: 5, refused: { limited: 2 }, responses: { success: 3 } }]);
    expect((await gate.usage.find('other')).total).toMatchObject({ requests: 1, refused: { forbidden: 1 } });
  });

  it('has a request that passes two guards once, and one that the second refuses as refused', async () => {
    const served = await serveGate(await freshStore());
    expect(await served.send('key', '/twice')).toBe(403);
    await untilCounted(served, 1);
    expect(await totalOf(served)).toMatchObject({ refused: { forbidden: 1 }, responses: { clientError: 0 } });
  });

  it('does not have requests without a live token, or to paths that are not declared', async () => {
    const served = await serveGate(await freshStore());
    await served.send('key', '/orders/200');
    await served.send('key', '/orders/200/more');
    await served.gate.tokens.revoke({ clientId: 'key' });
    expect(await served.send('key', '/orders/200')).toBe(401);
    await untilCounted(served, 1);
  });

  it('has the last refusals, by path templates and without text of the requests', async () => {
    const served = await serveGate(await freshStore());
    for (const id of ['secret-1', 'secret-2']) {
      await served.send('key', `/orders/${id}?access=secret-3`, { method: 'PUT' });
    }
    await served.send('other', '/stock');
    await served.send('key', '/twice?x=secret-4');
    await untilCounted(served, 3);
    const refusals = await served.gate.usage.listRefusals('key');
    const facts = { status: 403, reason: 'insufficient_scope', environment: 'production', missing: ['update'] };
    expect(refusals).toHaveLength(2);
    expect(refusals).toEqual(
      expect.arrayContaining([
        { ...facts, api: 'orders', resource: '/:id', method: 'PUT', plan: '', count: 2, at: expect.any(Number) },
        { ...facts, api: '', resource: '/twice', method: 'GET', plan: '', count: 1, at: expect.any(Number) },
      ]),
    );
    expect(JSON.stringify(refusals)).not.toContain('secret');
    expect(await served.gate.usage.listRefusals('other')).toMatchObject([{ reason: 'not_subscribed', api: 'stock' }]);
  });

  it('names the plan that is used up', async () => {
    const served = await serveGate(await freshStore());
    for (let count = 0; count < 4; count += 1) await served.send('key', '/stock');
    await untilCounted(served, 4);
    expect(await served.gate.usage.listRefusals('key')).toMatchObject([{ status: 429, plan: 'tiny', count: 1 }]);
  });

  it('is not inherited by an application that gets the key of a removed one', async () => {
    const served = await serveGate(await freshStore());
    const { applications } = served.gate.directory;
    const keys = { environment: 'production', clientId: 'imported', clientSecret: 'imported-secret' } as const;
    const first = await applications.create({ name: 'First', subscriptions: ['orders'] });
    await applications.generateKeys(first.id, keys);
    await served.send('imported', '/orders/200');
    await untilCounted(served, 1, first.id);
    await applications.remove(first.id);
    const second = await applications.create({ name: 'Second', subscriptions: ['orders'] });
    await applications.generateKeys(second.id, keys);
    expect((await totalOf(served, second.id)).requests).toBe(0);
  });

  it.each([
    ['a gate without a portal', { hasPortal: false }],
    ['a gate whose option usage is false', { usage: false }],
  ])('is not counted by %s', async (_gate, changes) => {
    const served = await serveGate(await freshStore(), changes);
    expect(await served.send('key', '/orders/200')).toBe(200);
    expect(await served.send('key', '/orders/1', { method: 'PUT' })).toBe(403);
    expect((await totalOf(served)).requests).toBe(0);
    expect(await served.gate.usage.listRefusals('key')).toEqual([]);
  });
});

it('counts a request whose client leaves before the response as cancelled', async () => {
  const gate = closeAtEnd(scopegate({ ...options(), usage: true }));
  const leaving = new AbortController();
  const app = express();
  app.use('/orders', gate.api('orders'), () => leaving.abort());
  const served = await serve(app);
  open.push(served);
  const { accessToken } = await gate.tokens.issue({ clientId: 'key', scopes: ['read'] });
  const headers = { Authorization: `Bearer ${accessToken}` };
  await rejectionOf(fetch(`http://127.0.0.1:${served.port}/orders/1`, { headers, signal: leaving.signal }));
  await until(async () => (await gate.usage.find('key')).total.responses.cancelled === 1);
});

it('several gates on one Redis add up, one without a portal if its option usage is true', async () => {
  const store = await onRedis();
  const first = await serveGate(store);
  const second = await serveGate(store, { hasPortal: false, usage: true });
  await Promise.all(
    [first, second, second].map(async ({ send }) => {
      for (let count = 0; count < 10; count += 1) await send('key', '/orders/200');
    }),
  );
  await until(async () => {
    await totalOf(second); // writes what is pending
    return (await totalOf(first)).requests === 30;
  });
});

it('every key of usage in Redis expires, and closing a gate writes what is pending', async () => {
  const store = await onRedis();
  const served = await serveGate(store);
  await served.send('key', '/orders/200');
  await served.send('key', '/orders/1', { method: 'PUT' });
  await untilCounted(served, 2);
  await served.send('key', '/orders/200');
  await until(() => served.gate.close().then(() => true));
  const { redis, prefix } = store;
  const keys = ((await redis.call('keys', `${prefix}{a.*`)) as string[]).sort();
  expect(keys.map((key) => key.replace(/^.*\}:(\w+).*$/, '$1'))).toEqual(['day', 'hour', 'minute', 'refusals']);
  for (const key of keys) expect(await redis.call('ttl', key)).toBeGreaterThan(0);
  const reader = await serveGate(store);
  expect((await totalOf(reader)).requests).toBe(3);
});

it.each([
  ['an unknown period', ['key', { period: 'year' }]],
  ['an unknown field', ['key', { of: 'day' }]],
  ['an id that is not a text', [7]],
])('gate.usage.find refuses %s', async (_what, given) => {
  const gate = closeAtEnd(scopegate(options()));
  const find = gate.usage.find as (...args: readonly unknown[]) => Promise<unknown>;
  expect(await rejectionOf(find(...given))).toBeInstanceOf(DirectoryError);
});
