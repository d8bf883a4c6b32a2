import { documentOf, faultsOf, rulesOf, secured, securitySchemes } from './documents';

describe('a reference', () => {
  const item = { get: secured({ oauth: ['read'] }) };
  const ruleAt = ($ref: unknown, more: object): unknown => rulesOf(documentOf({ '/': { $ref } }, more));
  const faultsAt = ($ref: unknown, more: object = {}): readonly string[] =>
    faultsOf(documentOf({ '/': { $ref }, '/other': { get: secured() } }, more));

  test.each<[reference: string, more: object]>([
    ['#/components/pathItems/orders', { components: { securitySchemes, pathItems: { orders: item } } }],
    ['#/x-items/a~1b', { 'x-items': { 'a/b': item } }],
    ['#/x-items/a~0b', { 'x-items': { 'a~b': item } }],
    ['#/x-items/a~01b', { 'x-items': { 'a~1b': item } }],
    ['#/x-items/a%20b', { 'x-items': { 'a b': item } }],
    ['#/x-items/%7E1orders%7Bid%7D', { 'x-items': { '/orders{id}': item } }],
    ['#/x-items/a%25b', { 'x-items': { 'a%b': item } }],
    ['#/x-items/', { 'x-items': { '': item } }],
    ['#/x-items/1', { 'x-items': [{}, item] }],
    ['#/x-items/__proto__', JSON.parse(`{ "x-items": { "__proto__": ${JSON.stringify(item)} } }`) as object],
    ['#/x-items/constructor', { 'x-items': { constructor: item } }],
    [
      '#/x-items/a',
      { 'x-items': { a: { $ref: '#/x-items/b', summary: 'See b' }, b: { $ref: '#/x-items/c' }, c: item } },
    ],
  ])('%s resolves to a path item', (reference, more) => {
    expect(ruleAt(reference, more)).toEqual([['GET /', 'read']]);
  });

  test('may resolve to another path, and each of the two is guarded', () => {
    const document = documentOf({ '/orders/{id}': item, '/old/{id}': { $ref: '#/paths/~1orders~1{id}' } });
    expect(rulesOf(document)).toEqual([
      ['GET /orders/:id', 'read'],
      ['GET /old/:id', 'read'],
    ]);
  });

  const RULE = 'must be a reference within the document, such as #/components/pathItems/orders';
  test.each([...['', '#', '#orders', '#/%', '#/%C0%AF'], ...[null, 7, {}, ['#/x-items/a']]])(
    '%p is a fault because it is not a reference within the document',
    (reference) => {
      expect(faultsAt(reference)).toEqual([`paths / $ref: ${RULE}`]);
    },
  );

  const BUNDLE = 'bundle it into one file first, for example with npx @redocly/cli bundle openapi.yaml -o bundled.yaml';
  test.each(['orders.yaml', './orders.yaml#/get', 'https://example.com/#/paths', '/orders.json'])(
    '%p is a fault that names the remedy, because it refers to another document',
    (reference) => {
      expect(faultsAt(reference)).toEqual([`paths / $ref: refers to another document; ${BUNDLE}`]);
    },
  );

  test('to another document is reported in one fault for all of them', () => {
    const paths = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`/a${index}`, { $ref: `a.yaml#/${index}` }]),
    );
    const schemes = { ...securitySchemes, elsewhere: { $ref: 'schemes.yaml#/oauth' } };
    const own = { '/own': { get: secured({ elsewhere: ['read'] }) } };
    const document = documentOf({ ...paths, ...own }, { components: { securitySchemes: schemes } });
    expect(faultsOf(document)).toEqual([
      expect.stringMatching(
        / \$ref: refers to another document, as 301 references in it do; bundle it into one file first/,
      ),
    ]);
  });

  test('to another document is accepted if no guard depends on it', () => {
    const get = { ...secured({ oauth: ['read'] }), responses: { 200: { $ref: 'answers.yaml#/ok' } } };
    expect(rulesOf(documentOf({ '/': { get } }))).toEqual([['GET /', 'read']]);
  });

  test('to another document is counted once in a document that contains itself', () => {
    const schema: Record<string, unknown> = { $ref: 'a.yaml' };
    schema['properties'] = { self: schema };
    expect(faultsAt('orders.yaml', { 'x-schema': schema })).toEqual([
      `paths / $ref: refers to another document, as 2 references in it do; ${BUNDLE}`,
    ]);
  });

  test.each([
    ...[
      '#/x-items/none',
      '#/x-items/text',
      '#/x-items/list',
      '#/x-items/list/length',
      '#/x-items/nothing',
      '#/x-items/a/b',
    ],
    ...['#/constructor', '#/__proto__', '#/x-items/__proto__', '#/x-items/toString', '#/x-items/text/0', '#//', '#/'],
  ])('%s is a fault because it resolves to nothing', (reference) => {
    const items = { text: 'orders', list: [], nothing: null, a: { $ref: '#/x-items/c' }, c: { b: item } };
    expect(faultsAt(reference, { 'x-items': items })).toEqual([
      'paths / $ref: refers to nothing in the document; correct it',
    ]);
  });

  test('in a circle is a fault', () => {
    const CIRCLE = 'is part of a cycle, or of a chain of too many references';
    const items = { a: { $ref: '#/x-items/b' }, b: { $ref: '#/x-items/a' } };
    expect(faultsAt('#/x-items/a', { 'x-items': items })).toEqual([`x-items b $ref: ${CIRCLE}`]);
    expect(faultsAt('#/paths/~1')).toEqual([`paths / $ref: ${CIRCLE}`]);
  });

  test('with operations beside it is a fault', () => {
    const document = documentOf({ '/': { $ref: '#/x-items/a', get: secured() } }, { 'x-items': { a: item } });
    expect(faultsOf(document)).toEqual([
      'paths / get: is beside $ref, so its meaning is ambiguous; move it to the object that $ref refers to',
    ]);
    const described = { $ref: '#/x-items/a', summary: '', description: '', servers: [], parameters: [], 'x-a': 1 };
    expect(rulesOf(documentOf({ '/': described }, { 'x-items': { a: item } }))).toEqual([['GET /', 'read']]);
  });

  test('in place of operations is a fault, because the security behind it would be lost', () => {
    expect(faultsOf(documentOf({ '/': { get: { $ref: '#/x-operations/a' } } }))).toEqual([
      'paths / get $ref: is not allowed in an operation; put it in the path item, or write it out',
    ]);
  });

  test('to an item with a fault reports the fault once, at the item', () => {
    const faulty = { get: secured({ oauth: ['raed'] }) };
    const paths = { '/a': { $ref: '#/x-items/a' }, '/b': { $ref: '#/x-items/a' } };
    expect(faultsOf(documentOf(paths, { 'x-items': { a: faulty } }))).toEqual([
      'x-items a get security 0 oauth 0: names the scope "raed"; declared are read, update, admin',
    ]);
  });
});
