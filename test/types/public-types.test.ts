import express, { type Request, type RequestHandler } from 'express';
import type { Cluster, Redis } from 'ioredis';
import type { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import {
  scopegate,
  type Auth,
  type Gate,
  type RedisLike,
  type ScopegateOptions,
  type TokenOwner,
  type UserSource,
  type VerifyUser,
} from 'scopegate';

// These functions are compiled and never called: `npm run types` fails where a line that must not compile does compile.

const issuer = 'https://api.example.com';

/** `true` if two types are the same to the compiler, and neither is `any`. */
type Same<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;

declare const request: Request;
declare const redis: Redis;
declare const redis5: Redis5;
declare const cluster: Cluster;
declare const cluster5: Cluster5;
declare const anyString: string;
declare const scopeList: readonly ('read' | 'update')[];

const guards = (): readonly RequestHandler[] => {
  const gate = scopegate({ issuer, scopes: { read: 'See', update: { description: 'Change', roles: ['clerk'] } } });
  void (true satisfies Same<typeof gate, Gate<'read' | 'update'>>);
  return [
    gate.requireScope('read'),
    gate.requireScope('read', 'update'),
    gate.requireScope({ anyOf: ['read', 'update'] }),
    gate.requireScope({ allOf: ['read', { anyOf: ['update', { allOf: ['read'] }] }] }),
    gate.requireScope({ GET: 'read', PUT: { allOf: ['read', 'update'] } }),
    gate.requireToken(),
    gate.routes(),
    gate.canonicalPaths(),
    // @ts-expect-error a misspelt scope
    gate.requireScope('raed'),
    // @ts-expect-error a misspelt second scope
    gate.requireScope('read', 'updaet'),
    // @ts-expect-error no scope at all
    gate.requireScope(),
    // @ts-expect-error a misspelt scope in a list
    gate.requireScope({ anyOf: ['read', 'updaet'] }),
    // @ts-expect-error a misspelt scope in a nested list
    gate.requireScope({ allOf: ['read', { anyOf: ['updaet'] }] }),
    gate.requireScope({ anyOf: scopeList }),
    gate.requireScope({ allOf: ['read', { anyOf: scopeList }] }),
    // @ts-expect-error a list instead of a rule
    gate.requireScope(['read']),
    // @ts-expect-error a misspelt scope for a method
    gate.requireScope({ GET: 'raed' }),
    // @ts-expect-error a method in lower case
    gate.requireScope({ get: 'read' }),
    // @ts-expect-error one requirement beside a map of them
    gate.requireScope({ GET: 'read' }, 'update'),
    // @ts-expect-error a scope that might be any text
    gate.requireScope(anyString),
  ];
};

/** Each of these hangs every request when it is mounted without being called. */
const uncalledFactories = (): void => {
  const gate = scopegate({ issuer, scopes: { read: 'See' }, apis: { orders: { resources: [] } } });
  const app = express();
  const handler: RequestHandler = (_request, response) => void response.end();
  const api = gate.api('orders');
  app.use(gate.routes(), gate.portal(), gate.canonicalPaths(), gate.wellKnown(), api, api.requireToken());
  // @ts-expect-error routes is not called
  app.use(gate.routes);
  // @ts-expect-error routes is not called
  app.use('/auth', gate.routes);
  // @ts-expect-error wellKnown is not called
  app.use(gate.wellKnown);
  // @ts-expect-error canonicalPaths is not called
  app.use(gate.canonicalPaths);
  // @ts-expect-error portal is not called
  app.use('/store', gate.portal);
  // @ts-expect-error api is not called
  app.use('/orders', gate.api, handler);
  // @ts-expect-error fromOpenApi is not called
  app.use('/orders', gate.fromOpenApi, handler);
  // @ts-expect-error requireScope is not called
  app.get('/x', gate.requireScope, handler);
  // @ts-expect-error requireToken is not called
  app.get('/x', gate.requireToken, handler);
  // @ts-expect-error requireScope of an API is not called
  app.get('/x', api.requireScope, handler);
  // @ts-expect-error requireToken of an API is not called
  app.get('/x', api.requireToken, handler);
  // @ts-expect-error auth is no middleware
  app.get('/x', gate.auth, handler);
  // @ts-expect-error findAuth is no middleware
  app.get('/x', gate.findAuth, handler);
  // @ts-expect-error ready is no middleware
  app.get('/x', gate.ready, handler);
  // @ts-expect-error routes is not called
  void (gate.routes satisfies RequestHandler);
};

const requestsOfAuth = (): void => {
  const gate = scopegate({ issuer, scopes: { read: 'See', update: 'Change' } });
  const auth = gate.auth(request);
  void (true satisfies Same<typeof auth, Auth<'read' | 'update'>>);
  void (true satisfies Same<(typeof auth)['scopes'], readonly ('read' | 'update')[]>);
  void (true satisfies Same<(typeof auth)['subject'], string | undefined>);
  void (true satisfies Same<(typeof auth)['clientId'], string>);
  void (true satisfies Same<(typeof auth)['environment'], 'production' | 'sandbox'>);
  void (true satisfies Same<ReturnType<typeof gate.findAuth>, Auth<'read' | 'update'> | undefined>);
  auth.scopes.includes('read');
  // @ts-expect-error a scope that cannot be there
  auth.scopes.includes('raed');
  // @ts-expect-error frozen
  auth.scopes.push('read');
  // @ts-expect-error frozen
  auth.subject = 'somebody';
  // @ts-expect-error nothing is added to Express's own types
  void request.auth;
};

const gateWithoutScopes = (): RequestHandler => {
  const gate = scopegate({ issuer });
  void (true satisfies Same<typeof gate, Gate<never>>);
  // @ts-expect-error none is declared
  gate.requireScope('read');
  return gate.requireToken();
};

const gateOfAnyScope = (options: ScopegateOptions): RequestHandler => scopegate(options).requireScope('whatever it is');

const namesOfApis = (): void => {
  const apis = { orders: { resources: [] }, stock: { resources: [] } };
  const gate = scopegate({ issuer, scopes: { read: 'See' }, apis });
  void (true satisfies Same<typeof gate, Gate<'read', 'orders' | 'stock'>>);
  void [gate.api('orders'), gate.api('stock').requireScope('read')];
  // @ts-expect-error an API that is not declared
  gate.api('nope');
  // @ts-expect-error a name that may be any string
  gate.api(anyString);
  const application = { name: 'App', consumerKey: 'k', consumerSecret: 's' };
  scopegate({ issuer, apis, applications: [{ ...application, subscriptions: ['orders'] }] });
  // @ts-expect-error a subscription to an API that is not declared
  scopegate({ issuer, apis, applications: [{ ...application, subscriptions: ['order'] }] });
};

const declarations = (): void => {
  const scopes = { read: 'See', update: 'Change' };
  scopegate({
    issuer,
    scopes,
    apis: {
      orders: {
        resources: [
          { path: '/', methods: ['GET'], scopes: ['read'] },
          { path: '/x', methods: ['PUT'], anyOf: ['read', 'update'] },
        ],
      },
    },
    applications: [
      {
        name: 'App',
        consumerKey: 'k',
        consumerSecret: 's',
        scopes: ['read'],
        grantTypes: ['password', 'refresh_token'],
      },
    ],
  });
  scopegate({
    issuer,
    scopes,
    // @ts-expect-error a misspelt scope of a resource
    apis: { orders: { resources: [{ path: '/', methods: ['GET'], scopes: ['raed'] }] } },
  });
  scopegate({
    issuer,
    scopes,
    // @ts-expect-error a misspelt alternative of a resource
    apis: { orders: { resources: [{ path: '/', methods: ['GET'], anyOf: ['read', 'updaet'] }] } },
  });
  scopegate({
    issuer,
    scopes,
    // @ts-expect-error a misspelt scope of an application
    applications: [{ name: 'App', consumerKey: 'k', consumerSecret: 's', scopes: ['raed'] }],
  });
  scopegate({
    issuer,
    // @ts-expect-error a grant type that there is not
    applications: [{ name: 'App', consumerKey: 'k', consumerSecret: 's', grantTypes: ['implicit'] }],
  });
  scopegate({
    issuer,
    // @ts-expect-error a secret that is not a string
    applications: [{ name: 'App', consumerKey: 'k', consumerSecret: 1 }],
  });
  scopegate({
    issuer,
    applications: [
      {
        name: 'App',
        consumerKey: 'k',
        public: true,
        redirectUris: ['a:b'],
        consent: false,
        sandbox: { consumerKey: 's' },
      },
    ],
  });
  scopegate({
    issuer,
    // @ts-expect-error one redirect URI in place of a list
    applications: [{ name: 'App', consumerKey: 'k', public: true, redirectUris: 'https://app.example/' }],
  });
  // @ts-expect-error the issuer is left out
  scopegate({ scopes });
  scopegate({
    issuer,
    // @ts-expect-error a misspelt option
    realms: 'x',
  });
  scopegate({
    issuer,
    // @ts-expect-error a misspelt option inside another
    tokens: { acessTokenLifetime: 60 },
  });
  scopegate({
    issuer,
    // @ts-expect-error a word that is not known
    ungrantedScopes: 'ignore',
  });
};

const userSources = (): void => {
  scopegate({ issuer, users: () => null });
  scopegate({ issuer, users: async () => null });
  scopegate({ issuer, users: (username) => ({ id: username }) });
  scopegate({
    issuer,
    users: async (username, password) => (password === '' ? null : { id: username, roles: ['clerk'] }),
  });
  scopegate({
    issuer,
    users: async (username, _password, { organization, clientId, address }) => {
      void (true satisfies Same<typeof organization, string | undefined>);
      void (true satisfies Same<typeof clientId, string | undefined>);
      void (true satisfies Same<typeof address, string>);
      return { id: username };
    },
  });
  scopegate({
    issuer,
    users: { verify: async (username) => ({ id: username }), find: async () => ({ roles: ['clerk'] }) },
  });
  scopegate({
    issuer,
    users: { verify: (username) => ({ id: username, roles: Object.freeze(['a']) }), find: () => null },
  });
  scopegate({ issuer, users: { verify: () => null } });
  scopegate({
    issuer,
    users: [
      { username: 'john', password: 'x', roles: ['clerk'] },
      { username: 'jane', passwordHash: '$argon2id$' },
    ],
  });
  class People implements UserSource {
    readonly verify: VerifyUser = async (username) => ({ id: username });
    other(): void {}
  }
  scopegate({ issuer, users: new People() });
  scopegate({ issuer, users: async () => ({ id: 1 }) });
  // @ts-expect-error an id is a text or a number
  scopegate({ issuer, users: async () => ({ id: true }) });
  // @ts-expect-error an id is needed
  scopegate({ issuer, users: async () => ({ roles: ['clerk'] }) });
  // @ts-expect-error roles are a list
  scopegate({ issuer, users: async () => ({ id: 'x', roles: 'clerk' }) });
  // @ts-expect-error yes or no is no answer
  scopegate({ issuer, users: async () => true });
  // @ts-expect-error null is the word for nobody
  scopegate({ issuer, users: async () => undefined });
  // @ts-expect-error find alone knows no passwords
  scopegate({ issuer, users: { find: async () => null } });
};

const redisClients = (): readonly RedisLike[] => {
  for (const client of [redis, redis5, cluster, cluster5]) scopegate({ issuer, redis: client });
  scopegate({ issuer, redis });
  scopegate({ issuer, redis: redis5 });
  scopegate({ issuer, redis: cluster });
  scopegate({ issuer, redis: cluster5 });
  // @ts-expect-error an address is no client
  scopegate({ issuer, redis: 'redis://127.0.0.1' });
  // @ts-expect-error a client of another kind
  scopegate({ issuer, redis: { get: async () => null } });
  return [redis, redis5, cluster, cluster5];
};

const revocations = async (gate: Gate<'read'>, owner: TokenOwner): Promise<void> => {
  const { tokens } = gate;
  await tokens.revoke({ token: 'x' });
  await tokens.revoke({ grantId: 'x' });
  await tokens.revoke({ clientId: 'x' });
  await tokens.revoke({ organization: 'x' });
  await tokens.revoke({ user: 'x' });
  await tokens.revoke({ user: 'x', sessions: true });
  await tokens.revoke(owner);
  // @ts-expect-error a client has no sessions
  await tokens.revoke({ clientId: 'x', sessions: true });
  // @ts-expect-error nor if none are to end
  await tokens.revoke({ clientId: 'x', sessions: false });
  // @ts-expect-error a token has no sessions
  await tokens.revoke({ token: 'x', sessions: true });
  // @ts-expect-error a grant has no sessions
  await tokens.revoke({ grantId: 'x', sessions: true });
  // @ts-expect-error sessions are not found by organization
  await tokens.revoke({ organization: 'x', sessions: true });
  // @ts-expect-error sessions of no user
  await tokens.revoke({ sessions: true });
  // @ts-expect-error a user and a client
  await tokens.revoke({ user: 'x', clientId: 'x' });
};

const management = async (gate: Gate<'read'>): Promise<void> => {
  const { applications, users, organizations } = gate.directory;
  const { id } = await applications.create({ name: 'App', scopes: ['read'], grantTypes: ['password'] });
  const keys = await applications.generateKeys(id, { environment: 'sandbox', label: 'x', expiresAt: 1 });
  void (true satisfies Same<typeof keys.clientSecret, string>);
  const found = await users.find('x');
  // @ts-expect-error it may not be there
  void found.username;
  // @ts-expect-error no hash is ever shown
  void found?.passwordHash;
  // @ts-expect-error no digest is ever shown
  void (await applications.find(id))?.keys.production?.secrets[0]?.digest;
  for await (const organization of organizations.list())
    void (true satisfies Same<typeof organization.enabled, boolean>);
  // @ts-expect-error an environment that there is not
  await applications.generateKeys(id, { environment: 'staging' });
  // @ts-expect-error a password is needed
  await users.create({ username: 'x' });
};

test('the type tests compile: what must not compile is marked, and `npm run types` fails otherwise', () => {
  expect([
    guards,
    uncalledFactories,
    requestsOfAuth,
    gateWithoutScopes,
    gateOfAnyScope,
    namesOfApis,
    declarations,
    userSources,
    redisClients,
    revocations,
    management,
  ]).toHaveLength(11);
});
