import express from 'express';
import request from 'supertest';
import { scopegate, type ApplicationDeclaration, type ScopegateOptions } from 'scopegate';
import { cheapPasswords, closeAtEnd, recordedLogger, type LogLine } from '../support/gate/gate';

type Options = ScopegateOptions;

const NONE = { unneeded: [], unobtainable: [], unsubscribed: [], ownerless: [] };
const NO_SUBSCRIPTION = 'no declared application subscribes to orders: add it to `subscriptions`';
const NO_APPLICATION = 'no declared application may have it';
const NO_CLERK = 'no declared user has the role clerk';

const application = (more: Partial<ApplicationDeclaration> = {}) => ({
  name: 'App',
  consumerKey: 'key',
  consumerSecret: 'secret',
  ...more,
});

const clerk = { username: 'ana', password: 'ana-password', roles: ['clerk'] };
const guest = { username: 'ben', password: 'ben-password' };

/** A gate whose `read` is for all and whose `update` is for clerks, one of whom is declared with an application. */
const open = (overrides: Partial<Options> = {}) => {
  const { logger, lines } = recordedLogger();
  const gate = closeAtEnd(
    scopegate<string>({
      issuer: 'http://127.0.0.1',
      scopes: { read: 'See', update: { description: 'Change', roles: ['clerk'] } },
      users: [clerk, guest],
      applications: [application()],
      passwords: cheapPasswords,
      logger,
      ...overrides,
    }),
  );
  return { gate, lines };
};

/** The log lines about drift. */
const driftWarnings = (lines: readonly LogLine[]) =>
  lines.filter(({ level }) => level === 'info').map(({ message, fields }) => ({ message, ...fields }));

const orders = {
  resources: [
    { path: '/', methods: ['GET'], scopes: ['read'] },
    { path: '/:id', methods: ['PUT'], anyOf: ['update', 'read'] },
  ],
} as const;

describe('scopes that no guard needs', () => {
  it('are all scopes if there is no guard, in the order of their declaration', () => {
    expect(open().gate.drift()).toEqual({ ...NONE, unneeded: ['read', 'update'] });
  });

  it.each<[string, (gate: ReturnType<typeof open>['gate']) => unknown]>([
    ['a guard of a route', (gate) => gate.requireScope('read', 'update')],
    ['guards of two routes', (gate) => [gate.requireScope('read'), gate.requireScope('update')]],
    ['an alternative', (gate) => gate.requireScope({ anyOf: ['read', { allOf: ['update'] }] })],
    ['a rule for each method', (gate) => gate.requireScope({ GET: 'read', PUT: 'update' })],
    [
      'an OpenAPI document',
      (gate) =>
        gate.fromOpenApi({
          openapi: '3.1.0',
          info: { title: 'Orders', version: '1' },
          components: { securitySchemes: { oauth: { type: 'oauth2', flows: {} } } },
          paths: { '/': { get: { security: [{ oauth: ['read'] }, { oauth: ['update'] }], responses: {} } } },
        }),
    ],
  ])('do not include those that %s names', (_what, guard) => {
    const { gate } = open();
    guard(gate);
    expect(gate.drift()).toEqual(NONE);
  });

  it('are the rest when some are named, and a guard that requires any token names none', () => {
    const { gate } = open();
    gate.requireScope('update');
    gate.requireToken();
    expect(gate.drift()).toEqual({ ...NONE, unneeded: ['read'] });
  });

  it('do not include those that a declared API names, mounted or not, or a route of an API', () => {
    const applications = [application({ subscriptions: ['orders'] })];
    expect(open({ apis: { orders }, applications }).gate.drift()).toEqual(NONE);

    const [first] = orders.resources;
    const { gate } = open({ apis: { orders: { resources: [first] } }, applications });
    expect(gate.drift()).toMatchObject({ unneeded: ['update'] });
    gate.api('orders').requireScope('update');
    expect(gate.drift()).toEqual(NONE);
  });

  it('are still unneeded after explain, which is not a guard', async () => {
    const { gate } = open();
    await gate.explain('nonsense', 'update');
    expect(gate.drift()).toEqual({ ...NONE, unneeded: ['read', 'update'] });
  });
});

