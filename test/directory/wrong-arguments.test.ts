import { DirectoryError, type Gate } from 'scopegate';
import { aGate, JOHN, type TestScope } from '../support/gate/gate';
import { collect } from '../support/stores/collect';

/** An object whose getters throw. */
const throwing = (names: readonly string[]): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          enumerable: true,
          get: () => {
            throw new TypeError('from a getter');
          },
        },
      ]),
    ),
  );

const FIELDS = ['key', 'name', 'username', 'password', 'environment', 'clientId', 'user', 'token'];

/** Values that every management call refuses for any argument. */
const NO_TEXTS: readonly (readonly [what: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['NaN', Number.NaN],
  ['a boolean', true],
  ['a bigint', 5n],
  ['a symbol', Symbol('x')],
  ['a function', () => 'x'],
  ['a list', ['johnsorg']],
  ['an object', { toString: () => 'johnsorg' }],
  ['a date', new Date(0)],
  ['a promise', Promise.resolve('johnsorg')],
  ['an object whose getters throw', throwing(FIELDS)],
  ['an object with __proto__', JSON.parse('{"__proto__": {"key": "x", "name": "x"}}')],
];

const IMPOSSIBLE_TEXTS: readonly (readonly [what: string, value: unknown])[] = [
  ['a lone surrogate', 'a\ud800'],
  ['a huge text', 'x'.repeat(2_000_000)],
];

type Call = (gate: Gate<TestScope>, value: never) => Promise<unknown>;

const call =
  (make: (gate: Gate<TestScope>, value: never) => unknown): Call =>
  async (gate, value) =>
    make(gate, value);

/** Calls about something that has a name, key or id. */
const NAMED: Readonly<Record<string, Call>> = {
  'organizations.enable(key)': call((gate, key) => gate.directory.organizations.enable(key)),
  'organizations.disable(key)': call((gate, key) => gate.directory.organizations.disable(key)),
  'organizations.remove(key)': call((gate, key) => gate.directory.organizations.remove(key)),
  'users.setPassword(username)': call((gate, name) => gate.directory.users.setPassword(name, 'p')),
  'users.setRoles(username)': call((gate, name) => gate.directory.users.setRoles(name, [])),
  'users.enable(username)': call((gate, name) => gate.directory.users.enable(name)),
  'users.disable(username)': call((gate, name) => gate.directory.users.disable(name)),
  'users.remove(username)': call((gate, name) => gate.directory.users.remove(name)),
  'applications.generateKeys(id)': call((gate, id) =>
    gate.directory.applications.generateKeys(id, { environment: 'production' }),
  ),
  'applications.generateClientId(id)': call((gate, id) =>
    gate.directory.applications.generateClientId(id, { environment: 'production' }),
  ),
  'applications.setRedirectUris(id)': call((gate, id) => gate.directory.applications.setRedirectUris(id, [])),
  'applications.setPublic(id)': call((gate, id) => gate.directory.applications.setPublic(id, false)),
  'applications.revokeSecret(id)': call((gate, id) => gate.directory.applications.revokeSecret(id, 'x')),
  'applications.subscribe(id)': call((gate, id) => gate.directory.applications.subscribe(id, 'orders')),
  'applications.changePlan(id)': call((gate, id) => gate.directory.applications.changePlan(id, 'orders', 'free')),
  'applications.unsubscribe(id)': call((gate, id) => gate.directory.applications.unsubscribe(id, 'orders')),
  'applications.rename(id)': call((gate, id) => gate.directory.applications.rename(id, 'Renamed')),
  'applications.setDescription(id)': call((gate, id) => gate.directory.applications.setDescription(id, 'For orders')),
  'applications.setScopes(id)': call((gate, id) => gate.directory.applications.setScopes(id, ['read'])),
  'applications.setGrantTypes(id)': call((gate, id) => gate.directory.applications.setGrantTypes(id, ['password'])),
  'applications.enable(id)': call((gate, id) => gate.directory.applications.enable(id)),
  'applications.disable(id)': call((gate, id) => gate.directory.applications.disable(id)),
  'applications.remove(id)': call((gate, id) => gate.directory.applications.remove(id)),
};

const FINDS: Readonly<Record<string, Call>> = {
  'organizations.find(key)': call((gate, key) => gate.directory.organizations.find(key)),
  'users.find(username)': call((gate, name) => gate.directory.users.find(name)),
  'applications.find(id)': call((gate, id) => gate.directory.applications.find(id)),
};

const application = { name: 'App', owner: JOHN[0] };
const user = { username: 'sam', organization: 'johnsorg', password: 'p' };

/** An application that was made, for calls about its parts. */
const made = async (gate: Gate<TestScope>): Promise<string> => {
  const [found] = (await collect(gate.directory.applications.list())).filter(({ name }) => name === 'Made');
  return found?.id ?? (await gate.directory.applications.create({ name: 'Made', owner: JOHN[0] })).id;
};

const ofMade =
  (make: (gate: Gate<TestScope>, id: string, value: never) => unknown): Call =>
  async (gate, value) =>
    make(gate, await made(gate), value);

/** Calls with values. `optional` ones take `undefined`. */
const VALUES: Readonly<Record<string, Call>> = {
  'organizations.create(organization)': call((gate, value) => gate.directory.organizations.create(value)),
  'organizations.create({ key })': call((gate, key) => gate.directory.organizations.create({ key })),
  'users.create(user)': call((gate, value) => gate.directory.users.create(value)),
  'users.create({ username })': call((gate, username) => gate.directory.users.create({ ...user, username })),
  'users.create({ password })': call((gate, password) => gate.directory.users.create({ ...user, password })),
  'users.create({ roles: [role] })': call((gate, role) => gate.directory.users.create({ ...user, roles: [role] })),
  'users.setPassword(…, password)': call((gate, password) => gate.directory.users.setPassword('sam', password)),
  'users.setRoles(…, [role])': call((gate, role) => gate.directory.users.setRoles('sam', [role])),
  'applications.create(application)': call((gate, value) => gate.directory.applications.create(value)),
  'applications.create({ name })': call((gate, name) => gate.directory.applications.create({ ...application, name })),
  'applications.create({ scopes: [scope] })': call((gate, scope) =>
    gate.directory.applications.create({ ...application, scopes: [scope] }),
  ),
  'applications.create({ grantTypes: [type] })': call((gate, type) =>
    gate.directory.applications.create({ ...application, grantTypes: [type] }),
  ),
  'applications.create({ subscriptions: [api] })': call((gate, api) =>
    gate.directory.applications.create({ ...application, subscriptions: [api] }),
  ),
  'applications.create({ redirectUris: [uri] })': call((gate, uri) =>
    gate.directory.applications.create({ ...application, redirectUris: [uri] }),
  ),
  'applications.setRedirectUris(…, uris)': ofMade((gate, id, uris) =>
    gate.directory.applications.setRedirectUris(id, Array.isArray(uris) ? ([{}] as never) : uris),
  ),
  'applications.setRedirectUris(…, [uri])': ofMade((gate, id, uri) =>
    gate.directory.applications.setRedirectUris(id, [uri]),
  ),
  'applications.setPublic(…, isPublic)': ofMade((gate, id, isPublic) =>
    gate.directory.applications.setPublic(id, isPublic === true ? ('true' as never) : isPublic),
  ),
  'applications.generateClientId(…, order)': ofMade((gate, id, order) =>
    gate.directory.applications.generateClientId(id, order),
  ),
  'applications.generateClientId(…, { environment })': ofMade((gate, id, environment) =>
    gate.directory.applications.generateClientId(id, { environment }),
  ),
  'applications.generateKeys(…, order)': ofMade((gate, id, order) =>
    gate.directory.applications.generateKeys(id, order),
  ),
  'applications.generateKeys(…, { environment })': ofMade((gate, id, environment) =>
    gate.directory.applications.generateKeys(id, { environment }),
  ),
  'applications.revokeSecret(…, secretId)': ofMade((gate, id, secret) =>
    gate.directory.applications.revokeSecret(id, secret),
  ),
  'applications.rename(…, name)': ofMade((gate, id, name) => gate.directory.applications.rename(id, name)),
  'applications.changePlan(…, api)': ofMade((gate, id, api) => gate.directory.applications.changePlan(id, api, 'free')),
  'applications.changePlan(…, plan)': ofMade((gate, id, plan) =>
    gate.directory.applications.changePlan(id, 'orders', plan),
  ),
  'applications.subscribe(…, api)': ofMade((gate, id, api) => gate.directory.applications.subscribe(id, api)),
  'applications.setScopes(…, [scope])': ofMade((gate, id, scope) => gate.directory.applications.setScopes(id, [scope])),
  'applications.setGrantTypes(…, [type])': ofMade((gate, id, type) =>
    gate.directory.applications.setGrantTypes(id, [type]),
  ),
  'tokens.issue(order)': call((gate, order) => gate.tokens.issue(order)),
  'tokens.issue({ clientId })': call((gate, clientId) => gate.tokens.issue({ clientId })),
  'tokens.issue({ scopes: [scope] })': call((gate, scope) => gate.tokens.issue({ clientId: 'key', scopes: [scope] })),
  'tokens.find(owner)': call((gate, owner) => collect(gate.tokens.find(owner))),
  'tokens.find({ user })': call((gate, name) => collect(gate.tokens.find({ user: name }))),
  'tokens.find({ clientId })': call((gate, clientId) => collect(gate.tokens.find({ clientId }))),
  'tokens.revoke(what)': call((gate, what) => gate.tokens.revoke(what)),
  'tokens.revoke({ token })': call((gate, token) => gate.tokens.revoke({ token })),
  'tokens.revoke({ grantId })': call((gate, grantId) => gate.tokens.revoke({ grantId })),
  'tokens.revoke({ user })': call((gate, name) => gate.tokens.revoke({ user: name })),
  'tokens.revoke({ clientId })': call((gate, clientId) => gate.tokens.revoke({ clientId })),
  'tokens.revoke({ user, sessions })': call((gate, name) => gate.tokens.revoke({ user: name, sessions: true })),
  'sessions.end(what)': call((gate, what) => gate.sessions.end(what)),
  'sessions.end({ user })': call((gate, name) => gate.sessions.end({ user: name })),
};

/** Like `VALUES`; `undefined` omits the value. */
const OPTIONAL: Readonly<Record<string, Call>> = {
  'organizations.create({ name })': call((gate, name) => gate.directory.organizations.create({ key: 'acme', name })),
  'users.create({ organization })': call((gate, organization) =>
    gate.directory.users.create({ ...user, organization }),
  ),
  'users.create({ roles })': call((gate, roles) =>
    gate.directory.users.create({ ...user, roles: Array.isArray(roles) ? [{}] : roles } as never),
  ),
  'applications.create({ owner })': call((gate, owner) => gate.directory.applications.create({ name: 'App', owner })),
  'applications.create({ introspect })': call((gate, introspect) =>
    gate.directory.applications.create({
      ...application,
      introspect: introspect === true ? 'true' : introspect,
    } as never),
  ),
  'applications.create({ redirectUris })': call((gate, redirectUris) =>
    gate.directory.applications.create({ ...application, redirectUris }),
  ),
  'applications.create({ public })': call((gate, isPublic) =>
    gate.directory.applications.create({ ...application, public: isPublic === true ? 'true' : isPublic } as never),
  ),
  'applications.create({ scopes })': call((gate, scopes) =>
    gate.directory.applications.create({ ...application, scopes }),
  ),
  'applications.create({ grantTypes })': call((gate, grantTypes) =>
    gate.directory.applications.create({ ...application, grantTypes }),
  ),
  'applications.create({ subscriptions })': call((gate, subscriptions) =>
    gate.directory.applications.create({ ...application, subscriptions }),
  ),
  'applications.generateKeys(…, { clientId })': ofMade((gate, id, clientId) =>
    gate.directory.applications.generateKeys(id, { environment: 'sandbox', clientId }),
  ),
  'applications.generateKeys(…, { clientSecret })': ofMade((gate, id, clientSecret) =>
    gate.directory.applications.generateKeys(id, { environment: 'sandbox', clientSecret }),
  ),
  'applications.generateKeys(…, { label })': ofMade((gate, id, label) =>
    gate.directory.applications.generateKeys(id, { environment: 'sandbox', label }),
  ),
  'applications.generateKeys(…, { expiresAt })': ofMade((gate, id, expiresAt) =>
    gate.directory.applications.generateKeys(id, {
      environment: 'sandbox',
      expiresAt: expiresAt === 5 ? '2000000000' : expiresAt,
    } as never),
  ),
  'applications.setScopes(…, scopes)': ofMade((gate, id, scopes) => gate.directory.applications.setScopes(id, scopes)),
  'applications.setGrantTypes(…, types)': ofMade((gate, id, types) =>
    gate.directory.applications.setGrantTypes(id, types),
  ),
  'users.enable(…, blocking)': call((gate, blocking) => gate.directory.users.enable('sam@johnsorg', blocking)),
  'users.disable(…, { by })': call((gate, by) => gate.directory.users.disable('sam@johnsorg', { by })),
  'applications.enable(…, { by })': ofMade((gate, id, by) => gate.directory.applications.enable(id, { by })),
  'applications.disable(…, blocking)': ofMade((gate, id, blocking) =>
    gate.directory.applications.disable(id, blocking),
  ),
  'tokens.issue({ subject })': call((gate, subject) => gate.tokens.issue({ clientId: 'key', subject })),
  'tokens.issue({ scopes })': call((gate, scopes) =>
    gate.tokens.issue({ clientId: 'key', scopes: Array.isArray(scopes) ? [{}] : scopes } as never),
  ),
};

/** Everything in the directory, and how many grants there are. */
const contents = async ({ directory, tokens }: Gate<TestScope>): Promise<unknown> => [
  await collect(directory.organizations.list()),
  await collect(directory.users.list()),
  await collect(directory.applications.list()),
  await collect(tokens.find({ clientId: 'key' })),
];

const { gate } = aGate({ apis: { orders: { resources: [] } } });

const rowsOf = (calls: Readonly<Record<string, Call>>, values: readonly (readonly [string, unknown])[]) =>
  Object.entries(calls).flatMap(([name, make]) => values.map(([what, value]) => [name, what, make, value] as const));

const isGiven = ([what]: readonly [string, unknown]): boolean => what !== 'undefined';

const refusedWith = async (make: Call, value: unknown): Promise<unknown> => {
  await made(gate);
  const before = await contents(gate);
  const thrown: unknown = await make(gate, value as never).then(
    () => 'accepted',
    (error: unknown) => error,
  );
  expect(await contents(gate)).toEqual(before);
  return thrown;
};

test.each([...rowsOf({ ...NAMED, ...FINDS, ...VALUES }, NO_TEXTS), ...rowsOf(OPTIONAL, NO_TEXTS.filter(isGiven))])(
  '%s given %s is refused with ERR_SCOPEGATE_VALUE, and nothing is stored',
  async (_name, _what, make, value) => {
    const thrown = await refusedWith(make, value);
    expect(thrown).toBeInstanceOf(DirectoryError);
    expect(thrown).toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
    expect((thrown as Error).message.length).toBeLessThan(2_000);
  },
);

test.each(rowsOf({ ...NAMED, ...VALUES, ...OPTIONAL }, IMPOSSIBLE_TEXTS))(
  '%s given %s is refused with a message, and nothing is stored',
  async (_name, _what, make, value) => {
    const thrown = await refusedWith(make, value);
    expect(thrown).toBeInstanceOf(DirectoryError);
    expect((thrown as DirectoryError).code).toMatch(/^ERR_SCOPEGATE_(?:VALUE|NOT_FOUND)$/);
    expect((thrown as Error).message.length).toBeLessThan(2_000);
  },
);

test.each(rowsOf(FINDS, IMPOSSIBLE_TEXTS))('%s given %s finds nothing', async (_name, _what, make, value) => {
  expect(await make(gate, value as never)).toBeUndefined();
});

test.each<[name: string, act: () => Promise<unknown>, meant: string]>([
  [
    'users.create',
    () => gate.directory.users.create({ ...user, role: ['x'] } as never),
    'role is unknown; did you mean "roles"?',
  ],
  [
    'applications.create',
    () => gate.directory.applications.create({ ...application, instrospect: true } as never),
    'instrospect is unknown; did you mean "introspect"?',
  ],
  [
    'organizations.create',
    () => gate.directory.organizations.create({ key: 'b', nam: 'B' } as never),
    'nam is unknown; did you mean "name"?',
  ],
  [
    'applications.generateKeys',
    async () =>
      gate.directory.applications.generateKeys(await made(gate), { environment: 'sandbox', expires: 1 } as never),
    'expires is unknown; did you mean "expiresAt"?',
  ],
  [
    'tokens.issue',
    () => gate.tokens.issue({ clientId: 'key', scope: ['read'] } as never),
    'scope is unknown; did you mean "scopes"?',
  ],
  ['tokens.revoke', () => gate.tokens.revoke({ username: 'x' } as never), 'username is unknown; known are token, '],
  ['tokens.revoke', () => gate.tokens.revoke({ user: 'x', session: true } as never), 'did you mean "sessions"?'],
  ['sessions.end', () => gate.sessions.end({ clientId: 'x' } as never), 'clientId is unknown'],
])('%s refuses a misspelt name and suggests the right one', async (_name, act, meant) => {
  const thrown: unknown = await act().catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'ERR_SCOPEGATE_VALUE', message: expect.stringContaining(meant) });
});

test('a message names every fault and contains no password or secret', async () => {
  const thrown: unknown = await gate.directory.users
    .create({ username: 'a b', password: 'canary\n', roles: 'clerk' } as never)
    .catch((error: unknown) => error);
  expect((thrown as Error).message).toBe(
    'ERR_SCOPEGATE_VALUE: username contains characters that a user name may not have; roles must be a list; got "clerk"',
  );
  const id = await made(gate);
  const other: unknown = await gate.directory.applications
    .generateKeys(id, { environment: 'production', clientSecret: 'canary canary' })
    .catch((error: unknown) => error);
  expect((other as Error).message).toBe(
    'ERR_SCOPEGATE_VALUE: clientSecret must be 1 to 256 visible ASCII characters; got a string',
  );
});

test('a field whose value changes between two reads is read once', async () => {
  let reads = 0;
  const order = {
    clientId: 'key',
    get scopes() {
      reads += 1;
      return reads === 1 ? ['read'] : ['admin'];
    },
  };
  expect((await gate.tokens.issue(order as never)).scopes).toEqual(['read']);
  expect(reads).toBe(1);
});
