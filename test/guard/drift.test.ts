import express from 'express';
import request from 'supertest';
import { scopegate, type ApplicationDeclaration, type ScopegateOptions } from 'scopegate';
import { cheapPasswords, closeAtEnd, recordedLogger, type LogLine } from '../support/gate';

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

/** What was logged of drift. */
const told = (lines: readonly LogLine[]) =>
  lines.filter(({ level }) => level === 'info').map(({ message, fields }) => ({ message, ...fields }));

const orders = {
  resources: [
    { path: '/', methods: ['GET'], scopes: ['read'] },
    { path: '/:id', methods: ['PUT'], anyOf: ['update', 'read'] },
  ],
} as const;

describe('scopes that no guard needs', () => {
  it('are all of them where there is no guard, in the order of their declaration', () => {
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
  ])('are none that %s names', (_what, guard) => {
    const { gate } = open();
    guard(gate);
    expect(gate.drift()).toEqual(NONE);
  });

  it('are those that are left when some are named, and none by a guard that needs any token', () => {
    const { gate } = open();
    gate.requireScope('update');
    gate.requireToken();
    expect(gate.drift()).toEqual({ ...NONE, unneeded: ['read'] });
  });

  it('are none that a declared API names, mounted or not, or a route of an API', () => {
    const applications = [application({ subscriptions: ['orders'] })];
    expect(open({ apis: { orders }, applications }).gate.drift()).toEqual(NONE);

    const [first] = orders.resources;
    const { gate } = open({ apis: { orders: { resources: [first] } }, applications });
    expect(gate.drift()).toMatchObject({ unneeded: ['update'] });
    gate.api('orders').requireScope('update');
    expect(gate.drift()).toEqual(NONE);
  });

  it('are asked about without making them needed: explaining is no guard', async () => {
    const { gate } = open();
    await gate.explain('nonsense', 'update');
    expect(gate.drift()).toEqual({ ...NONE, unneeded: ['read', 'update'] });
  });
});

describe('scopes that nobody who is declared can get', () => {
  const unobtainable = (overrides: Partial<Options>) => {
    const { gate } = open(overrides);
    return gate.drift().unobtainable;
  };

  it('are those whose roles no declared user has', () => {
    expect(unobtainable({ users: [guest] })).toEqual([{ scope: 'update', because: NO_CLERK }]);
    const scopes = { update: { roles: ['clerk', 'manager'] } };
    expect(unobtainable({ users: [guest], scopes })).toEqual([
      { scope: 'update', because: 'no declared user has the role clerk or manager' },
    ]);
    expect(unobtainable({ users: [guest, { ...guest, username: 'mo', roles: ['manager'] }], scopes })).toEqual([]);
  });

  it('are none whose roles are not looked at', () => {
    expect(unobtainable({ users: [guest], scopesWithoutRoleCheck: ['up*'] })).toEqual([]);
  });

  it('are none that an application lists, which gets them for itself', () => {
    expect(unobtainable({ users: [guest], applications: [application({ scopes: ['update', 'read'] })] })).toEqual([]);
  });

  it('are those that an application lists which cannot ask for itself', () => {
    const applications = [application({ scopes: ['update', 'read'], grantTypes: ['password', 'refresh_token'] })];
    expect(unobtainable({ users: [guest], applications })).toEqual([{ scope: 'update', because: NO_CLERK }]);
  });

  it('are those of users whom no application may sign in', () => {
    const applications = [application({ grantTypes: ['client_credentials'] })];
    expect(unobtainable({ applications }).map(({ scope }) => scope)).toEqual(['update']);
  });

  it('are those that no application lists, where all have lists', () => {
    const applications = [
      application({ scopes: ['read'] }),
      application({ name: 'Other', consumerKey: 'other', scopes: [] }),
    ];
    expect(unobtainable({ applications })).toEqual([{ scope: 'update', because: NO_APPLICATION }]);
    const another = application({ name: 'Third', consumerKey: 'third' });
    expect(unobtainable({ applications: [...applications, another] })).toEqual([]);
  });

  it('are those of APIs that no application subscribes to', () => {
    expect(unobtainable({ apis: { orders } })).toEqual([
      { scope: 'read', because: NO_SUBSCRIPTION },
      { scope: 'update', because: NO_SUBSCRIPTION },
    ]);
    expect(unobtainable({ apis: { orders }, applications: [application({ subscriptions: ['orders'] })] })).toEqual([]);
  });

  it('are those that no API needs, unless an application lists them', () => {
    const scopes = { read: 'See', update: 'Change', count: 'Count' };
    const subscribing = application({ subscriptions: ['orders'] });
    expect(unobtainable({ scopes, apis: { orders }, applications: [subscribing] })).toEqual([
      { scope: 'count', because: NO_APPLICATION },
    ]);
    const listing = application({ name: 'Lists', consumerKey: 'lists', scopes: ['count'] });
    expect(unobtainable({ scopes, apis: { orders }, applications: [subscribing, listing] })).toEqual([]);
  });

  it('are not known where users or applications are kept elsewhere', () => {
    expect(unobtainable({ users: () => null })).toEqual([]);
    expect(unobtainable({ users: [] })).toEqual([]);
    expect(unobtainable({ users: [clerk], applications: [], apis: { orders } })).toEqual([]);
  });

  it('are those without a user of the role also where no application is declared', () => {
    expect(unobtainable({ users: [guest], applications: [] })).toEqual([{ scope: 'update', because: NO_CLERK }]);
  });
});

