import { ConfigurationError } from 'scopegate';
import { resolveOptions } from '../../src/options/settings';
import { thrownBy } from '../support/expect/thrown';

const ISSUER = 'https://api.example.com';
const plans = { free: { requests: 1000, per: 60 }, partner: { requests: 100_000, per: 60, burst: 2000 } };
const resources = [{ path: '/', methods: ['GET'] }];
const apis = { orders: { plans: ['free', 'partner'], resources }, stock: { resources } };
const keys = { name: 'App', consumerKey: 'k', consumerSecret: 's' };

const settingsOf = (options: object) => resolveOptions({ issuer: ISSUER, ...options });

const faultsOf = (options: object): readonly string[] => {
  const thrown = thrownBy(() => settingsOf(options));
  expect(thrown).toBeInstanceOf(ConfigurationError);
  return (thrown as ConfigurationError).faults.map(({ path, problem }) => `${path.join('.')} ${problem}`);
};

const withLimit = (limit: unknown, resource: object = {}) => ({
  apis: { orders: { resources: [{ path: '/', methods: ['GET'], ...resource, limit }] } },
});

const limitOf = (limit: unknown, resource: object = {}) =>
  settingsOf(withLimit(limit, resource)).apis.get('orders')?.resources[0]?.limit;

const subscribed = (...subscriptions: readonly unknown[]) => ({
  plans,
  apis,
  applications: [{ ...keys, subscriptions }],
});

const applicationWith = (...subscriptions: readonly unknown[]) =>
  settingsOf(subscribed(...subscriptions)).directory.applications[0];

describe('the option plans', () => {
  test('defines the plans that an API lists, the default one first', () => {
    expect(settingsOf({ plans, apis }).apis.get('orders')?.plans).toEqual([
      { name: 'free', requests: 1000, per: 60 },
      { name: 'partner', requests: 100_000, per: 60, burst: 2000 },
    ]);
    expect(settingsOf({ plans, apis }).apis.get('stock')?.plans).toEqual([]);
  });

  test.each<[what: string, plan: unknown, fault: string]>([
    [
      'without requests',
      { per: 60 },
      'requests is missing: it must be a whole number of requests from 1 to 1000000000',
    ],
    ['without a period', { requests: 1 }, 'per is missing: it must be a whole number of seconds from 1 to 2678400'],
    ['for nothing', { requests: 0, per: 1 }, 'requests must be a whole number of requests from 1 to 1000000000; got 0'],
    [
      'per half a second',
      { requests: 1, per: 0.5 },
      'per must be a whole number of seconds from 1 to 2678400; got 0.5',
    ],
    [
      'with a burst beyond the window',
      { requests: 5, per: 1, burst: 6 },
      'burst must be a whole number of requests from 1 to 5; got 6',
    ],
    ['with a misspelt field', { requests: 1, per: 1, bursts: 1 }, 'bursts is unknown; did you mean "burst"?'],
  ])('refuses a plan %s', (_what, plan, fault) => {
    expect(faultsOf({ plans: { free: plan } })).toEqual([`plans.free.${fault}`]);
  });

  test('refuses a plan that is not an object', () => {
    expect(faultsOf({ plans: { free: null } })).toEqual(['plans.free must be an object; got null']);
  });

  test.each(['', 'my plan', 'a"b', 'a'.repeat(65)])('refuses the name %j', (name) => {
    expect(faultsOf({ plans: { [name]: { requests: 1, per: 1 } } })).toEqual([
      `plans.${name} is not the name of a plan: 1 to 64 letters, digits, dots, hyphens or underscores`,
    ]);
  });

  test('refuses the name resource, which header fields use for limits of resources', () => {
    expect(faultsOf({ plans: { resource: { requests: 1, per: 1 } } })).toEqual([
      'plans.resource is reserved: header fields use it for the limit of a resource',
    ]);
  });
});

describe('the plans of an API', () => {
  test('must be declared', () => {
    expect(faultsOf({ plans, apis: { orders: { plans: ['fre'], resources } } })).toEqual([
      'apis.orders.plans.0 is "fre"; did you mean "free"?',
    ]);
  });

  test('are at least one if they are given', () => {
    expect(faultsOf({ plans, apis: { orders: { plans: [], resources } } })).toEqual([
      'apis.orders.plans is empty; leave it out if the subscriptions of this API are not limited',
    ]);
  });
});

