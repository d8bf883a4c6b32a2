import { availableParallelism } from 'node:os';
import { ConfigurationError, scopegate, type ScopegateOptions } from 'scopegate';
import { resolveOptions } from '../../src/options/settings';
import { aGate, closeAtEnd, JOHN, recordedLogger } from '../support/gate/gate';
import { thrownBy } from '../support/expect/thrown';

const ISSUER = 'https://api.example.com';

/** Values that plain JavaScript may pass in. */
const resolve = (options: unknown) => resolveOptions(options as ScopegateOptions);

const errorOf = (options: unknown): ConfigurationError => {
  const thrown = thrownBy(() => resolve(options));
  expect([options, thrown]).toEqual([options, expect.any(ConfigurationError)]);
  return thrown as ConfigurationError;
};

/** Options that are right but for what is given. */
const faultsOf = (options: Readonly<Record<string, unknown>>) => errorOf({ issuer: ISSUER, ...options }).faults;

const application = { name: 'App', consumerKey: 'k', consumerSecret: 's' };
const user = { username: 'john', password: 'p' };
const resource = { path: '/', methods: ['GET'] };
const hash = '$argon2id$v=19$m=8,t=1,p=1$elxLqFmUnlgs3U0FRs/AcQ$KpzUDvvoSQjrwA+uLYX6bfmdTCN1P+NV+Yim+OH3GlI';

/** One option of a nested group, at the place that the message must name. */
const inside = {
  token: (fields: object) => ({ tokens: fields }),
  api: (fields: object) => ({ apis: { orders: { resources: [], ...fields } } }),
  resource: (fields: object) => ({
    scopes: { read: 'Read' },
    apis: { orders: { resources: [{ ...resource, ...fields }] } },
  }),
  user: (fields: object) => ({ users: [{ ...user, ...fields }] }),
  application: (fields: object) => ({ applications: [{ ...application, ...fields }] }),
};

describe('a misspelling', () => {
  test.each<[place: string, options: object, meant: string]>([
    ['isuer', { isuer: ISSUER }, 'issuer'],
    ['Issuer', { Issuer: ISSUER }, 'issuer'],
    ['scope', { scope: {} }, 'scopes'],
    ['tokens.acessTokenLifetime', inside.token({ acessTokenLifetime: 60 }), 'accessTokenLifetime'],
    ['paths.tokn', { paths: { tokn: '/t' } }, 'token'],
    ['passwords.memorycost', { passwords: { memorycost: 8 } }, 'memoryCost'],
    ['throttle.adress', { throttle: { adress: {} } }, 'address'],
    ['throttle.address.failurs', { throttle: { address: { failurs: 1 } } }, 'failures'],
    ['scopes.read.role', { scopes: { read: { role: ['clerk'] } } }, 'roles'],
    ['apis.orders.resorces', inside.api({ resorces: [] }), 'resources'],
    ['apis.orders.resources[0].scops', inside.resource({ scops: ['read'] }), 'scopes'],
    ['organizations[0].nam', { organizations: [{ key: 'a', nam: 'A' }] }, 'name'],
    ['users[0].usrname', inside.user({ usrname: 'x' }), 'username'],
    ['applications[0].consumerSecert', inside.application({ consumerSecert: 'x' }), 'consumerSecret'],
  ])('of the option %s is refused with the name that was probably meant', (place, options, meant) => {
    const { message } = errorOf({ issuer: ISSUER, ...options });
    expect(message).toContain(`  ${place}: is unknown; did you mean "${meant}"?`);
  });

  test('that resembles no known option is refused with the list of known ones', () => {
    expect(faultsOf({ zzzzzzzz: 1 })).toEqual([
      { path: ['zzzzzzzz'], problem: expect.stringMatching(/^is unknown; known are issuer, scopes, .*clock$/) },
    ]);
  });

  test.each<[place: string, options: object, meant: string]>([
    ['ungrantedScopes', { ungrantedScopes: 'dropp' }, 'drop'],
    ['applications[0].grantTypes[0]', inside.application({ grantTypes: ['passwrod'] }), 'password'],
    ['applications[0].scopes[0]', { scopes: { update: 'U' }, ...inside.application({ scopes: ['updaet'] }) }, 'update'],
    [
      'applications[0].subscriptions[0]',
      { apis: { orders: { resources: [] } }, ...inside.application({ subscriptions: ['ordres'] }) },
      'orders',
    ],
    ['apis.orders.resources[0].scopes[0]', inside.resource({ scopes: ['reads'] }), 'read'],
    ['apis.orders.resources[0].anyOf[1]', inside.resource({ anyOf: ['read', 'reed'] }), 'read'],
  ])('in the value of %s is refused with the value that was probably meant', (place, options, meant) => {
    expect(errorOf({ issuer: ISSUER, ...options }).message).toMatch(
      new RegExp(`  ${place.replaceAll(/[.[\]]/g, '\\$&')}: is "\\w+"; did you mean "${meant}"\\?`),
    );
  });
});

