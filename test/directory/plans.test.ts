import type { Redis } from 'ioredis';
import type { ScopegateOptions } from 'scopegate';
import { readStoredApplication } from '../../src/directory/stored-records';
import { rejectionOf } from '../support/expect/thrown';
import { statusOf } from '../support/gate/api-gate';
import { orders } from '../support/gate/declared-records';
import { aGate, APPLICATION, JOHN, type TestGate, type TestScope } from '../support/gate/gate';
import { BAD_VALUE, createApplication, DECLARED, NOT_FOUND, pairOf } from '../support/gate/managed-directory';
import { collect } from '../support/stores/collect';
import { everyStore, onRedis } from '../support/stores/every-store';

const PLANNED: Partial<ScopegateOptions<TestScope>> = {
  plans: { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 60 } },
  apis: { orders: { plans: ['free', 'partner'], resources: [] }, stock: { resources: [] } },
};
const KEY = APPLICATION[0];

describe.each(everyStore)('plans of applications in %s', (_name, freshStore) => {
  const open = async (): Promise<TestGate> => aGate({ ...(await freshStore()), ...PLANNED });

  test('are chosen at the subscription, changed by another one, and end with it', async () => {
    const test = await open();
    const { applications } = test.gate.directory;
    const { info, keys } = await createApplication(test);
    expect(await applications.subscribe(info.id, 'orders')).not.toHaveProperty('plans');
    const tokens = await test.signIn(JOHN, 'read', pairOf(keys));
    const changed = await applications.subscribe(info.id, 'orders', { plan: 'partner' });
    expect(changed).toMatchObject({ subscriptions: ['orders'], plans: { orders: 'partner' } });
    expect(await statusOf(test.get('/me', tokens.access_token))).toBe(200);
    // A call that names no plan leaves it as it is.
    expect(await applications.subscribe(info.id, 'orders', {})).toMatchObject({ plans: { orders: 'partner' } });
    expect(await applications.subscribe(info.id, 'stock')).toMatchObject({ plans: { orders: 'partner' } });
    expect(await applications.find(info.id)).toMatchObject({ plans: { orders: 'partner' } });
    expect(await applications.unsubscribe(info.id, 'orders')).not.toHaveProperty('plans');
    expect(await applications.subscribe(info.id, 'orders')).not.toHaveProperty('plans');
  });

  test('are changed only for a subscription that is still there', async () => {
    const test = await open();
    const { applications } = test.gate.directory;
    const { info } = await createApplication(test);
    expect(await rejectionOf(applications.changePlan(info.id, 'orders', 'partner'))).toEqual(NOT_FOUND);
    await applications.subscribe(info.id, 'orders');
    const changed = await applications.changePlan(info.id, 'orders', 'partner');
    expect(changed).toMatchObject({ subscriptions: ['orders'], plans: { orders: 'partner' } });
    await applications.unsubscribe(info.id, 'orders');
    expect(await rejectionOf(applications.changePlan(info.id, 'orders', 'free'))).toEqual(NOT_FOUND);
    expect(await applications.find(info.id)).toMatchObject({ subscriptions: [] });
    expect(await rejectionOf(applications.changePlan('no', 'orders', 'free'))).toEqual(NOT_FOUND);
  });

  test('may be named when an application is created', async () => {
    const { applications } = (await open()).gate.directory;
    const subscriptions = ['stock', { api: 'orders', plan: 'partner' }] as const;
    const made = await applications.create({ name: 'Made app', subscriptions });
    expect(made).toMatchObject({ subscriptions: ['stock', 'orders'], plans: { orders: 'partner' } });
    expect(await applications.find(made.id)).toEqual(made);
  });

  test('must be those of the API', async () => {
    const test = await open();
    const { applications } = test.gate.directory;
    const { info } = await createApplication(test);
    for (const [api, options] of [
      ['orders', { plan: 'fre' }],
      ['orders', { plan: '' }],
      ['orders', { plan: null }],
      ['orders', { plans: 'free' }],
      ['orders', 'free'],
      ['stock', { plan: 'free' }],
      ['nothing', { plan: 'free' }],
    ] as const) {
      expect(await rejectionOf(applications.subscribe(info.id, api, options as object))).toEqual(BAD_VALUE);
    }
    for (const [api, plan] of [
      ['orders', 'fre'],
      ['orders', undefined as never],
      ['stock', 'free'],
      ['nothing', 'free'],
    ] as const) {
      expect(await rejectionOf(applications.changePlan(info.id, api, plan))).toEqual(BAD_VALUE);
    }
    const wrong = [{ api: 'orders', plan: 'fre' }];
    expect(await rejectionOf(applications.create({ name: 'a', subscriptions: wrong }))).toEqual(BAD_VALUE);
    expect(await applications.find(info.id)).toMatchObject({ subscriptions: [] });
  });

  test('of declared applications are changed in the options', async () => {
    const { applications } = (await open()).gate.directory;
    expect(await rejectionOf(applications.subscribe(KEY, 'orders', { plan: 'partner' }))).toEqual(DECLARED);
    expect(await rejectionOf(applications.changePlan(KEY, 'orders', 'partner'))).toEqual(DECLARED);
  });
});

