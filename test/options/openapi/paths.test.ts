import { documentOf, faultsOf, read, rulesOf, secured } from './documents';

describe('a path of the document', () => {
  const templateOf = (path: string): unknown => read(documentOf({ [path]: { get: secured() } })).resources[0]?.path;
  const pathFaults = (...paths: readonly string[]): readonly string[] =>
    faultsOf(documentOf(Object.fromEntries(paths.map((path) => [path, { get: secured() }]))));

  test.each([
    ['/', '/'],
    ['/orders', '/orders'],
    ['/orders/', '/orders/'],
    ['/{id}', '/:id'],
    ['/{id}/', '/:id/'],
    ['/orders/{orderId}/lines/{line}', '/orders/:orderId/lines/:line'],
    ['/{order-id}', '/:order_id'],
    ['/{2nd}', '/:_2nd'],
    ['/{-}', '/:_'],
    ['/{:id}', '/:_id'],
    ['/{..}', '/:__'],
    ['/{a b?#é}', '/:a_b___'],
    ['/{a-b}/{a_b}', '/:a_b/:a_b'],
    ['/orders:cancel', '/orders:cancel'],
    ['/%3Aid', '/%3Aid'],
    ['/caf%C3%A9', '/caf%C3%A9'],
    ['/$metadata/*', '/$metadata/*'],
    ['/*', '/*'],
    ['/orders/{id}.json', '/orders/:id.json'],
    ['/{id}:cancel/{x}', '/:id%3Acancel/:x'],
    ['/{id}-v2', '/:id-v2'],
    ['/%7Eana', '/%7Eana'],
    ['/__proto__', '/__proto__'],
  ])('%s becomes the template %s', (path, template) => {
    expect([templateOf(path), pathFaults(path)]).toEqual([template, []]);
  });

  test.each([
    ['/orders/v{version}', 'v{version}'],
    ['/{a}.{b}', '{a}.{b}'],
    ['/{a}{b}', '{a}{b}'],
    ['/{id}x', '{id}x'],
    ['/{}', '{}'],
    ['/{id', '{id'],
    ['/id}', 'id}'],
    ['/{{id}}', '{{id}}'],
    ['/{{id}', '{{id}'],
    ['/{a/b}', '{a'],
  ])('%s is a fault because a parameter has to be a whole segment or begin one', (path, segment) => {
    expect(pathFaults(path)).toEqual([
      `paths ${path}: has "${segment}": a parameter is a whole segment, or the beginning of one; ` +
        'make it one, as in /orders/{id}/lines or /orders/{id}.json',
    ]);
    expect(templateOf(path)).toBeUndefined();
  });

  test.each(['/:id', '/orders/:id', '/{x}/:id'])(
    '%s is a fault because it is in the syntax of another router',
    (path) => {
      const fault = 'has ":id": write {id} for a parameter, %3Aid for the text itself';
      expect(pathFaults(path)).toEqual([`paths ${path}: ${fault}`]);
      expect(templateOf(path)).toBeUndefined();
    },
  );

  test.each([
    ...['//', '/orders//lines', '//orders', '/./orders', '/orders/..', '/%2e/a', '/%6frders', '/a%2Fb', '/a%5cb'],
    ...['/a;v=1', '/a%3Bb', '/a%', '/a%zz', '/caf\u00e9', '/a b', '/a%00', '/%C0%AF', '/a\\b', '/a?x=1', '/a?', '/a#b'],
  ])('%s is a fault because it is not canonical', (path) => {
    expect(pathFaults(path)).toEqual([
      `paths ${path}: is not canonical: no query, no empty or dot segments, no escapes that stand for themselves, ` +
        'the rest percent-encoded',
    ]);
    expect(templateOf(path)).toBeUndefined();
  });

  test.each(['orders', '', '$ref', 'https://example.com/orders', '{id}', '__proto__', 'constructor'])(
    '%p is a fault because it does not begin with a slash',
    (path) => {
      expect(pathFaults('/', path)).toEqual([`paths ${path}: must begin with a slash`]);
    },
  );

  test('that begins with x- is an extension', () => {
    const document = documentOf({ '/': { get: secured() }, 'x-more': { get: { security: 'anything' } }, 'x-': 7 });
    expect(rulesOf(document)).toEqual([['GET /', 'public']]);
  });

  test.each([
    ['/{a}', '/{b}'],
    ['/{a-b}/x', '/{a_b}/x'],
    ['/caf%C3%A9', '/caf%c3%a9'],
    ['/a%40b', '/a@b'],
  ])('%s and %s are a fault when they answer the same request by different rules', (first, second) => {
    const different = documentOf({ [first]: { get: secured() }, [second]: { get: {} } });
    expect(faultsOf(different)).toEqual([
      `paths ${second}: declares GET ${second} and GET ${first}, which match the same requests and have different rules: ` +
        'give both the same rule, or keep one',
    ]);
    expect(pathFaults(first, second)).toEqual([]);
    const apart = documentOf({ [first]: { get: secured() }, [second]: { put: secured() } });
    expect(faultsOf(apart)).toEqual([]);
  });

  test.each([
    ['/orders', '/orders/'],
    ['/{id}', '/orders'],
    ['/{id}', '/{id}/'],
    ['/{id}', '/%3Aid'],
  ])('%s and %s are different paths', (first, second) => {
    expect(pathFaults(first, second)).toEqual([]);
  });
});