describe('scopes that no declared user or application can get', () => {
  const unobtainable = (overrides: Partial<Options>) => {
    const { gate } = open(overrides);
    return gate.drift().unobtainable;
  };

  it('include those whose roles no declared user has', () => {
    expect(unobtainable({ users: [guest] })).toEqual([{ scope: 'update', because: NO_CLERK }]);
    const scopes = { update: { roles: ['clerk', 'manager'] } };
    expect(unobtainable({ users: [guest], scopes })).toEqual([
      { scope: 'update', because: 'no declared user has the role clerk or manager' },
    ]);
    expect(unobtainable({ users: [guest, { ...guest, username: 'mo', roles: ['manager'] }], scopes })).toEqual([]);
  });

  it('do not include scopes whose roles are not checked', () => {
    expect(unobtainable({ users: [guest], scopesWithoutRoleCheck: ['up*'] })).toEqual([]);
  });

  it('do not include scopes that an application lists, because it gets them for itself', () => {
    expect(unobtainable({ users: [guest], applications: [application({ scopes: ['update', 'read'] })] })).toEqual([]);
  });

  it('include scopes that are listed only by applications without client credentials', () => {
    const applications = [application({ scopes: ['update', 'read'], grantTypes: ['password', 'refresh_token'] })];
    expect(unobtainable({ users: [guest], applications })).toEqual([{ scope: 'update', because: NO_CLERK }]);
  });

  it('include the scopes of users whom no application can sign in', () => {
    const applications = [application({ grantTypes: ['client_credentials'] })];
    expect(unobtainable({ applications }).map(({ scope }) => scope)).toEqual(['update']);
  });

  it('include scopes outside the lists if every application has a list', () => {
    const applications = [
      application({ scopes: ['read'] }),
      application({ name: 'Other', consumerKey: 'other', scopes: [] }),
    ];
    expect(unobtainable({ applications })).toEqual([{ scope: 'update', because: NO_APPLICATION }]);
    const another = application({ name: 'Third', consumerKey: 'third' });
    expect(unobtainable({ applications: [...applications, another] })).toEqual([]);
  });

  it('include the scopes of APIs to which no application subscribes', () => {
    expect(unobtainable({ apis: { orders } })).toEqual([
      { scope: 'read', because: NO_SUBSCRIPTION },
      { scope: 'update', because: NO_SUBSCRIPTION },
    ]);
    expect(unobtainable({ apis: { orders }, applications: [application({ subscriptions: ['orders'] })] })).toEqual([]);
  });

  it('include scopes that no API needs, unless an application lists them', () => {
    const scopes = { read: 'See', update: 'Change', count: 'Count' };
    const subscribing = application({ subscriptions: ['orders'] });
    expect(unobtainable({ scopes, apis: { orders }, applications: [subscribing] })).toEqual([
      { scope: 'count', because: NO_APPLICATION },
    ]);
    const listing = application({ name: 'Lists', consumerKey: 'lists', scopes: ['count'] });
    expect(unobtainable({ scopes, apis: { orders }, applications: [subscribing, listing] })).toEqual([]);
  });

  it('are not reported if users or applications are external', () => {
    expect(unobtainable({ users: () => null })).toEqual([]);
    expect(unobtainable({ users: [] })).toEqual([]);
    expect(unobtainable({ users: [clerk], applications: [], apis: { orders } })).toEqual([]);
  });

  it('include those without a user of the role even if no application is declared', () => {
    expect(unobtainable({ users: [guest], applications: [] })).toEqual([{ scope: 'update', because: NO_CLERK }]);
  });
});

describe('APIs that no declared application subscribes to', () => {
  const unsubscribed = (overrides: Partial<Options>) =>
    open({ apis: { orders }, ...overrides }).gate.drift().unsubscribed;
  const health = { resources: [{ path: '/health', methods: ['GET'], public: true }] };

  it('are reported if applications are declared', () => {
    expect(unsubscribed({})).toEqual(['orders']);
    expect(unsubscribed({ apis: { orders, stock: { resources: [{ path: '/', methods: ['GET'] }] } } })).toEqual([
      'orders',
      'stock',
    ]);
    expect(unsubscribed({ applications: [application({ subscriptions: ['orders'] })] })).toEqual([]);
  });

  it('do not include APIs with approval, whose subscriptions are made in the portal', () => {
    expect(unsubscribed({ apis: { orders: { ...orders, approval: true } } })).toEqual([]);
    expect(unsubscribed({ apis: { orders: { ...orders, approval: false } } })).toEqual(['orders']);
  });

  it('do not include public APIs, and are not reported with resource servers only or no applications', () => {
    expect(unsubscribed({ apis: { health } })).toEqual([]);
    expect(unsubscribed({ applications: [] })).toEqual([]);
    expect(unsubscribed({ applications: [application({ introspect: true })] })).toEqual([]);
  });

  it('are logged as a warning that contains the remedy', async () => {
    const { gate, lines } = open({ apis: { orders } });
    await gate.ready();
    const warnings = lines.filter(({ level, fields }) => level === 'warn' && 'apis' in fields);
    expect(warnings).toEqual([
      {
        level: 'warn',
        fields: { apis: 'orders' },
        message:
          'No declared application subscribes to these APIs, so all their tokens are refused there: add the APIs to `subscriptions`',
      },
    ]);
  });
});