test('a stored plan that cannot be read is the default one', () => {
  const stored = (plans: unknown) => readStoredApplication('id', { name: 'App', subscriptions: ['orders'], plans });
  expect(stored({ orders: 'free', stock: 7 })).toMatchObject({ plans: { orders: 'free' } });
  for (const plans of [undefined, null, 'free', ['free'], { orders: null }]) {
    expect(stored(plans)).not.toHaveProperty('plans');
  }
});

describe('the plans of declared applications', () => {
  const declaring = (plan?: string): Partial<ScopegateOptions<TestScope>> => ({
    ...PLANNED,
    applications: [{ ...orders, subscriptions: ['stock', plan === undefined ? 'orders' : { api: 'orders', plan }] }],
  });

  test('are those of the gate that was started last, and tokens stay valid', async () => {
    const store = await onRedis();
    const former = aGate({ ...store, ...declaring(), cache: false });
    await former.gate.ready();
    expect(await former.gate.directory.applications.find(KEY)).toMatchObject({ plans: { orders: 'free' } });
    const tokens = await former.signIn();
    const next = aGate({ ...store, ...declaring('partner') });
    await next.gate.ready();
    expect(await former.gate.directory.applications.find(KEY)).toMatchObject({ plans: { orders: 'partner' } });
    expect(await statusOf(former.get('/me', tokens.access_token))).toBe(200);
    expect(await statusOf(next.get('/me', tokens.access_token))).toBe(200);
  });

  test('are known to gates that do not declare them', async () => {
    const store = await onRedis();
    await aGate({ ...store, ...declaring('partner') }).gate.ready();
    const other = aGate({ ...store, organizations: [], users: [], applications: [], cache: false });
    expect(await collect(other.gate.directory.applications.listDeclaredElsewhere())).toEqual([
      expect.objectContaining({ id: KEY, plans: { orders: 'partner' } }),
    ]);
  });

  test('are registered as a list of strings, which gates of the previous release can read', async () => {
    const store = await onRedis();
    await aGate({ ...store, ...declaring('partner') }).gate.ready();
    const registered = await (store.redis as Redis).hget(`${store.prefix}{directory}:declarations`, `client ${KEY}`);
    expect(JSON.parse(registered ?? '{}')).toMatchObject({ rights: { plans: ['orders partner'] } });
  });

  test('are not registered if there are none', async () => {
    const store = await onRedis();
    await aGate({ ...store, applications: [orders] }).gate.ready();
    const registered = await (store.redis as Redis).hget(`${store.prefix}{directory}:declarations`, `client ${KEY}`);
    expect(JSON.parse(registered ?? '{}')).not.toHaveProperty('rights.plans');
  });
});