describe('the validation of options', () => {
  const wrong: readonly (readonly [
    place: string,
    values: readonly unknown[],
    set: (value: unknown) => object,
    cure: RegExp,
  ])[] = [
    [
      'issuer',
      [
        1,
        '',
        'api.example.com',
        'ftp://x',
        'https://',
        'https://h?a=b',
        'https://h#f',
        'https://u@h',
        'https://h/a b',
        null,
      ],
      (issuer) => ({ issuer }),
      /(?:such as|write) https:\/\/api\.example\.com/,
    ],
    ['scopes', [[], 'read', 1], (scopes) => ({ scopes }), /must be an object/],
    ['scopes.read', [null, 1, ['clerk']], (read) => ({ scopes: { read } }), /must be an object/],
    ['scopes.read.description', [1, {}], (description) => ({ scopes: { read: { description } } }), /must be/],
    ['scopes.read.roles', ['clerk', {}], (roles) => ({ scopes: { read: { roles } } }), /must be a list/],
    ['scopes.read.roles', [[]], (roles) => ({ scopes: { read: { roles } } }), /leave it out/],
    ['scopes.read.roles[0]', [[1], [''], [null]], (roles) => ({ scopes: { read: { roles } } }), /must be|is missing/],
    ['apis', [[], 'orders', null], (apis) => ({ apis }), /must be an object/],
    ['apis.orders', [null, 'x', []], (orders) => ({ apis: { orders } }), /must be an object/],
    ['apis.orders.title', [1, '', 'a\nb', 'x'.repeat(201)], (title) => inside.api({ title }), /1 to 200 characters/],
    ['apis.orders.version', [1, ''], (version) => inside.api({ version }), /1 to 200 characters/],
    [
      'apis.orders.context',
      [1, '', 'orders', '/orders/', '//orders', '/', '/a b', '/a?b'],
      (context) => inside.api({ context }),
      /such as \/orders/,
    ],
    ['apis.orders.resources', ['x', {}], (resources) => inside.api({ resources }), /must be a list/],
    ['apis.orders.resources', [undefined], (resources) => inside.api({ resources }), /is missing/],
    ['apis.orders.resources[0]', [[null], ['GET /']], (resources) => inside.api({ resources }), /must be an object/],
    [
      'apis.orders.resources[0].path',
      [undefined, 1, '', 'x', '//', '/:', '/:a-:b', '/a*', '/*/a', '/a;b', '/a?b', '/a b', '/é', '/{id}', '/:1'],
      (path) => inside.resource({ path }),
      /such as \/ or \/:id/,
    ],
    [
      'apis.orders.resources[0].path',
      ['/..', '/./a', '/%61', '/a%2Fb', '/%', '/%zz'],
      (path) => inside.resource({ path }),
      /not canonical/,
    ],
    [
      'apis.orders.resources[0].methods',
      [undefined, 'GET', []],
      (methods) => inside.resource({ methods }),
      /must be a list/,
    ],
    [
      'apis.orders.resources[0].methods[0]',
      [['get'], [1], ['*']],
      (methods) => inside.resource({ methods }),
      /upper-case/,
    ],
    ['apis.orders.resources[0].scopes', ['read', {}], (scopes) => inside.resource({ scopes }), /must be a list/],
    ['apis.orders.resources[0].scopes', [[]], (scopes) => inside.resource({ scopes }), /leave it out/],
    ['apis.orders.resources[0].anyOf', [[]], (anyOf) => inside.resource({ anyOf }), /leave it out/],
    [
      'apis.orders.resources[0].public',
      ['yes', 1, null],
      (value) => inside.resource({ public: value }),
      /true or false/,
    ],
    ['redis', ['redis://:canary@h', {}, true, null], (redis) => ({ redis }), /must be an ioredis client/],
    [
      'users',
      ['john', 1, {}, { verify: 1 }, { verify: () => null, find: 1 }, null],
      (users) => ({ users }),
      /must be a function, \{ verify, find \}, or a list/,
    ],
    [
      'users[0].username',
      [undefined, 1, ''],
      (username) => inside.user({ username }),
      /the name without the organization/,
    ],
    [
      'users[0].username',
      ['a b', '\u212Aelvin', 'x'.repeat(257)],
      (username) => inside.user({ username }),
      /contains characters/,
    ],
    [
      'users[0].password',
      [1, '', 'a\nb', 'x'.repeat(1_025)],
      (password) => inside.user({ password }),
      /1 to 1024 bytes/,
    ],
    ['users[0].password', [undefined], (password) => inside.user({ password }), /give password or passwordHash/],
    [
      'users[0].passwordHash',
      [
        '',
        'x',
        '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
        hash.replace('m=8', 'm=4294967295'),
        hash.replace('t=1', 't=0'),
      ],
      (passwordHash) => ({ users: [{ username: 'john', passwordHash }] }),
      /argon2id hash in PHC form/,
    ],
    ['users[0]', [hash], (passwordHash) => inside.user({ passwordHash }), /give one/],
    ['users[0].roles', ['clerk', {}], (roles) => inside.user({ roles }), /must be a list/],
    ['users[0].roles[0]', [[''], ['a b'], [1]], (roles) => inside.user({ roles }), /without white space/],
    ['users[0].organization', ['nowhere', 1], (organization) => inside.user({ organization }), /not declared|must be/],
    ['organizations', ['a', {}, null], (organizations) => ({ organizations }), /must be a list/],
    ['organizations[0]', [['a'], [null]], (organizations) => ({ organizations }), /must be an object/],
    [
      'organizations[0].key',
      [undefined, 1, '', 'a@b', '-a', 'é', 'x'.repeat(65)],
      (key) => ({ organizations: [{ key }] }),
      /letters, digits/,
    ],
    ['organizations[0].name', [1, ''], (name) => ({ organizations: [{ key: 'a', name }] }), /1 to 100 characters/],
    ['applications', ['a', {}], (applications) => ({ applications }), /must be a list/],
    [
      'applications[0].name',
      [undefined, 1, '', 'x'.repeat(101)],
      (name) => inside.application({ name }),
      /1 to 100 characters/,
    ],
    [
      'applications[0].consumerKey',
      [undefined, 1, '', 'a:b', 'a b', 'é', 'x'.repeat(129)],
      (consumerKey) => inside.application({ consumerKey }),
      /without a colon/,
    ],
    [
      'applications[0].consumerSecret',
      [undefined, 1, '', 'a b', 'é', 'x'.repeat(257)],
      (consumerSecret) => inside.application({ consumerSecret }),
      /visible ASCII/,
    ],
    ['applications[0].owner', [1, ''], (owner) => inside.application({ owner }), /full name of a user/],
    [
      'applications[0].owner',
      ['john', 'john@nowhere'],
      (owner) => ({ organizations: [{ key: 'a' }], ...inside.application({ owner }) }),
      /user@organization|not declared/,
    ],
    [
      'applications[0].grantTypes',
      ['password', {}],
      (grantTypes) => inside.application({ grantTypes }),
      /must be a list/,
    ],
    [
      'applications[0].grantTypes[0]',
      [['implicit'], [1]],
      (grantTypes) => inside.application({ grantTypes }),
      /known are password, authorization_code, refresh_token/,
    ],
    ['applications[0].introspect', ['yes', 1], (introspect) => inside.application({ introspect }), /true or false/],
    ['tokens', [1, [], 'x'], (tokens) => ({ tokens }), /must be an object/],
    [
      'tokens.accessTokenLifetime',
      [0, -1, 1.5, '60', Number.NaN, 1e12, null, 86_401],
      (value) => inside.token({ accessTokenLifetime: value }),
      /from 1 to 86400/,
    ],
    [
      'tokens.refreshTokenLifetime',
      [0, '1', 31_536_001],
      (value) => inside.token({ refreshTokenLifetime: value }),
      /from 1 to 31536000/,
    ],
    [
      'tokens.grantLifetime',
      [0, 315_360_001],
      (value) => inside.token({ grantLifetime: value }),
      /from 1 to 315360000/,
    ],
    ['tokens.refreshGrace', [-1, 61, 0.5], (value) => inside.token({ refreshGrace: value }), /from 0 to 60/],
    [
      'tokens.maxAccessTokenLifetime',
      [0, 2_592_001],
      (value) => inside.token({ maxAccessTokenLifetime: value }),
      /from 1 to 2592000/,
    ],
    ['paths', [1, []], (paths) => ({ paths }), /must be an object/],
    [
      'paths.token',
      ['', 'token', '/a/', '/', '/a b', true, 1, null],
      (token) => ({ paths: { token } }),
      /or false to leave it out/,
    ],
    ['paths.live', [''], (live) => ({ paths: { live } }), /or false to leave it out/],
    ['paths.ready', [0], (ready) => ({ paths: { ready } }), /or false to leave it out/],
    [
      'realm',
      ['', 1, 'a"b', 'a\\b', 'a\r\nb', 'é', 'x'.repeat(129)],
      (realm) => ({ realm }),
      /without quotes or backslashes/,
    ],
    ['prefix', ['', 1, '{a}', 'a b', '*', 'x'.repeat(65)], (prefix) => ({ prefix }), /letters, digits and/],
    ['deadline', [0, 9, 60_001, '250', Number.POSITIVE_INFINITY], (deadline) => ({ deadline }), /from 10 to 60000/],
    ['usersDeadline', [0, 9, 60_001], (usersDeadline) => ({ usersDeadline }), /from 10 to 60000/],
    ['ungrantedScopes', [true, 'ignore', null], (ungrantedScopes) => ({ ungrantedScopes }), /known are drop, reject/],
    ['scopesWithoutRoleCheck', ['read', {}], (value) => ({ scopesWithoutRoleCheck: value }), /must be a list/],
    [
      'scopesWithoutRoleCheck[0]',
      [[1], [null]],
      (value) => ({ scopesWithoutRoleCheck: value }),
      /string or a regular expression/,
    ],
    ['requireTls', ['yes', 1, null], (requireTls) => ({ requireTls }), /true or false/],
    ['memory', ['redis', {}, null], (memory) => ({ memory }), /from createMemoryStore\(\)/],
    ['redisMayEvict', ['yes', 1, null], (redisMayEvict) => ({ redisMayEvict }), /true or false/],
    ['passwords', [1, []], (passwords) => ({ passwords }), /must be an object/],
    ['passwords.minLength', [0, 129, 8.5, '8'], (minLength) => ({ passwords: { minLength } }), /from 1 to 128/],
    ['passwords.memoryCost', [7, 1_048_577, '8'], (memoryCost) => ({ passwords: { memoryCost } }), /from 8 to 1048576/],
    ['passwords.timeCost', [0, 17], (timeCost) => ({ passwords: { timeCost } }), /from 1 to 16/],
    ['passwords.parallelism', [0, 17], (parallelism) => ({ passwords: { parallelism } }), /from 1 to 16/],
    ['passwords.concurrency', [0, 65], (concurrency) => ({ passwords: { concurrency } }), /from 1 to 64/],
    ['passwords.queue', [-1, 10_001], (queue) => ({ passwords: { queue } }), /from 0 to 10000/],
    ['passwords.queueDeadline', [0, 60_001], (queueDeadline) => ({ passwords: { queueDeadline } }), /from 1 to 60000/],
    ['throttle', [true, 1, []], (throttle) => ({ throttle }), /must be an object/],
    [
      'throttle.address.failures',
      [0, 1_000_001],
      (failures) => ({ throttle: { address: { failures } } }),
      /from 1 to 1000000/,
    ],
    ['throttle.account.window', [0, 86_401], (window) => ({ throttle: { account: { window } } }), /from 1 to 86400/],
    ['throttle.accountAndAddress', [1], (value) => ({ throttle: { accountAndAddress: value } }), /must be an object/],
    [
      'throttle.clientAndAddress.failures',
      ['1'],
      (failures) => ({ throttle: { clientAndAddress: { failures } } }),
      /from 1 to/,
    ],
    [
      'throttle.unknownClients.failures',
      ['1'],
      (failures) => ({ throttle: { unknownClients: { failures } } }),
      /from 1 to/,
    ],
    ['limits', [false, 1, []], (limits) => ({ limits }), /must be an object/],
    [
      'limits.signUpsPerNetwork',
      [0, 1_000_001, true, null, '20'],
      (signUpsPerNetwork) => ({ limits: { signUpsPerNetwork } }),
      /whole number of sign-ups from 1 to 1000000/,
    ],
    [
      'limits.grantsPerUserAndClient',
      [0, 1_001, 1.5, true, null, '100', Number.POSITIVE_INFINITY],
      (grantsPerUserAndClient) => ({ limits: { grantsPerUserAndClient } }),
      /whole number of grants from 1 to 1000;/,
    ],
    [
      'limits.grantsPerClient',
      [0, 100_000_001, 1.5, true, null, '100', Number.POSITIVE_INFINITY],
      (grantsPerClient) => ({ limits: { grantsPerClient } }),
      /whole number of grants from 1 to 100000000;/,
    ],
    ['logger', [1, {}, { info: () => undefined }, null], (logger) => ({ logger }), /info, warn and error/],
    [
      'clock',
      [1, null, () => 'now', () => Number.NaN, () => -1, () => Promise.resolve(1)],
      (clock) => ({ clock }),
      /epoch seconds/,
    ],
    ['clock', [Date.now], (clock) => ({ clock }), /not milliseconds/],
  ];

  test.each(wrong)(
    'S-020 S-356 reports an invalid %s with a message that names the option and the remedy',
    (place, values, set, cure) => {
      for (const value of values) {
        const error = errorOf({ issuer: ISSUER, ...set(value) });
        const lines = error.message.split('\n').filter((line) => line.startsWith(`  ${place}: `));
        expect([value, lines.length]).toEqual([value, 1]);
        expect(lines[0]).toMatch(cure);
        expect(error).toMatchObject({ name: 'ConfigurationError', code: 'ERR_SCOPEGATE_OPTION' });
      }
    },
  );

  test('S-356 reports a throwing clock like any other fault', () => {
    const clock = () => {
      throw new Error('no clock');
    };
    expect(faultsOf({ clock })).toMatchObject([{ path: ['clock'] }]);
  });

  test.each(['http://0.0.0.0', 'https://0.0.0.0:8443', 'http://0/', 'https://[::]:1', 'https://[::ffff:0.0.0.0]'])(
    'refuses a wildcard address as the issuer: %s',
    (issuer) => {
      expect(faultsOf({ issuer })).toEqual([
        { path: ['issuer'], problem: expect.stringMatching(/^is a wildcard address, .* give the address/) },
      ]);
    },
  );

  test('S-356 requires an issuer', () => {
    for (const options of [undefined, null, {}, { issuer: undefined }]) {
      expect(errorOf(options).faults).toEqual([
        { path: ['issuer'], problem: expect.stringMatching(/^is missing: it must be an http or https address/) },
      ]);
    }
  });

  test('S-356 refuses options that are not an object with a message', () => {
    for (const options of ['https://api.example.com', 1, []])
      expect(errorOf(options).message).toContain('must be an object');
  });

  test('S-105 S-113 requires scope names that can be sent in a request', () => {
    for (const name of ['', 'a b', 'a"b', 'a\\b', 'é', 'x'.repeat(129), 'a\n']) {
      expect(faultsOf({ scopes: { [name]: 'x' } })).toEqual([
        { path: ['scopes', name], problem: expect.stringContaining('is not a scope name') },
      ]);
    }
    expect(faultsOf({ scopes: { default: 'x' } })).toEqual([
      { path: ['scopes', 'default'], problem: expect.stringContaining('is reserved') },
    ]);
    const names = ['a:b', '*', '.*', 'a|b', 'constructor', '__proto__', 'toString'];
    const scopes = Object.fromEntries(names.map((name) => [name, 'x']));
    expect([...resolve({ issuer: ISSUER, scopes }).scopes.names]).toEqual(names);
    expect(resolve({ issuer: ISSUER, scopes }).scopes.allows('hasOwnProperty', [])).toBe(false);
  });

  test('requires a unique name and a unique context for each API', () => {
    expect(faultsOf({ apis: { 'a/b': { resources: [] } } })[0]).toMatchObject({
      path: ['apis', 'a/b'],
      problem: expect.stringContaining('not an API name'),
    });
    const apis = { one: { context: '/x', resources: [] }, two: { context: '/x', resources: [] } };
    expect(faultsOf({ apis })).toEqual([
      { path: ['apis', 'two', 'context'], problem: 'is the context of the API "one" already' },
    ]);
  });

  test('reports a misspelt scope of a resource as one fault, without advice to omit the rule', () => {
    for (const rule of [{ scopes: ['raed'] }, { anyOf: ['raed'] }]) {
      expect(faultsOf(inside.resource(rule))).toEqual([
        { path: expect.arrayContaining(['orders', 0]), problem: 'is "raed"; did you mean "read"?' },
      ]);
    }
  });

  test('allows one rule per resource', () => {
    for (const rules of [
      { public: true, scopes: ['read'] },
      { public: true, anyOf: ['read'] },
      { scopes: ['read'], anyOf: ['read'] },
    ]) {
      expect(faultsOf(inside.resource(rules))).toEqual([
        { path: ['apis', 'orders', 'resources', 0], problem: 'may have only one of scopes, anyOf and public' },
      ]);
    }
  });

  test('allows one rule per method of a resource, whatever its parameters are called', () => {
    const resources = [
      { path: '/:id', methods: ['GET', 'PUT'] },
      { path: '/:name', methods: ['POST', 'PUT'], public: true },
    ];
    expect(faultsOf({ apis: { orders: { resources } } })).toEqual([
      {
        path: ['apis', 'orders', 'resources', 1],
        problem:
          'declares PUT /:name and PUT /:id, which match the same requests and have different rules: ' +
          'give both the same rule, or keep one',
      },
    ]);
    const equal = resources.map(({ path, methods }) => ({ path, methods }));
    expect(resolve({ issuer: ISSUER, apis: { orders: { resources: equal } } }).apis.get('orders')).toBeDefined();
  });

  test('names both of two resources with different rules that one request can match', () => {
    const resources = [
      { path: '/:tenant/settings', methods: ['GET'] },
      { path: '/help/:page', methods: ['GET'], public: true },
    ];
    expect(faultsOf({ apis: { orders: { resources } } })).toEqual([
      {
        path: ['apis', 'orders', 'resources', 1],
        problem:
          'declares GET /help/:page and GET /:tenant/settings, which both match /help/settings and have different rules: ' +
          'declare GET /help/settings as well, or give both the same rule',
      },
    ]);
  });

  test('refuses two API contexts that Express treats as the same', () => {
    const apis = { a: { context: '/x', resources: [] }, b: { context: '/X', resources: [] } };
    expect(faultsOf({ apis })).toEqual([
      { path: ['apis', 'b', 'context'], problem: 'is the context of the API "a" already' },
    ]);
  });

  test('refuses duplicate organizations, users and consumer keys', () => {
    expect(faultsOf({ organizations: [{ key: 'a' }, { key: 'A' }] })).toEqual([
      { path: ['organizations', 1, 'key'], problem: 'is a duplicate' },
    ]);
    expect(faultsOf({ users: [user, { ...user, username: 'JOHN' }] })).toEqual([
      { path: ['users', 1, 'username'], problem: 'is a duplicate' },
    ]);
    expect(faultsOf({ applications: [application, application] })).toEqual([
      { path: ['applications', 1, 'consumerKey'], problem: 'is a duplicate' },
    ]);
    // The same name in two organizations is two users.
    const organizations = [{ key: 'a' }, { key: 'b' }];
    const users = organizations.map(({ key }) => ({ ...user, organization: key }));
    expect(resolve({ issuer: ISSUER, organizations, users }).directory.users).toHaveLength(2);
  });

  test('refuses two endpoints on the same path', () => {
    expect(faultsOf({ paths: { token: '/same', live: '/same' } })).toHaveLength(1);
  });

  test('requires an organization for each user if there are organizations', () => {
    expect(faultsOf({ organizations: [{ key: 'a' }], users: [user] })).toEqual([
      { path: ['users', 0, 'organization'], problem: expect.stringContaining('each user belongs to one') },
    ]);
  });

  test('limits the access token lifetime to the maximum', () => {
    const faults = faultsOf({ tokens: { maxAccessTokenLifetime: 60, accessTokenLifetime: 61 } });
    expect(faults).toEqual([
      { path: ['tokens', 'accessTokenLifetime'], problem: 'must be a whole number of seconds from 1 to 60; got 61' },
    ]);
    expect(resolve({ issuer: ISSUER, tokens: { maxAccessTokenLifetime: 60 } }).tokens.accessTokenLifetime).toBe(60);
  });
});

