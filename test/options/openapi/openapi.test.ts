import { computedMs } from '../../support/time/timing';
import { documentOf, faultsOf, read, rulesOf, secured } from './documents';

describe('the document', () => {
  test.each(['3.0.0', '3.0.4', '3.1.0', '3.1.2', '3.2.0', '3.1.0-rc1'])('may be of OpenAPI %s', (openapi) => {
    const document = documentOf({ '/orders': { get: secured({ oauth: ['read'] }) } }, { openapi });
    expect(rulesOf(document)).toEqual([['GET /orders', 'read']]);
  });

  const VERSION = 'the version of OpenAPI as a string: 3.0.x, 3.1.x or 3.2.x';
  test.each<[what: string, document: unknown, fault: string]>([
    [
      'Swagger 2.0',
      { swagger: '2.0', paths: {} },
      'swagger: is a field of Swagger 2.0, which is not supported; convert the document to OpenAPI 3',
    ],
    ['of no version', { paths: { '/': {} } }, `openapi: is missing: it must be ${VERSION}`],
    ['of a later version', { openapi: '4.0.0' }, `openapi: must be ${VERSION}; got "4.0.0"`],
    ['of version 3.3', { openapi: '3.3.0' }, `openapi: must be ${VERSION}; got "3.3.0"`],
    ['of a version that YAML parsed as a number', { openapi: 3.1 }, `openapi: must be ${VERSION}; got 3.1`],
    ['of a version with more behind it', { openapi: '3.1.0\n' }, `openapi: must be ${VERSION}; got "3.1.0\\n"`],
    ...[undefined, null, 'openapi: 3.1.0', 3, true, [], [{ openapi: '3.1.0' }]].map(
      (document): [string, unknown, string] => [
        JSON.stringify(document) ?? 'undefined',
        document,
        ': must be an OpenAPI document as an object; parse its text first',
      ],
    ),
  ])('that is %s is one fault', (_what, document, fault) => {
    expect(faultsOf(document)).toEqual([fault]);
  });

  test.each<[what: string, more: object]>([
    ['an empty object', {}],
    ['extensions alone', { 'x-paths': { '/orders': { get: {} } } }],
  ])('without any path is a fault: %s', (_what, paths) => {
    expect(faultsOf(documentOf(paths))).toEqual([': has no paths: paths that are not declared cannot be reached']);
  });

  test.each([undefined, null, [], 'paths'])('without an object of paths is a fault: %p', (paths) => {
    expect(faultsOf(documentOf({}, { paths }))).toEqual([
      ': has no paths: paths that are not declared cannot be reached',
    ]);
  });

  test('whose paths have no methods is a fault', () => {
    expect(faultsOf(documentOf({ '/': {}, '/orders': { summary: 'Orders', parameters: [] } }))).toEqual([
      'paths: has no method at any path: methods that are not declared cannot be reached',
    ]);
  });

  test('reports all its faults together, each at its location below that of the document', () => {
    const document = documentOf({
      orders: { get: secured({ oauth: ['raed'] }) },
      '/a{b}': { put: secured({ oath: [] }), post: secured({ key: [] }) },
    });
    expect(read(document).faults.map(({ path }) => path)).toEqual([
      ['document', 'paths', 'orders'],
      ['document', 'paths', 'orders', 'get', 'security', 0, 'oauth', 0],
      ['document', 'paths', '/a{b}'],
      ['document', 'paths', '/a{b}', 'put', 'security', 0, 'oath'],
      ['document', 'paths', '/a{b}', 'post', 'security'],
    ]);
  });
});

