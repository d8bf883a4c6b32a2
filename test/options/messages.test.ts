import { ConfigurationError, scopegate, type ScopegateOptions } from 'scopegate';
import { resolveOptions } from '../../src/options/settings';
import { aGate } from '../support/gate/gate';
import { thrownBy } from '../support/expect/thrown';

const ISSUER = 'https://api.example.com';

const errorOf = (options: unknown): ConfigurationError => {
  const thrown = thrownBy(() => resolveOptions(options as ScopegateOptions));
  expect([options, thrown]).toEqual([options, expect.any(ConfigurationError)]);
  return thrown as ConfigurationError;
};

const application = { name: 'App', consumerKey: 'k', consumerSecret: 's' };

describe('the message about wrong options', () => {
  test('has one head line, one line for each fault, and a link to the documentation', () => {
    expect(errorOf({ issuer: 'localhost:8080', deadline: 1 }).message).toBe(
      [
        '2 options are wrong:',
        '  issuer: is "localhost:8080"; write http://localhost:8080',
        '  deadline: must be a whole number of milliseconds from 10 to 60000; got 1',
        'See docs/errors.md#err_scopegate_option',
      ].join('\n'),
    );
  });

  test('names the options themselves if they are not an object', () => {
    expect(errorOf('x').message).toContain('  options: must be an object; got a string\n');
  });

  test.each<[mistake: string, options: object, line: string]>([
    ['an issuer without its scheme', { issuer: 'localhost' }, 'issuer: is "localhost"; write http://localhost'],
    [
      'an issuer on an address without its scheme',
      { issuer: '127.0.0.1:8080/auth' },
      'issuer: is "127.0.0.1:8080/auth"; write http://127.0.0.1:8080/auth',
    ],
    [
      'a public issuer without its scheme',
      { issuer: 'api.example.com' },
      'issuer: is "api.example.com"; write https://api.example.com',
    ],
    [
      'clientId in place of consumerKey',
      { applications: [{ ...application, clientId: 'k' }] },
      'applications[0].clientId: is unknown; did you mean "consumerKey"?',
    ],
    [
      'client_secret in place of consumerSecret',
      { applications: [{ ...application, client_secret: 's' }] },
      'applications[0].client_secret: is unknown; did you mean "consumerSecret"?',
    ],
    [
      'an address in place of a Redis client',
      { redis: 'redis://:canary@h:6379' },
      'redis: must be an ioredis client, not an address: write redis: new Redis(address)',
    ],
    [
      'scopes as a list',
      { scopes: ['read', 'update'] },
      "scopes: must be an object, such as { read: 'See orders' }; got a list",
    ],
    [
      'a role that no user of the directory may have',
      { scopes: { read: { roles: ['order clerk'] } } },
      'scopes.read.roles[0]: must be 1 to 128 characters without white space; got "order clerk"',
    ],
    ['a flag as a text', { requireTls: 'false' }, 'requireTls: must be true or false; got "false"'],
    [
      'a number as a text',
      { tokens: { accessTokenLifetime: '60' } },
      'tokens.accessTokenLifetime: must be a whole number of seconds from 1 to 86400; got "60"',
    ],
    ['a list as a text', { scopes: { read: { roles: 'clerk' } } }, 'scopes.read.roles: must be a list; got "clerk"'],
    [
      'a grant type that does not exist',
      { applications: [{ ...application, grantTypes: ['implicit'] }] },
      'applications[0].grantTypes[0]: is "implicit"; known are password, authorization_code, refresh_token, client_credentials',
    ],
  ])('says what to write for %s', (_mistake, options, line) => {
    expect(errorOf({ issuer: ISSUER, ...options }).message.split('\n')).toContain(`  ${line}`);
  });

  test.each<[what: string, options: object]>([
    ['a password', { users: [{ username: 'a', password: 'canary\n' }] }],
    ['a password hash', { users: [{ username: 'a', passwordHash: '$canary$' }] }],
    ['a consumer secret', { applications: [{ ...application, consumerSecret: 'canary canary' }] }],
    ['a consumer key', { applications: [{ ...application, consumerKey: 'canary canary' }] }],
    ['the password in the address of Redis', { redis: 'redis://:canary@h' }],
    ['the credentials in an issuer', { issuer: 'https://u:canary@h' }],
    ['a token in a field for something else', { realm: 'sga_canary"' }],
    ['a text in place of an object', { applications: ['key:canary'] }],
  ])('does not contain %s', (_what, options) => {
    const error = errorOf({ issuer: ISSUER, ...options });
    expect(error.message + JSON.stringify(error)).not.toContain('canary');
  });

  test('prints control characters and long values in a form that fits on one line', () => {
    const { message } = errorOf({ issuer: ISSUER, realm: `a"\n\u202e\ud800${'x'.repeat(10_000)}` });
    expect(message.split('\n')).toHaveLength(3);
    expect(message.length).toBeLessThan(400);
    expect(message).toContain(String.raw`got "a\"\n\u202e\ud800xx`);
  });

  test('stays short however many options are wrong and however long their names are', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => [`${'x'.repeat(1_000)}${index}`, 1]);
    const error = errorOf({ issuer: ISSUER, ...Object.fromEntries(names) });
    expect(error.faults).toHaveLength(5_000);
    expect(error.message).toContain('  and 4900 more\n');
    expect(error.message.length).toBeLessThan(100_000);
  });

  test('reports an option that cannot be read', () => {
    const tokens = {
      get accessTokenLifetime(): number {
        throw new Error('canary');
      },
    };
    const { message } = errorOf({ issuer: ISSUER, tokens });
    expect(message).toContain('  tokens: cannot be read: one of its getters throws\n');
    expect(message).not.toContain('canary');
  });
});