test('S-356 all faults are reported together, each on a line of its own', () => {
  const error = errorOf({
    isuer: ISSUER,
    scopes: { 'a b': 'x', read: { roles: [] } },
    tokens: { refreshGrace: 100, lifetime: 1 },
    users: [{ username: 'a b' }],
    applications: [{}],
    deadline: 1,
  });
  expect(error.faults.map(({ path }) => path)).toEqual([
    ['isuer'],
    ['issuer'],
    ['scopes', 'a b'],
    ['scopes', 'read', 'roles'],
    ['users', 0, 'username'],
    ['users', 0, 'password'],
    ['applications', 0, 'name'],
    ['applications', 0, 'consumerKey'],
    ['applications', 0, 'consumerSecret'],
    ['tokens', 'lifetime'],
    ['tokens', 'refreshGrace'],
    ['deadline'],
  ]);
  expect(error.message.split('\n').slice(1, -1)).toHaveLength(error.faults.length);
});

test('S-356 S-170 no message contains a secret, a password, a hash or an address with one in it', () => {
  const error = errorOf({
    issuer: 'https://user:canary@api.example.com',
    redis: 'redis://:canary@h:6379',
    users: [
      { username: 'a', password: 'canary\n' },
      { username: 'b', passwordHash: '$canary$' },
      { username: 'c', password: 'canary', passwordHash: hash },
    ],
    applications: [
      { ...application, consumerSecret: 'canary canary' },
      { ...application, name: '', consumerSecret: 'canary' },
    ],
    logger: 'canary',
    clock: 'canary',
    prefix: 'https://user:canary@h',
  });
  expect(error.faults.length).toBeGreaterThan(8);
  expect(error.message).not.toMatch(/canary/i);
  expect(JSON.stringify(error)).not.toMatch(/canary/i);
  expect(error.cause).toBeUndefined();
});