describe('applications whose owner is not a declared user', () => {
  const ownerless = (overrides: Partial<Options>) => open(overrides).gate.drift().ownerless;

  it('are reported with the owner', () => {
    expect(ownerless({ applications: [application({ owner: 'bob' })] })).toEqual([
      { application: 'key', owner: 'bob' },
    ]);
    expect(
      ownerless({
        organizations: [{ key: 'shop', name: 'Shop' }],
        users: [{ ...clerk, organization: 'shop' }],
        applications: [application({ owner: 'bob@shop' })],
      }),
    ).toEqual([{ application: 'key', owner: 'bob@shop' }]);
  });

  it('are not reported for any spelling of a declared user, or if no users are declared', () => {
    expect(ownerless({ applications: [application({ owner: 'Ana' })] })).toEqual([]);
    expect(ownerless({ users: [], applications: [application({ owner: 'bob' })] })).toEqual([]);
    expect(ownerless({ users: () => null, applications: [application({ owner: 'bob' })] })).toEqual([]);
    expect(
      ownerless({
        organizations: [{ key: 'shop', name: 'Shop' }],
        users: [{ ...clerk, organization: 'shop' }],
        applications: [application({ owner: 'ana@SHOP' })],
      }),
    ).toEqual([]);
  });

  it('are logged as a warning that contains the remedy', async () => {
    const { gate, lines } = open({ applications: [application({ owner: 'bob' })] });
    await gate.ready();
    expect(lines.filter(({ level, fields }) => level === 'warn' && 'owner' in fields)).toEqual([
      {
        level: 'warn',
        fields: { application: 'key', owner: 'bob' },
        message:
          'The owner of this application is not a declared user. Correct `owner`, declare the user, or create it with `gate.directory.users.create`',
      },
    ]);
  });
});

describe('the log of these findings', () => {
  const UNNEEDED = { message: 'No guard of this process needs these scopes', scopes: 'read, update' };
  const UNOBTAINABLE = {
    message: 'No declared user or application can get these scopes',
    scopes: 'update',
    because: NO_CLERK,
  };

  it('contains each finding once at info: when the gate is ready, or at the first request', async () => {
    const { gate, lines } = open({ users: [guest] });
    expect(driftWarnings(lines)).toEqual([]); // guards are made after the gate
    await gate.ready();
    expect(driftWarnings(lines)).toEqual([UNNEEDED, UNOBTAINABLE]);
    const app = express().use(gate.routes(), gate.routes());
    await gate.ready();
    await request(app).get('/health/live').expect(200);
    expect(driftWarnings(lines)).toEqual([UNNEEDED, UNOBTAINABLE]);
  });

  it('is written at the first request of any kind, even if the routes are mounted twice', async () => {
    const { gate, lines } = open({ users: [guest] });
    const app = express().use(gate.routes()).use('/again', gate.routes());
    gate.requireScope('read');
    expect(driftWarnings(lines)).toEqual([]);
    await request(app).get('/nothing/there').expect(404);
    await request(app).get('/again/health/live').expect(200);
    expect(driftWarnings(lines)).toEqual([{ ...UNNEEDED, scopes: 'update' }, UNOBTAINABLE]);
    await gate.ready();
    expect(driftWarnings(lines)).toHaveLength(2);
  });

  it('is empty if there are no findings, and calling drift() logs nothing', async () => {
    const { gate, lines } = open();
    gate.requireScope('read', 'update');
    await gate.ready();
    gate.drift();
    expect(driftWarnings(lines)).toEqual([]);
  });

  it('names every scope, however many there are', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `scope-${index}`);
    const scopes = Object.fromEntries(names.map((name) => [name, { roles: ['nobody'] }]));
    const { gate, lines } = open({ scopes: scopes });
    expect(gate.drift().unobtainable.map(({ scope }) => scope)).toEqual(names);
    await gate.ready();
    const logged = lines.filter(({ message }) => message === UNOBTAINABLE.message).map(({ fields }) => fields);
    for (const name of names) expect(JSON.stringify(logged)).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