describe('the message about a wrong argument', () => {
  const { gate } = aGate({ apis: { orders: { resources: [{ path: '/', methods: ['GET'] }] } } });
  const { requireScope, on, api, fromOpenApi, portal } = gate as unknown as Record<
    string,
    (...given: unknown[]) => void
  >;

  test.each<[mistake: string, act: () => unknown, message: string]>([
    [
      'an event that does not exist',
      () => on?.('isue', () => undefined),
      'gate.on(): there is no event "isue"; events are issue, refresh, ',
    ],
    ['no event', () => on?.(undefined, () => undefined), 'gate.on(): there is no event undefined; events are issue, '],
    ['no listener', () => on?.('issue'), 'gate.on(): needs a function to call as its second argument; got undefined'],
    [
      'a misspelt scope',
      () => requireScope?.('raed'),
      'gate.requireScope(): there is no scope "raed"; did you mean "read"?',
    ],
    [
      'a list of scopes',
      () => requireScope?.(['read', 'update']),
      "gate.requireScope(): takes scopes one by one, not as a list: write requireScope('read', 'update')",
    ],
    [
      'a method in lower case',
      () => requireScope?.({ get: 'read' }),
      'gate.requireScope(): methods are written in upper case: write { GET: … }, not { get: … }',
    ],
    [
      'nothing',
      () => requireScope?.(),
      'gate.requireScope(): needs a scope, { allOf: […] }, { anyOf: […] }, or one of',
    ],
    ['an empty list', () => requireScope?.({ anyOf: [] }), 'gate.requireScope(): has an empty list: name at least one'],
    [
      'an API that is not declared',
      () => api?.('ordres'),
      'gate.api(): there is no API "ordres"; did you mean "orders"?',
    ],
    [
      'a misspelt scope of an API guard',
      () => gate.api('orders').requireScope('raed' as 'read'),
      'gate.api(\'orders\').requireScope(): there is no scope "raed"; did you mean "read"?',
    ],
    [
      'a text in place of an OpenAPI document',
      () => fromOpenApi?.('openapi: 3.0.0'),
      'gate.fromOpenApi(): document: must be an OpenAPI document as an object',
    ],
    [
      'a misspelt portal option',
      () => portal?.({ titel: 'x' }),
      'gate.portal(): titel: is unknown; did you mean "title"?',
    ],
    ['a portal option of the wrong type', () => portal?.({ title: 1 }), 'gate.portal(): title: must be a string'],
    ['portal options that are null', () => portal?.(null), 'gate.portal(): must be an object; got null'],
  ])('names the call: %s', (_mistake, act, message) => {
    const thrown = thrownBy(act);
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect((thrown as Error).message).toContain(message);
    expect((thrown as Error).message.startsWith(message.slice(0, 12))).toBe(true);
  });

  test.each<[mistake: string, token: unknown, asked: unknown, message: string]>([
    [
      'a token that is not a text',
      5,
      'read',
      'gate.explain(): token: must be a string of at most 10000 characters; got a number',
    ],
    ['no requirement', 'x', undefined, 'gate.explain(): '],
    ['a misspelt scope', 'x', 'raed', 'gate.explain(): there is no scope "raed"; did you mean "read"?'],
    [
      'a method in lower case',
      'x',
      { method: 'get', path: '/' },
      'gate.explain(): method: must be an upper-case method',
    ],
    ['a missing method', 'x', { path: '/' }, 'gate.explain(): method: is missing: it must be an upper-case method'],
    ['a path that is not a text', 'x', { method: 'GET', path: 5 }, 'gate.explain(): path: must be the whole path'],
    ['a misspelt field', 'x', { method: 'GET', path: '/', api: 'o' }, 'gate.explain(): api: is unknown; known are'],
  ])('names gate.explain, and never the token: %s', async (_mistake, token, asked, message) => {
    const thrown: unknown = await gate.explain(token as string, asked as 'read').catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect((thrown as Error).message.startsWith(message)).toBe(true);
  });
});

test('an owner may be written in any case, and need not be listed if no users are declared', () => {
  const users = [{ username: 'Ana', password: 'x' }];
  for (const options of [
    { users, applications: [{ ...application, owner: 'ANA' }] },
    { users: () => null, applications: [{ ...application, owner: 'bob' }] },
    { applications: [{ ...application, owner: 'bob' }] },
    { users: [], applications: [{ ...application, owner: 'bob' }] },
  ]) {
    expect(resolveOptions({ issuer: ISSUER, ...options }).directory.applications).toHaveLength(1);
  }
});

test('a role may contain a space, because a users function may return it', () => {
  const scopes = { read: { roles: ['order clerk'] } };
  expect(resolveOptions({ issuer: ISSUER, scopes, users: () => null }).scopes.rolesOf('read')).toEqual(['order clerk']);
});

test('scopegate() called without options throws an error about the missing issuer', () => {
  expect(() => scopegate(undefined as never)).toThrow('issuer: is missing');
});