describe('APIs that no declared application subscribes to', () => {
  const unsubscribed = (overrides: Partial<Options>) =>
    open({ apis: { orders }, ...overrides }).gate.drift().unsubscribed;
  const health = { resources: [{ path: '/health', methods: ['GET'], public: true }] };

  it('are named where applications are declared', () => {
    expect(unsubscribed({})).toEqual(['orders']);
    expect(unsubscribed({ apis: { orders, stock: { resources: [{ path: '/', methods: ['GET'] }] } } })).toEqual([
      'orders',
      'stock',
    ]);
    expect(unsubscribed({ applications: [application({ subscriptions: ['orders'] })] })).toEqual([]);
  });

  it('are not those that are public, nor any where only resource servers or no applications are declared', () => {
    expect(unsubscribed({ apis: { health } })).toEqual([]);
    expect(unsubscribed({ applications: [] })).toEqual([]);
    expect(unsubscribed({ applications: [application({ introspect: true })] })).toEqual([]);
  });

  it('are logged as a warning that says what to write', async () => {
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

  it('are named with the owner', () => {
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

  it('are not those of a declared user, however the name is spelled, nor any if no users are declared', () => {
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

  it('are logged as a warning that says what to do', async () => {
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

describe('what is logged of it', () => {
  const UNNEEDED = { message: 'No guard of this process needs these scopes', scopes: 'read, update' };
  const UNOBTAINABLE = {
    message: 'No declared user or application can get these scopes',
    scopes: 'update',
    because: NO_CLERK,
  };

  it('is every finding at info, once: when the gate is ready, or at the first request', async () => {
    const { gate, lines } = open({ users: [guest] });
    expect(told(lines)).toEqual([]); // guards are made after the gate
    await gate.ready();
    expect(told(lines)).toEqual([UNNEEDED, UNOBTAINABLE]);
    const app = express().use(gate.routes(), gate.routes());
    await gate.ready();
    await request(app).get('/health/live').expect(200);
    expect(told(lines)).toEqual([UNNEEDED, UNOBTAINABLE]);
  });

  it('is told at the first request, whatever that asks for and wherever the routes are mounted twice', async () => {
    const { gate, lines } = open({ users: [guest] });
    const app = express().use(gate.routes()).use('/again', gate.routes());
    gate.requireScope('read');
    expect(told(lines)).toEqual([]);
    await request(app).get('/nothing/there').expect(404);
    await request(app).get('/again/health/live').expect(200);
    expect(told(lines)).toEqual([{ ...UNNEEDED, scopes: 'update' }, UNOBTAINABLE]);
    await gate.ready();
    expect(told(lines)).toHaveLength(2);
  });

  it('is nothing where all agree, and nothing because somebody asks', async () => {
    const { gate, lines } = open();
    gate.requireScope('read', 'update');
    await gate.ready();
    gate.drift();
    expect(told(lines)).toEqual([]);
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