describe('the limit of a resource', () => {
  test('counts for each application unless it says otherwise', () => {
    expect(limitOf({ requests: 10, per: 1 })).toEqual({ requests: 10, per: 1, by: 'application' });
    expect(limitOf({ requests: 10, per: 1, burst: 2, by: 'user' })).toEqual({
      requests: 10,
      per: 1,
      burst: 2,
      by: 'user',
    });
    expect(limitOf({ requests: 10, per: 1, by: 'address' })).toEqual({ requests: 10, per: 1, by: 'address' });
  });

  test('counts by address at a public resource', () => {
    expect(limitOf({ requests: 10, per: 1 }, { public: true })).toEqual({ requests: 10, per: 1, by: 'address' });
    expect(faultsOf(withLimit({ requests: 10, per: 1, by: 'user' }, { public: true }))).toEqual([
      'apis.orders.resources.0.limit.by must be address, because the resource is public: its requests have no user',
    ]);
  });

  test('is refused with the path of each of its faults', () => {
    expect(faultsOf(withLimit({ requests: 'x', by: 'adress' }))).toEqual([
      'apis.orders.resources.0.limit.requests must be a whole number of requests from 1 to 1000000000; got "x"',
      'apis.orders.resources.0.limit.per is missing: it must be a whole number of seconds from 1 to 2678400',
      'apis.orders.resources.0.limit.by is "adress"; did you mean "address"?',
    ]);
  });

  test('is a part of the rule, which must be the same for two resources that one request can match', () => {
    const [path, methods] = ['/:id', ['GET']];
    const twice = (other: object) => ({
      apis: {
        orders: {
          resources: [
            { path, methods, limit: { requests: 1, per: 1 } },
            { path: '/:key', methods, ...other },
          ],
        },
      },
    });
    expect(faultsOf(twice({}))).toEqual([expect.stringContaining('have different rules')]);
    expect(faultsOf(twice({ limit: { requests: 2, per: 1 } }))).toEqual([
      expect.stringContaining('have different rules'),
    ]);
    expect(settingsOf(twice({ limit: { requests: 1, per: 1, by: 'application' } })).apis.size).toBe(1);
  });

  test('is not a field of an API, so it cannot be given beside an OpenAPI document', () => {
    const openapi = { openapi: '3.1.0', info: { title: 'Orders', version: '1' }, paths: { '/': { get: {} } } };
    expect(faultsOf({ apis: { orders: { openapi, limit: { requests: 1, per: 1 } } } })).toEqual([
      expect.stringMatching(/^apis\.orders\.limit is unknown/),
    ]);
  });
});

describe('the subscriptions of a declared application', () => {
  test('have the first plan of their API unless they name another one', () => {
    expect(applicationWith('orders', 'stock')).toMatchObject({
      subscriptions: ['orders', 'stock'],
      plans: { orders: 'free' },
    });
    expect(applicationWith({ api: 'orders' })).toMatchObject({ subscriptions: ['orders'], plans: { orders: 'free' } });
    expect(applicationWith({ api: 'orders', plan: 'partner' })).toMatchObject({
      subscriptions: ['orders'],
      plans: { orders: 'partner' },
    });
  });

  test('have no plan if their APIs have none', () => {
    expect(applicationWith('stock')).not.toHaveProperty('plans');
  });

  test.each<[what: string, subscriptions: readonly unknown[], fault: string]>([
    ['of an unknown API', [{ api: 'ordres' }], '0.api is "ordres"; did you mean "orders"?'],
    ['of no API', [{ plan: 'free' }], '0.api is missing: it must be the name of a declared API'],
    ['with an unknown plan', [{ api: 'orders', plan: 'fre' }], '0.plan is "fre"; did you mean "free"?'],
    [
      'with a plan for an API without plans',
      [{ api: 'stock', plan: 'free' }],
      '0.plan is given, but the API "stock" has no plans',
    ],
    ['with an unknown field', [{ api: 'orders', plans: 'free' }], '0.plans is unknown; did you mean "plan"?'],
    [
      'with two plans for one API',
      ['orders', { api: 'orders', plan: 'partner' }],
      '1 subscribes to the API "orders" a second time',
    ],
    ['that are numbers', [7], '0 is 7; known are orders, stock'],
  ])('are refused %s', (_what, subscriptions, fault) => {
    expect(faultsOf(subscribed(...subscriptions))).toEqual([`applications.0.subscriptions.${fault}`]);
  });
});
