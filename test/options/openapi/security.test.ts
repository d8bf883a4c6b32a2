import { documentOf, faultsOf, read, rulesOf, secured, securitySchemes } from './documents';

/** The rule for the only operation of a document. */
const ruleOf = (...security: readonly unknown[]): unknown =>
  rulesOf(documentOf({ '/': { get: secured(...security) } }))[0]?.[1];

/** The faults of a document with one operation, without the place that all of them share. */
const faultsIn = (...security: readonly unknown[]): readonly string[] =>
  faultsOf(documentOf({ '/': { get: secured(...security) } })).map((fault) =>
    fault.replace(/^paths \/ get security/, '').trim(),
  );

const NONE_LEFT = 'has no alternative that can be checked';
const CURE = 'add one of oauth2, or http bearer with an empty list';
const UNDEFINED = 'is not in components.securitySchemes; define it there, or correct the name';
/** A list of one item that is not there, as a stray comma in JavaScript makes one. */
const HOLE: readonly unknown[] = Object.assign([], { length: 1 });

describe('security', () => {
  test('of the operation overrides that of the document', () => {
    const document = documentOf(
      { '/': { get: {}, put: secured({ oauth: ['update'] }), post: secured(), head: { security: undefined } } },
      { security: [{ oauth: ['read'] }] },
    );
    expect(rulesOf(document)).toEqual([
      ['GET /', 'read'],
      ['PUT /', 'update'],
      ['POST /', 'public'],
      ['HEAD /', 'read'],
    ]);
    expect(read(document).unsecured).toEqual([]);
  });

  test('that is declared nowhere means any live token, and such operations are listed as written', () => {
    const document = documentOf({
      '/orders/{order-id}': { get: {}, delete: { security: undefined }, put: secured({ oauth: ['update'] }) },
      '/open': { get: secured() },
    });
    expect(rulesOf(document)).toEqual([
      ['GET /orders/:order_id', 'token'],
      ['PUT /orders/:order_id', 'update'],
      ['DELETE /orders/:order_id', 'token'],
      ['GET /open', 'public'],
    ]);
    expect(read(document).unsecured).toEqual(['GET /orders/{order-id}', 'DELETE /orders/{order-id}']);
  });

  test('that is an empty list in the document makes operations without their own public', () => {
    const document = documentOf({ '/': { get: {}, put: secured({ bearer: [] }) } }, { security: [] });
    expect(rulesOf(document)).toEqual([
      ['GET /', 'public'],
      ['PUT /', 'token'],
    ]);
    expect(read(document).unsecured).toEqual([]);
  });

  test.each<[what: string, security: readonly unknown[], rule: unknown]>([
    ['an empty list', [], 'public'],
    ['one scope', [{ oauth: ['read'] }], 'read'],
    ['two scopes', [{ oauth: ['read', 'update'] }], { allOf: ['read', 'update'] }],
    ['no scopes', [{ oauth: [] }], 'token'],
    ['a bearer token', [{ bearer: [] }], 'token'],
    ['a bearer token in upper case', [{ shouting: [] }], 'token'],
    ['two schemes', [{ oauth: ['read'], second: ['admin'] }], { allOf: ['read', 'admin'] }],
    ['a scheme with a scope and a bearer token', [{ bearer: [], oauth: ['read'] }], 'read'],
    ['two schemes without scopes', [{ bearer: [], oauth: [] }], 'token'],
    ['two alternatives', [{ oauth: ['read'] }, { oauth: ['admin'] }], { anyOf: ['read', 'admin'] }],
    [
      'alternatives of several scopes',
      [{ oauth: ['read', 'update'] }, { second: ['admin'] }],
      { anyOf: [{ allOf: ['read', 'update'] }, 'admin'] },
    ],
    ['a scope and any live token', [{ oauth: ['read'] }, { bearer: [] }], 'token'],
    ['any live token and a scope', [{ oauth: [] }, { oauth: ['read'] }], 'token'],
    ['a scope twice', [{ oauth: ['read', 'read'] }], 'read'],
    ['a scope of two schemes', [{ oauth: ['read'], second: ['read'] }], 'read'],
    ['an alternative twice', [{ oauth: ['read'] }, { second: ['read'] }], 'read'],
    [
      'an alternative twice in another order',
      [{ oauth: ['update', 'read'] }, { oauth: ['admin'] }, { oauth: ['read'], second: ['update'] }],
      { anyOf: [{ allOf: ['update', 'read'] }, 'admin'] },
    ],
    ['an alternative that needs nothing', [{}], 'public'],
    ['a scope or nothing', [{ oauth: ['read'] }, {}], 'public'],
    ['what cannot be checked, or nothing', [{ key: [] }, {}], 'public'],
  ])('with %s compiles to the expected rule', (_what, security, rule) => {
    expect(ruleOf(...security)).toEqual(rule);
  });

  test.each<[what: string, rule: unknown, ...security: unknown[]]>([
    ['an API key', 'read', { key: [] }, { oauth: ['read'] }],
    ['a basic header', 'token', { basic: [] }, { bearer: [] }],
    ['OpenID Connect', 'read', { oauth: ['read'] }, { oidc: ['update'] }],
    ['an API key beside a scope', 'update', { key: [], oauth: ['read'] }, { oauth: ['update'] }],
    ['roles of a bearer token', 'read', { bearer: ['clerk'] }, { oauth: ['read'] }],
    ['roles beside a scope', 'update', { bearer: ['clerk'], oauth: ['read'] }, { oauth: ['update'] }],
  ])('with an alternative that cannot be checked uses the other alternatives: %s', (_what, rule, ...security) => {
    expect(ruleOf(...security)).toEqual(rule);
  });

  test.each<[what: string, scheme: string, type: string]>([
    ['an API key', 'key', 'apiKey'],
    ['a basic header', 'basic', 'http basic'],
    ['a digest header', 'digest', 'http digest'],
    ['OpenID Connect', 'oidc', 'openIdConnect'],
    ['mutual TLS', 'mtls', 'mutualTLS'],
  ])('with no alternative that can be checked is a fault: %s', (_what, scheme, type) => {
    const fault = `: ${NONE_LEFT}: "${scheme}" is ${type}; ${CURE}`;
    expect(faultsIn({ [scheme]: [] })).toEqual([fault]);
    expect(faultsIn({ oauth: ['read'], [scheme]: [] })).toEqual([fault]);
  });

  test('with no alternative that can be checked names every scheme once', () => {
    expect(faultsIn({ key: [], basic: [] }, { key: [], oauth: [] }, { bearer: ['clerk'] })).toEqual([
      `: ${NONE_LEFT}: "key" is apiKey, "basic" is http basic, "bearer" is http bearer with names in its list; ${CURE}`,
    ]);
  });

  test('of the document that cannot be checked is one fault, and only if an operation depends on it', () => {
    const security = [{ key: [] }];
    const paths = { '/a': { get: secured({ oauth: ['read'] }) }, '/b': { get: secured() } };
    expect(faultsOf(documentOf(paths, { security }))).toEqual([]);
    expect(faultsOf(documentOf({ ...paths, '/c': { get: {}, put: {} }, '/d': { get: {} } }, { security }))).toEqual([
      `security: ${NONE_LEFT}: "key" is apiKey; ${CURE}`,
    ]);
  });

  test('that names an undefined scheme is a fault, whatever the other alternatives are', () => {
    expect(faultsIn({ oath: ['read'] })).toEqual([`0 oath: ${UNDEFINED}`]);
    expect(faultsIn({ oauth: ['read'] }, { oath: [] })).toEqual([`1 oath: ${UNDEFINED}`]);
    expect(faultsIn({ oath: [], key: [] })).toEqual([`0 oath: ${UNDEFINED}`]);
    expect(faultsIn({}, { oath: [], key: [] })).toEqual([`1 oath: ${UNDEFINED}`]);
    const unused = documentOf({ '/': { get: secured() } }, { security: [{ oath: [] }] });
    expect(faultsOf(unused)).toEqual([`security 0 oath: ${UNDEFINED}`]);
    for (const components of [undefined, null, {}, { securitySchemes: null }, { securitySchemes: [] }]) {
      expect(faultsOf(documentOf({ '/': { get: secured({ oauth: [] }) } }, { components }))).toEqual([
        `paths / get security 0 oauth: ${UNDEFINED}`,
      ]);
    }
  });

  test('that names an undeclared scope is a fault that names the declared ones', () => {
    expect(faultsIn({ oauth: ['read', 'updaet'] }, { oauth: ['raed'] })).toEqual([
      '0 oauth 1: names the scope "updaet"; declared are read, update, admin',
      '1 oauth 0: names the scope "raed"; declared are read, update, admin',
    ]);
    expect(faultsIn({ oauth: ['raed'] }, { bearer: [] })).toHaveLength(1);
    expect(faultsIn({ oauth: ['raed'], oath: [] })).toHaveLength(2);
    expect(faultsOf(documentOf({ '/': { get: secured({ oauth: ['read'] }) } }), [])).toEqual([
      'paths / get security 0 oauth 0: names the scope "read"; declared are none',
    ]);
  });

  test('may name any scope in an alternative that is dropped', () => {
    expect(ruleOf({ oauth: ['raed'], key: [] }, { oidc: ['openid'] }, { oauth: ['read'] })).toBe('read');
  });

  test.each<[what: string, security: unknown, fault: string]>([
    ['null', null, ': must be a list; got null'],
    ['an object', { oauth: ['read'] }, ': must be a list; got an object'],
    ['a name', 'oauth', ': must be a list; got "oauth"'],
    ['a list of names', ['oauth'], ' 0: must be an object with a list for each scheme it needs'],
    ['a list of nothing', [null], ' 0: must be an object with a list for each scheme it needs'],
    ['a list of lists', [[]], ' 0: must be an object with a list for each scheme it needs'],
    ['a list with a hole', HOLE, ' 0: must be an object with a list for each scheme it needs'],
    ['a scheme without a list', [{ oauth: null }], ' 0 oauth: must be a list; got null'],
    ['a scheme with nothing', [{ oauth: undefined }], ' 0 oauth: must be a list; got null'],
    ['a scheme with a scope in place of a list', [{ oauth: 'read' }], ' 0 oauth: must be a list; got "read"'],
    ['an ignored scheme without a list', [{ key: 'x' }, {}], ' 0 key: must be a list; got "x"'],
    [
      'a scope that is not a text',
      [{ oauth: [7] }],
      ' 0 oauth 0: is not the name of a scope; declared are read, update, admin',
    ],
    [
      'a scope that is a hole',
      [{ oauth: HOLE }],
      ' 0 oauth 0: is not the name of a scope; declared are read, update, admin',
    ],
  ])('that is %s is a fault', (_what, security, fault) => {
    const document = documentOf({ '/': { get: { security } } });
    expect(faultsOf(document)).toEqual([`paths / get security${fault}`]);
    expect(read(document).resources).toEqual([]);
    expect(faultsOf(documentOf({ '/': { get: {} } }, { security }))).toEqual([`security${fault}`]);
  });

  test.each<[what: string, scheme: unknown, fault: string]>([
    ['no object', 'oauth2', ': must be an object'],
    ['without a type', {}, ' type: is missing: it must be one word'],
    ['of a type that is not a text', { type: 2 }, ' type: must be one word; got 2'],
    ['of a type that only looks like a scheme', { type: 'http bearer' }, ' type: must be one word; got "http bearer"'],
    ['http without a scheme', { type: 'http' }, ' scheme: is missing: it must be one word'],
    [
      'a reference to another document',
      { $ref: 'schemes.yaml#/oauth' },
      ' $ref: refers to another document; bundle it into one file first, for example with npx @redocly/cli bundle openapi.yaml -o bundled.yaml',
    ],
  ])('with a scheme that is %s is one fault, at its definition', (_what, broken, fault) => {
    const components = { securitySchemes: { ...securitySchemes, broken } };
    const paths = { '/': { get: secured({ broken: ['a'] }), put: secured({ oauth: [] }, { broken: [] }) } };
    expect(faultsOf(documentOf(paths, { components }))).toEqual([`components securitySchemes broken${fault}`]);
    expect(faultsOf(documentOf({ '/': { get: secured({ oauth: [] }) } }, { components }))).toEqual([]);
  });

  test('resolves references to schemes', () => {
    const components = {
      securitySchemes: {
        ...securitySchemes,
        one: { $ref: '#/components/securitySchemes/two', description: 'The same' },
        two: { $ref: '#/x-schemes/0' },
      },
    };
    const document = documentOf(
      { '/': { get: secured({ one: ['read'] }) } },
      { components, 'x-schemes': [securitySchemes.oauth] },
    );
    expect(rulesOf(document)).toEqual([['GET /', 'read']]);
  });

  test('treats names of inherited properties like any others', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
      const security = JSON.parse(`[{ "${name}": ["read"] }]`) as readonly unknown[];
      expect(faultsIn(...security)).toEqual([`0 ${name}: ${UNDEFINED}`]);
      const components = JSON.parse(`{ "securitySchemes": { "${name}": { "type": "oauth2" } } }`) as object;
      const document = documentOf({ '/': { get: secured(...security) } }, { components });
      expect(rulesOf(document)).toEqual([['GET /', 'read']]);
    }
    const inherited = JSON.parse('{ "__proto__": { "type": "oauth2" } }') as object;
    const paths = { '/': { get: secured({ type: [] }) } };
    expect(faultsOf(documentOf(paths, { components: { securitySchemes: inherited } }))).toEqual([
      `paths / get security 0 type: ${UNDEFINED}`,
    ]);
  });
});