describe('a path item', () => {
  const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'QUERY'];

  test('has an operation for each method, and other fields are ignored', () => {
    const operations = Object.fromEntries(METHODS.map((method) => [method.toLowerCase(), secured()]));
    const others = {
      summary: 'Orders',
      description: '',
      servers: [{ url: '/v2' }],
      parameters: [],
      'x-get': secured(),
    };
    expect(rulesOf(documentOf({ '/orders': { ...operations, ...others, fetch: secured() } }))).toEqual(
      METHODS.map((method) => [`${method} /orders`, 'public']),
    );
  });

  test('may have additional operations since OpenAPI 3.2', () => {
    const additional = { COPY: secured({ oauth: ['update'] }), 'M-SEARCH': secured({ oauth: ['read'] }) };
    const document = documentOf({ '/': { get: secured(), additionalOperations: additional } }, { openapi: '3.2.0' });
    expect(rulesOf(document)).toEqual([
      ['GET /', 'public'],
      ['COPY /', 'update'],
      ['M-SEARCH /', 'read'],
    ]);
    expect(
      faultsOf(
        documentOf({
          '/a': { get: secured(), additionalOperations: { GET: secured({ oauth: ['read'] }) } },
          '/b': { additionalOperations: { copy: secured(), COPY: 7 } },
          '/c': { additionalOperations: [] },
        }),
      ),
    ).toEqual([
      'paths /b additionalOperations copy: must be an upper-case method name such as GET or M-SEARCH',
      'paths /b additionalOperations COPY: must be an object',
      'paths /c additionalOperations: must be an object with a name for each entry; got a list',
      'paths /a: declares GET /a and GET /a, which match the same requests and have different rules: ' +
        'give both the same rule, or keep one',
    ]);
  });

  test.each(['GET', 'Get', 'DELETE'])('with the method %s is a fault because methods are in lower case', (method) => {
    const document = documentOf({ '/': { put: secured(), [method]: secured() } });
    expect(faultsOf(document)).toEqual([`paths / ${method}: is not known; write ${method.toLowerCase()}`]);
  });

  test.each([null, 'orders', 7, [], [{}]])('that is %p is a fault, and so is such an operation', (item) => {
    expect(faultsOf(documentOf({ '/': { put: secured() }, '/a': item, '/b': { get: item } }))).toEqual([
      'paths /a: must be an object',
      'paths /b get: must be an object',
    ]);
  });

  test('has no operations that are only inherited', () => {
    const item = JSON.parse('{ "__proto__": { "get": { "security": [] } }, "put": { "security": [] } }') as object;
    const inheriting: unknown = Object.create({ get: secured() });
    expect(rulesOf(documentOf({ '/a': item, '/b': inheriting }))).toEqual([['PUT /a', 'public']]);
  });
});

describe('a large document is read in time proportional to its size:', () => {
  const ROUNDS = 3;
  const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index);
  const pathOf = (count: number) => `/${'{a}/'.repeat(count)}`;

  const chained = (count: number) =>
    documentOf(Object.fromEntries(numbersTo(count).map((index) => [`/${index}`, { $ref: `#/paths/~1${index + 1}` }])));
  const deep = (count: number) => documentOf({ [pathOf(count)]: { get: {} } }, { security: [{ oauth: ['admin'] }] });
  const alternatives = (count: number) => {
    const security = numbersTo(count).map((index) => ({ oauth: index % 2 === 0 ? ['read', 'update'] : ['admin'] }));
    return documentOf({ '/': { get: {} } }, { security });
  };

  /** Milliseconds of CPU time, to which other processes do not add, of the cheapest of some rounds. */
  const costsOf = (documents: readonly object[]): readonly number[] => {
    const rounds = Array.from({ length: ROUNDS }, () =>
      documents.map((document) => {
        const before = computedMs();
        read(document);
        return computedMs() - before;
      }),
    );
    return documents.map((_document, index) => Math.min(...rounds.map((costs) => costs[index] ?? Number.NaN)));
  };

  test.each<[what: string, make: (count: number) => object, count: number, check: (document: object) => void]>([
    ['a chain of references', chained, 2_000, (document) => expect(read(document).faults).toHaveLength(2_000)],
    [
      'a path of many segments',
      deep,
      20_000,
      (document) => expect(rulesOf(document)).toEqual([[`GET ${pathOf(20_000).replaceAll('{a}', ':a')}`, 'admin']]),
    ],
    [
      'a list of many alternatives',
      alternatives,
      8_000,
      (document) => expect(rulesOf(document)).toEqual([['GET /', { anyOf: [{ allOf: ['read', 'update'] }, 'admin'] }]]),
    ],
  ])('%s', (_what, make, count, check) => {
    const [part, whole] = [make(count / 8), make(count)];
    check(whole);
    const [ofPart = 0, ofWhole = 0] = costsOf([part, whole]);
    // Eight times the size costs about eight times as much, and up to 64 times if the reader is quadratic.
    expect(ofWhole).toBeLessThan(16 * ofPart);
  });
});
