import { Registry } from 'prom-client';
import type { ScopegateOptions } from 'scopegate';
import { readStoredApplication } from '../../src/directory/stored-records';
import { rejectionOf } from '../support/expect/thrown';
import { aGate, APPLICATION, JOHN, type TestGate, type TestScope } from '../support/gate/gate';
import { BAD_VALUE, createApplication, DECLARED, NOT_FOUND, pairOf } from '../support/gate/managed-directory';
import { collect } from '../support/stores/collect';
import { everyStore } from '../support/stores/every-store';
import { aClock } from '../support/time/clock';

const PLANNED: Partial<ScopegateOptions<TestScope>> = {
  plans: { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 60 } },
  apis: {
    orders: { plans: ['free', 'partner'], resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
    stock: { resources: [] },
  },
};

describe.each(everyStore)('requests for subscriptions in %s', (_name, freshStore) => {
  const open = async (options: Partial<ScopegateOptions<TestScope>> = {}) => {
    const test: TestGate = aGate({ ...(await freshStore()), ...PLANNED, ...options });
    const made = await createApplication(test);
    return { test, applications: test.gate.directory.applications, ...made };
  };

  test('grant nothing until they are approved, and then the plan that was requested', async () => {
    const { test, applications, info, keys } = await open();
    const requested = await applications.request(info.id, 'orders', { plan: 'partner', by: JOHN[0] });
    expect(requested).toMatchObject({
      subscriptions: [],
      requests: [{ api: 'orders', plan: 'partner', requestedBy: JOHN[0] }],
    });
    expect(requested).not.toHaveProperty('plans');
    expect((await test.signIn(JOHN, 'read', pairOf(keys))).scope).toBe('default');
    const { requests = [], ...approved } = await applications.approve(info.id, 'orders');
    expect([approved.subscriptions, approved.plans, requests]).toEqual([['orders'], { orders: 'partner' }, []]);
    expect((await test.signIn(JOHN, 'read', pairOf(keys))).scope).toBe('read');
  });

  test('for another plan leave the present one in effect', async () => {
    const { applications, info } = await open();
    await applications.subscribe(info.id, 'orders', { plan: 'free' });
    const requested = await applications.request(info.id, 'orders', { plan: 'partner' });
    expect(requested).toMatchObject({ subscriptions: ['orders'], plans: { orders: 'free' } });
    await applications.reject(info.id, 'orders', { reason: 'Too many' });
    expect(await applications.find(info.id)).toMatchObject({
      plans: { orders: 'free' },
      requests: [{ api: 'orders', plan: 'partner', rejected: { reason: 'Too many' } }],
    });
  });

  test('name the first plan if none is given, so that another order of the plans changes nothing', async () => {
    const { applications, info } = await open();
    expect(await applications.request(info.id, 'orders')).toMatchObject({ requests: [{ plan: 'free' }] });
    const { requests = [] } = await applications.request(info.id, 'stock');
    expect(requests.find(({ api }) => api === 'stock')).not.toHaveProperty('plan');
  });

  test('are at most one for each API, and the last one counts', async () => {
    const { applications, info } = await open();
    await applications.request(info.id, 'orders', { plan: 'free' });
    await applications.reject(info.id, 'orders');
    const { requests } = await applications.request(info.id, 'orders', { plan: 'partner' });
    expect(requests).toEqual([expect.objectContaining({ plan: 'partner' })]);
    expect(requests?.[0]).not.toHaveProperty('rejected');
  });

  test('are not made for what the application already has', async () => {
    const { applications, info } = await open();
    await applications.subscribe(info.id, 'orders');
    await applications.request(info.id, 'orders', { plan: 'partner' });
    expect(await applications.request(info.id, 'orders', { plan: 'free' })).not.toHaveProperty('requests');
    expect(await applications.find(info.id)).toMatchObject({ subscriptions: ['orders'] });
  });

  test('are counted by their state', async () => {
    const metrics = new Registry();
    const { applications, info } = await open({ metrics });
    for (const end of ['withdraw', 'reject', 'approve'] as const) {
      await applications.request(info.id, 'orders');
      await applications[end](info.id, 'orders');
    }
    const { values } = (await metrics.getMetricsAsJSON()).find(({ name }) => name.includes('subscription_req')) ?? {};
    expect(values?.map(({ labels, value }) => [labels['state'], value])).toEqual([
      ['pending', 3],
      ['withdrawn', 1],
      ['rejected', 1],
      ['approved', 1],
    ]);
  });

  test('end when they are withdrawn, with the subscription, and when the operator subscribes', async () => {
    const { applications, info } = await open();
    const end = [
      () => applications.withdraw(info.id, 'orders'),
      () => applications.unsubscribe(info.id, 'orders'),
      () => applications.subscribe(info.id, 'orders', { plan: 'free' }),
    ];
    for (const act of end) {
      await applications.request(info.id, 'orders', { plan: 'partner' });
      expect(await act()).not.toHaveProperty('requests');
      expect(await rejectionOf(applications.approve(info.id, 'orders'))).toEqual(NOT_FOUND);
    }
    expect(await applications.find(info.id)).toMatchObject({ plans: { orders: 'free' } });
  });

  test('are decided once, and only the one that was shown', async () => {
    const { applications, info } = await open();
    const [first] = (await applications.request(info.id, 'orders', { plan: 'free' })).requests ?? [];
    const [second] = (await applications.request(info.id, 'orders', { plan: 'partner' })).requests ?? [];
    const request = first?.id ?? '';
    expect(request).not.toBe(second?.id);
    expect(await rejectionOf(applications.approve(info.id, 'orders', { request }))).toEqual(NOT_FOUND);
    expect(await rejectionOf(applications.reject(info.id, 'orders', { request }))).toEqual(NOT_FOUND);
    await applications.reject(info.id, 'orders', { request: second?.id ?? '' });
    expect(await rejectionOf(applications.approve(info.id, 'orders'))).toEqual(NOT_FOUND);
    expect(await rejectionOf(applications.reject(info.id, 'orders'))).toEqual(NOT_FOUND);
    expect(await applications.find(info.id)).toMatchObject({ subscriptions: [] });
  });

  test('are listed with their applications, the oldest first, those that were rejected excluded', async () => {
    const clock = aClock();
    const { test, applications, info } = await open({ clock: clock.now });
    const { info: other } = await createApplication(test);
    const ownerless = await applications.create({ name: 'Ownerless' });
    await applications.request(other.id, 'orders', { plan: 'free', by: JOHN[0] });
    clock.advance(1);
    await applications.request(info.id, 'stock');
    await applications.request(info.id, 'orders');
    await applications.reject(info.id, 'orders');
    await applications.request(ownerless.id, 'stock');
    const listed = await collect(applications.requests());
    expect(listed.map(({ application, api }) => [application.id, api])).toEqual([
      [other.id, 'orders'],
      [info.id, 'stock'],
      [ownerless.id, 'stock'],
    ]);
    expect(listed[0]).toEqual({
      id: expect.any(String),
      api: 'orders',
      plan: 'free',
      requestedAt: clock.now() - 1,
      requestedBy: JOHN[0],
      application: { id: other.id, name: other.name, owner: other.owner, organization: other.organization },
    });
    await applications.remove(other.id);
    expect(await collect(applications.requests())).toHaveLength(2);
  });

  test('emit an event when they are made, withdrawn, approved or rejected', async () => {
    const { test, applications, info } = await open();
    const events: (readonly unknown[])[] = [];
    test.gate.on('subscriptionRequest', ({ state, api, plan, application, organization }) =>
      events.push([state, api, plan, application, organization]),
    );
    await applications.request(info.id, 'orders', { plan: 'partner' });
    await applications.approve(info.id, 'orders');
    await applications.request(info.id, 'orders', { plan: 'partner' });
    await applications.request(info.id, 'orders', { plan: 'free' });
    await applications.reject(info.id, 'orders');
    await applications.withdraw(info.id, 'orders');
    await applications.request(info.id, 'stock');
    await applications.withdraw(info.id, 'stock');
    const of = [info.id, info.organization];
    expect(events).toEqual([
      ['pending', 'orders', 'partner', ...of],
      ['approved', 'orders', 'partner', ...of],
      ['pending', 'orders', 'free', ...of],
      ['rejected', 'orders', 'free', ...of],
      ['pending', 'stock', undefined, ...of],
      ['withdrawn', 'stock', undefined, ...of],
    ]);
  });

  test('are refused with a wrong argument, and for a declared application', async () => {
    const { applications, info } = await open();
    const wrong: readonly (readonly [api: string, options: object])[] = [
      ['nothing', {}],
      ['', {}],
      ['orders', { plan: 'fre' }],
      ['stock', { plan: 'free' }],
      ['orders', { by: '' }],
      ['orders', { plans: 'free' }],
    ];
    for (const [api, options] of wrong) {
      expect(await rejectionOf(applications.request(info.id, api, options))).toEqual(BAD_VALUE);
    }
    await applications.request(info.id, 'orders');
    for (const reason of ['a'.repeat(201), 'line\nbreak', 'right-to-left \u202E', 7]) {
      expect(await rejectionOf(applications.reject(info.id, 'orders', { reason } as object))).toEqual(BAD_VALUE);
    }
    expect(await rejectionOf(applications.approve('gone', 'orders'))).toEqual(NOT_FOUND);
    expect(await rejectionOf(applications.request(APPLICATION[0], 'orders'))).toEqual(DECLARED);
    expect(await applications.find(info.id)).toMatchObject({ requests: [{ api: 'orders' }] });
  });
});