test('scopegate() throws the same error before it opens anything', () => {
  const { logger, lines } = recordedLogger();
  expect(thrownBy(() => scopegate({ issuer: 'x', logger }))).toBeInstanceOf(ConfigurationError);
  expect(lines).toEqual([]);
});

describe('defaults', () => {
  test('are the values in the documentation', () => {
    const settings = resolve({ issuer: ISSUER });
    expect(settings).toMatchObject({
      redis: undefined,
      users: undefined,
      directory: { organizations: [], users: [], applications: [] },
      tokens: {
        accessTokenLifetime: 3_600,
        refreshTokenLifetime: 86_400,
        grantLifetime: 2_592_000,
        refreshGrace: 10,
        maxAccessTokenLifetime: 86_400,
      },
      realm: 'api.example.com',
      prefix: 'sg:',
      deadline: 250,
      usersDeadline: 5_000,
      ungrantedScopes: 'drop',
      throttled: true,
      limits: {
        accountAndAddress: { failures: 10, window: 900 },
        address: { failures: 100, window: 900 },
        account: { failures: 200, window: 3_600 },
        signUpsPerNetwork: { failures: 20, window: 3_600 },
      },
      shares: { signUpsPerNetwork: 20, grantsPerUserAndClient: 100, grantsPerClient: Infinity },
      passwords: {
        minLength: 8,
        memoryCost: 19_456,
        timeCost: 2,
        parallelism: 1,
        concurrency: Math.max(1, availableParallelism() - 1),
      },
    });
    expect(settings.paths).toMatchObject({ token: '/token', live: '/health/live', ready: '/health/ready' });
    expect(settings.scopes.names.size + settings.apis.size).toBe(0);
    expect(Math.abs(settings.clock() - Date.now() / 1000)).toBeLessThan(5);
  });

  test('allow any number of what an option limits if it is false', () => {
    expect(resolve({ issuer: ISSUER, limits: { signUpsPerNetwork: false } }).shares.signUpsPerNetwork).toBe(Infinity);
    expect(resolve({ issuer: ISSUER, limits: { signUpsPerNetwork: 3 } }).shares.signUpsPerNetwork).toBe(3);
  });

  test('S-032 require TLS if the issuer is https or the option says so', () => {
    expect(resolve({ issuer: 'https://h' }).requireTls).toBe(true);
    expect(resolve({ issuer: 'http://h' }).requireTls).toBe(false);
    expect(resolve({ issuer: 'https://h', requireTls: false }).requireTls).toBe(false);
    expect(resolve({ issuer: 'http://h', requireTls: true }).requireTls).toBe(true);
  });

  test('replace values that are undefined', () => {
    const settings = resolve({
      issuer: ISSUER,
      tokens: undefined,
      realm: undefined,
      paths: { token: undefined },
      users: undefined,
    });
    expect(settings).toMatchObject({
      realm: 'api.example.com',
      tokens: { refreshGrace: 10 },
      paths: { token: '/token' },
    });
  });

  test('make the name of an API its context and title', () => {
    expect(resolve({ issuer: ISSUER, apis: { orders: { resources: [] } } }).apis.get('orders')).toMatchObject({
      title: 'orders',
      context: '/orders',
    });
  });

  test('let a declared application use every grant type and every scope, but not introspection', () => {
    const [declared] = resolve({ issuer: ISSUER, applications: [application] }).directory.applications;
    expect(declared).toMatchObject({ introspect: false, enabled: true, subscriptions: [] });
    expect(declared).not.toHaveProperty('grantTypes');
    expect(declared).not.toHaveProperty('scopes');
  });
});

