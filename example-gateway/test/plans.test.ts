import { differencesBetween } from '../src/configuration/differences';
import { faultsOf, read } from './support/faults';

const FILE = `
plans:
  free: { requests: 1000, per: 60 }
  partner: { requests: 100000, per: 60, burst: 2000 }
apis:
  orders:
    upstream: http://127.0.0.1:9001
    plans: [free, partner]
    resources:
      - { path: /, methods: [GET], limit: { requests: 10, per: 1, by: user } }
applications:
  - { name: Shop, consumerKey: shop, consumerSecret: a, subscriptions: [orders] }
  - { name: Partner, consumerKey: partner, consumerSecret: b, subscriptions: [{ api: orders, plan: partner }] }
`;

describe('plans and limits in the file', () => {
  it('are passed to scopegate', () => {
    const { options } = read(FILE);
    expect(options).toMatchObject({
      plans: { partner: { requests: 100_000, per: 60, burst: 2000 } },
      apis: {
        orders: { plans: ['free', 'partner'], resources: [{ limit: { requests: 10, per: 1, by: 'user' } }] },
      },
      applications: [{ subscriptions: ['orders'] }, { subscriptions: [{ api: 'orders', plan: 'partner' }] }],
    });
  });

  it('may take their numbers from the environment', () => {
    const { options } = read(FILE.replace('requests: 1000,', 'requests: "${FREE_REQUESTS}",'), {
      FREE_REQUESTS: '250',
    });
    expect(options).toMatchObject({ plans: { free: { requests: 250, per: 60 } } });
  });

  it.each([
    [
      'an unknown plan of a subscription',
      'plan: partner',
      'plan: partners',
      'applications[1].subscriptions[0].plan',
      /did you mean "partner"/,
    ],
    ['an unknown plan of an API', '[free, partner]', '[fre]', 'apis.orders.plans[0]', /did you mean "free"/],
    [
      'a wrong limit',
      'requests: 10,',
      'requests: 0,',
      'apis.orders.resources[0].limit.requests',
      /must be a whole number/,
    ],
    [
      'a plan named by a number',
      'plan: partner',
      'plan: 7',
      'applications[1].subscriptions[0].plan',
      /is 7; known are free, partner/,
    ],
  ])('are reported with their place: %s', async (_what, before, after, key, problem) => {
    const faults = (await faultsOf(FILE.replace(before, after))).filter((fault) => fault.includes(key));
    expect(faults).toEqual([expect.stringMatching(problem)]);
  });

  it('are compared when the file is read again', () => {
    const [before, after] = [
      read(FILE),
      read(FILE.replace('requests: 1000,', 'requests: 500,').replace('plan: partner', 'plan: free')),
    ];
    expect(differencesBetween(before.version, after.version)).toEqual({
      added: [],
      removed: [],
      changed: ['plans.free.requests', 'applications.Partner.subscriptions[0].plan'],
    });
  });
});
