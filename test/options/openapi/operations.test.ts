import fc from 'fast-check';
import type { Operation } from '../../../src/access/operation';
import { assertProperty } from '../../support/properties/property-runs';
import { computedMs } from '../../support/time/timing';
import { documentOf, read, secured } from './documents';

const firstOf = (paths: object, more: object = {}): { operation: Operation; problems: readonly string[] } => {
  const { documentation, faults } = read(documentOf(paths, more));
  expect(faults).toEqual([]);
  const [operation] = documentation.operations;
  if (operation === undefined) throw new Error('the document has no operation');
  return { operation, problems: documentation.problems };
};

/** The operation `GET /orders/{id}` with these fields. */
const described = (fields: object, more: object = {}) =>
  firstOf({ '/orders/{id}': { get: { ...secured(), ...fields } } }, more);

describe('an operation of a document', () => {
  test('has its words, its tags and its path as the document writes it', () => {
    const { operation, problems } = firstOf({
      '/orders/{order-id}': {
        summary: 'Orders',
        get: {
          ...secured({ oauth: ['read'] }),
          operationId: 'readOrder',
          summary: 'Read\n an order',
          description: 'One order.\r\n\r\nWith its lines.',
          tags: ['Orders', 'Orders', 'Reading'],
          deprecated: true,
        },
      },
    });
    expect(operation).toMatchObject({
      method: 'GET',
      path: '/orders/{order-id}',
      resource: { path: '/orders/:order_id', access: { kind: 'scopes', requirement: 'read' } },
      id: 'readOrder',
      summary: 'Read an order',
      description: 'One order.\n\nWith its lines.',
      tags: ['Orders', 'Reading'],
      isDeprecated: true,
    });
    expect(problems).toEqual([]);
  });

  test('without a summary has that of its path item', () => {
    expect(firstOf({ '/orders': { summary: 'All orders', get: secured() } }).operation.summary).toBe('All orders');
  });

  test('has the parameters of its path item, of itself, and of its path', () => {
    const parameters = [
      { name: 'id', in: 'path', required: true, description: 'The number', schema: { type: 'integer' }, example: 7 },
      { name: 'page', in: 'query', schema: { type: 'integer', default: 1, minimum: 1 } },
      { $ref: '#/components/parameters/trace' },
    ];
    const operation = firstOf(
      {
        '/orders/{id}/lines/{line}': {
          parameters,
          get: {
            ...secured(),
            parameters: [
              { name: 'page', in: 'query', required: true, deprecated: true, schema: { enum: ['a', 'b'] } },
              { name: 'session', in: 'cookie' },
              { name: 'Authorization', in: 'header' },
              { name: 'elsewhere', in: 'path', required: true },
            ],
          },
        },
      },
      { components: { parameters: { trace: { name: 'X-Trace', in: 'header', examples: { one: { value: 'abc' } } } } } },
    ).operation;
    expect(operation.parameters.map(({ schema: _schema, ...parameter }) => parameter)).toEqual([
      { name: 'id', in: 'path', isRequired: true, isDeprecated: false, description: 'The number', example: '7' },
      { name: 'line', in: 'path', isRequired: true, isDeprecated: false },
      { name: 'page', in: 'query', isRequired: true, isDeprecated: true, example: 'a' },
      { name: 'X-Trace', in: 'header', isRequired: false, isDeprecated: false, example: 'abc' },
    ]);
  });

  test('has the example of its body as it is sent', () => {
    const { body } = described({
      requestBody: {
        required: true,
        description: 'The order',
        content: {
          'application/json': { example: { item: 'tea' } },
          'text/plain': { examples: { one: { value: 'tea' } } },
          'not a media type': {},
        },
      },
    }).operation;
    expect(body).toEqual({
      isRequired: true,
      description: 'The order',
      contents: [
        { mediaType: 'application/json', example: '{\n  "item": "tea"\n}' },
        { mediaType: 'text/plain', example: 'tea' },
      ],
    });
  });

  test('without an example of its JSON body has a value of its schema', () => {
    const schema = {
      type: 'object',
      properties: {
        item: { type: 'string', example: 'tea' },
        count: { type: 'integer', default: 2 },
        at: { type: 'string', format: 'date' },
        state: { enum: ['open', 'sent'] },
        lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
      },
    };
    const { body } = described(
      { requestBody: { content: { 'application/vnd.orders+json': { schema } } } },
      {
        components: {
          securitySchemes: {},
          schemas: { Line: { allOf: [{ properties: { a: { type: 'boolean' } } }, { properties: { b: {} } }] } },
        },
      },
    ).operation;
    expect(JSON.parse(body?.contents[0]?.example ?? '')).toEqual({
      item: 'tea',
      count: 2,
      at: '2026-01-31',
      state: 'open',
      lines: [{ a: true }],
    });
  });

  test('has its responses with a tree of their schemas', () => {
    const order = {
      type: 'object',
      required: ['id'],
      description: 'An order',
      properties: {
        id: { type: 'integer', format: 'int64', minimum: 1, description: 'The number' },
        state: { type: ['string', 'null'], enum: ['open', null], default: 'open' },
        parent: { $ref: '#/components/schemas/Order' },
      },
    };
    const { responses } = described(
      {
        responses: {
          200: {
            description: 'The order',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
          },
          '4XX': { description: 'A fault' },
          default: { $ref: '#/components/responses/other' },
          'x-internal': { description: 'not a response' },
        },
      },
      { components: { schemas: { Order: order }, responses: { other: { description: 'All else' } } } },
    ).operation;
    expect(responses.map(({ status, description }) => [status, description])).toEqual([
      ['200', 'The order'],
      ['4XX', 'A fault'],
      ['default', 'All else'],
    ]);
    expect(responses[0]?.contents[0]?.schema).toMatchObject({
      type: 'object',
      description: 'An order',
      fields: [
        { name: 'id', isRequired: true, schema: { type: 'integer (int64)', limits: ['minimum 1'] } },
        {
          name: 'state',
          isRequired: false,
          schema: { type: 'string | null', values: ['"open"', 'null'], defaultValue: '"open"' },
        },
        { name: 'parent', schema: { type: 'Order', isCut: true, fields: [] } },
      ],
    });
  });
});