describe('the validated settings', () => {
  test('are frozen', () => {
    const settings = resolve({ issuer: ISSUER, apis: { orders: { resources: [resource] } } });
    const groups = [
      settings,
      settings.tokens,
      settings.paths,
      settings.passwords,
      settings.limits,
      settings.limits.address,
      settings.directory,
    ];
    for (const group of [...groups, settings.apis.get('orders'), settings.apis.get('orders')?.resources[0]]) {
      expect(Object.isFrozen(group)).toBe(true);
    }
  });

  test('contain no secret and no digest of a password in clear', () => {
    const { directory } = resolve({
      issuer: ISSUER,
      applications: [{ ...application, consumerSecret: 'canary-secret' }],
    });
    expect(JSON.stringify(directory.applications)).not.toContain('canary-secret');
  });

  test('S-356 do not change when the caller changes the options object', async () => {
    const roles = ['clerk'];
    const options = {
      scopes: { read: 'See', update: { roles }, admin: { roles: ['manager'] } },
      users: [{ username: 'john@gmail.com', organization: 'johnsorg', password: JOHN[1], roles: [] as string[] }],
      tokens: { accessTokenLifetime: 60 },
      paths: { token: '/token' as string | false },
    };
    const before = structuredClone(options);
    const { signIn } = aGate(options);
    expect(options).toEqual(before);
    options.users[0]?.roles.push('clerk', 'manager');
    options.users.length = 0;
    roles.length = 0;
    options.tokens.accessTokenLifetime = 1;
    options.paths.token = false;
    expect(await signIn(JOHN, 'read update admin')).toMatchObject({ expires_in: 60, scope: 'read' });
  });

  test('can be created from frozen options', async () => {
    const { logger } = recordedLogger();
    const options = Object.freeze({
      issuer: ISSUER,
      logger,
      scopes: Object.freeze({ read: 'See' }),
      tokens: Object.freeze({}),
    });
    await closeAtEnd(scopegate(options)).ready();
  });
});
