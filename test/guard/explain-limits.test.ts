import type { ScopegateOptions } from 'scopegate';
import { aMadeApplication, anApiGate, clientToken, type ApiScope } from '../support/gate/api-gate';

const DAY = 86_400;

const options: Partial<ScopegateOptions<ApiScope>> = {
  plans: { free: { requests: 3, per: DAY, burst: 3 } },
  apis: {
    orders: {
      plans: ['free'],
      resources: [
        { path: '/', methods: ['GET'] },
        { path: '/reports', methods: ['GET'], limit: { requests: 1, per: 60 } },
        { path: '/far', methods: ['GET'], limit: { requests: 2, per: 60, by: 'address' } },
        { path: '/open', methods: ['GET'], public: true, limit: { requests: 5, per: 1 } },
      ],
    },
    stock: { resources: [{ path: '/', methods: ['GET'] }] },
  },
};

const open = async () => {
  const gate = anApiGate(options);
  const { id, keys } = await aMadeApplication(gate, { subscriptions: ['orders', 'stock'] });
  const { access_token: token } = await clientToken(gate, keys);
  const explain = (path: string) => gate.gate.explain(token, { method: 'GET', path });
  const get = async (path: string) => (await gate.get(path, token)).status;
  return { ...gate, id, explain, get };
};

describe('an explanation', () => {
  test('has the plan and the limit that apply, with what is left of them, and uses nothing of them', async () => {
    const { explain, get } = await open();
    const plan = { kind: 'plan', name: 'free', by: 'subscription', requests: 3, per: DAY, burst: 3 };
    const limit = { kind: 'resource', name: '/reports', by: 'application', requests: 1, per: 60 };
    for (let times = 0; times < 3; times += 1) {
      expect(await explain('/orders/reports')).toMatchObject({
        allowed: true,
        limits: [
          { ...plan, remaining: 3, retryAfter: 0 },
          { ...limit, remaining: 1, retryAfter: 0 },
        ],
      });
    }
    await get('/orders');
    expect(await explain('/orders')).toMatchObject({
      allowed: true,
      summary: 'This request would be allowed.',
      limits: [{ ...plan, remaining: 2, resetAfter: DAY, retryAfter: 0 }],
    });
    expect(await explain('/stock')).not.toHaveProperty('limits');
  });

  test('reports that a plan is used up, and when a request is admitted again', async () => {
    const { explain, get } = await open();
    for (const path of ['/orders', '/orders', '/orders']) await get(path);
    expect(await explain('/orders')).toMatchObject({
      allowed: false,
      status: 429,
      reason: 'plan_exceeded',
      missing: [],
      limits: [{ remaining: 0, retryAfter: DAY }],
      summary:
        'This request would be refused (429 plan_exceeded): the plan free admits 3 requests in 86400 seconds; ' +
        'repeat the request in 86400 seconds.',
    });
    expect(await get('/orders')).toBe(429);
  });

  test('reports that the limit of a resource is used up', async () => {
    const { explain, get } = await open();
    await get('/orders/reports');
    expect(await explain('/orders/reports')).toMatchObject({
      allowed: false,
      status: 429,
      reason: 'limit_exceeded',
      summary:
        'This request would be refused (429 limit_exceeded): the limit of the resource admits 1 request in 60 seconds; ' +
        'repeat the request in 60 seconds.',
    });
    expect(await get('/orders/reports')).toBe(429);
  });

  test('names limits by address without their use, because it has no address', async () => {
    const { explain } = await open();
    const far = { kind: 'resource', name: '/far', by: 'address', requests: 2, per: 60 };
    expect((await explain('/orders/far')).limits?.[1]).toEqual(far);
    expect(await explain('/orders/open')).toMatchObject({
      allowed: true,
      reason: 'public',
      limits: [{ kind: 'resource', name: '/open', by: 'address', requests: 5, per: 1 }],
    });
  });

  test('counts what this gate has leased and not used as left', async () => {
    const gate = anApiGate({ ...options, plans: { free: { requests: 100, per: DAY } } });
    const { keys } = await aMadeApplication(gate, { subscriptions: ['orders'] });
    const { access_token: token } = await clientToken(gate, keys);
    for (let sent = 0; sent < 40; sent += 1) await gate.get('/orders', token);
    const { limits = [] } = await gate.gate.explain(token, { method: 'GET', path: '/orders' });
    expect(limits[0]).toMatchObject({ remaining: 60 });
  });
});