describe('a faulty description', () => {
  test.each<[what: string, fields: object, problem: string]>([
    ['parameters', { parameters: 'id' }, 'get.parameters: is not a list'],
    ['a parameter', { parameters: [7] }, 'get.parameters[0]: is not an object'],
    [
      'a reference',
      { requestBody: { $ref: 'https://internal.example/body.yaml' } },
      'get.requestBody: has a $ref that leads out of the document',
    ],
    [
      'a reference to nothing',
      { requestBody: { $ref: '#/components/none' } },
      'get.requestBody: has a $ref that leads to nothing',
    ],
    ['a summary', { summary: ['Read'] }, 'get.summary: is not a text'],
    ['a status', { responses: { ok: {} } }, 'get.responses.ok: is not a status'],
  ])('is left out and noted, and the operation stays: %s', (_what, fields, problem) => {
    const { operation, problems } = described(fields);
    expect(operation).toMatchObject({ method: 'GET', path: '/orders/{id}' });
    expect(problems).toEqual([`document.paths./orders/{id}.${problem}`]);
  });

  test('whose references form a cycle ends', () => {
    const { problems } = described(
      { requestBody: { $ref: '#/components/requestBodies/a' } },
      {
        components: {
          requestBodies: {
            a: { $ref: '#/components/requestBodies/b' },
            b: { $ref: '#/components/requestBodies/a' },
          },
        },
      },
    );
    expect(problems).toEqual(['document.paths./orders/{id}.get.requestBody: is part of a cycle of references']);
  });

  test('that contains itself, or the same part a million times, is read quickly and stays small', () => {
    const circle: Record<string, unknown> = { type: 'object' };
    circle['properties'] = { self: circle, again: { items: circle } };
    let doubled: object = { type: 'string' };
    for (let depth = 0; depth < 40; depth += 1) doubled = { type: 'object', properties: { a: doubled, b: doubled } };
    const content = (schema: object, example?: unknown) => ({ 'application/json': { schema, example } });
    const operations = Object.fromEntries(
      [...Array(100).keys()].map((index) => [
        `/orders/${index}`,
        {
          post: {
            ...secured(),
            requestBody: { content: content(circle, circle) },
            responses: { 200: { description: '', content: content(doubled, doubled) } },
          },
        },
      ]),
    );
    const { documentation } = read(documentOf(operations));
    const before = computedMs();
    expect(documentation.operations).toHaveLength(100);
    expect(computedMs() - before).toBeLessThan(2_000);
    expect(JSON.stringify(documentation.operations).length).toBeLessThan(5_000_000);
  });

  test('S-364 po-documents: with a schema of many fields that contain it has a sample in which it ends', () => {
    const names = [...Array(28).keys()].map((index) => `next${index}`);
    const node = {
      properties: {
        ...Object.fromEntries(names.map((name) => [name, { $ref: '#/components/schemas/Node' }])),
        value: { type: 'integer' },
        others: { items: { $ref: '#/components/schemas/Node' } },
      },
    };
    // Each level has the next one many times, and none contains itself.
    const fields = (schema: object) => Object.fromEntries(names.map((name) => [name, schema]));
    let wide: object = { type: 'string' };
    for (let depth = 0; depth < 6; depth += 1) wide = { properties: fields(wide) };
    const content = (schema: object) => ({ 'application/json': { schema } });
    const before = computedMs();
    const { operation } = described(
      {
        requestBody: { content: content({ $ref: '#/components/schemas/Node' }) },
        responses: { 200: { description: '', content: content(wide) } },
      },
      { components: { schemas: { Node: node } } },
    );
    expect(computedMs() - before).toBeLessThan(500);
    expect(JSON.parse(operation.body?.contents[0]?.example ?? '')).toEqual({ value: 0, others: [] });
  });

  test('whose getter throws leaves the other operations as they are', () => {
    const hostile = { ...secured() };
    Object.defineProperty(hostile, 'summary', {
      enumerable: true,
      get: () => {
        throw new Error('hostile');
      },
    });
    const { documentation } = read(
      documentOf({ '/a': { get: hostile }, '/b': { get: { ...secured(), summary: 'Fine' } } }),
    );
    expect(documentation.operations.map(({ summary }) => summary)).toEqual([undefined, 'Fine']);
  });

  test('of any shape neither throws nor changes the access rules', () => {
    const anything = fc.oneof(fc.anything({ withNullPrototype: true, maxDepth: 4 }), fc.constant({ $ref: '#/paths' }));
    const fields = fc.record(
      {
        summary: anything,
        tags: anything,
        parameters: fc.oneof(anything, fc.array(fc.record({ name: anything, in: anything, schema: anything }))),
        requestBody: fc.oneof(anything, fc.record({ content: fc.dictionary(fc.string(), anything) })),
        responses: fc.oneof(anything, fc.dictionary(fc.constantFrom('200', 'default', 'x'), anything)),
      },
      { requiredKeys: [] },
    );
    assertProperty(
      fc.property(fields, fc.record({ info: anything, tags: anything }), (operation, more) => {
        const document = documentOf({ '/a': { get: { ...operation, security: [{ oauth: ['read'] }] } } }, more);
        const { documentation, resources, faults } = read(document);
        expect(faults).toEqual([]);
        expect(resources).toEqual([{ path: '/a', methods: ['GET'], access: { kind: 'scopes', requirement: 'read' } }]);
        expect(documentation.operations).toHaveLength(1);
        expect(() => JSON.stringify(documentation.operations)).not.toThrow();
      }),
    );
  });
});