test('a request cannot be approved once its plan or its API is no longer declared, but rejected', async () => {
  const [, freshStore] = everyStore[1] ?? ['', async () => ({})];
  const store = await freshStore();
  const before = aGate({ ...store, ...PLANNED });
  const { info } = await createApplication(before);
  for (const api of ['orders', 'stock']) await before.gate.directory.applications.request(info.id, api);
  const { applications } = aGate({
    ...store,
    plans: { partner: { requests: 1, per: 60 } },
    apis: { orders: { plans: ['partner'], resources: [] } },
  }).gate.directory;
  for (const api of ['orders', 'stock']) {
    expect(await rejectionOf(applications.approve(info.id, api))).toEqual(BAD_VALUE);
    expect(await applications.reject(info.id, api)).toMatchObject({ subscriptions: [] });
  }
});

describe('stored requests', () => {
  const stored = (requests: unknown) => readStoredApplication('id', { name: 'App', subscriptions: [], requests });
  const valid = { id: 'r1', api: 'orders', plan: 'free', requestedAt: 1 };

  test('are absent in records of an earlier version', () => {
    expect(stored(undefined)).not.toHaveProperty('requests');
  });

  test('are dropped if they cannot be read, because they grant nothing', () => {
    for (const requests of [7, 'orders', {}, [null], [{ ...valid, id: 7 }], [{ ...valid, id: 'a:b' }]]) {
      expect(stored(requests)).not.toHaveProperty('requests');
    }
    for (const faulty of [{ api: 7 }, { plan: 7 }, { requestedAt: 'now' }, { requestedAt: -1 }]) {
      expect(stored([valid, { ...valid, api: 'stock', ...faulty }])).toMatchObject({ requests: [valid] });
    }
  });

  test('count as rejected if their rejection cannot be read', () => {
    for (const rejected of [null, false, 7, {}, { at: 'now', reason: 7 }]) {
      expect(stored([{ ...valid, rejected }])).toMatchObject({ requests: [{ ...valid, rejected: { at: 0 } }] });
    }
  });

  test('are at most one for each API', () => {
    expect(stored([valid, { ...valid, id: 'r2' }])).toMatchObject({ requests: [{ id: 'r2' }] });
  });
});
