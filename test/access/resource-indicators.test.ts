import fc from 'fast-check';
import { GuardedScopes } from '../../src/access/guarded-scopes';
import { ResourceIndicators } from '../../src/access/resource-indicators';
import { PUBLISHED } from '../../src/access/lifecycle';
import type { Api } from '../../src/access/api';
import { documentResources } from '../../src/options/resource-documentation';
import { thrownBy } from '../support/expect/thrown';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const ORIGIN = 'https://api.example.com';

const api = (name: string, context: string, ...scopes: readonly string[]): Api => ({
  name,
  title: name,
  version: undefined,
  context,
  sandbox: false,
  websocket: false,
  approval: false,
  plans: [],
  unsecured: [],
  description: undefined,
  tags: [],
  lifecycle: PUBLISHED,
  documentation: documentResources([]),
  resources: scopes.map((scope) => ({
    path: `/${scope}`,
    methods: ['GET'],
    access: { kind: 'scopes', requirement: scope },
  })),
});

const APIS = [api('orders', '/orders', 'read', 'update'), api('archive', '/orders/archive', 'read', 'restore')];

const indicatorsOf = (apis: readonly Api[] = APIS) => {
  const guarded = new GuardedScopes(apis);
  return { guarded, resources: new ResourceIndicators(ORIGIN, apis, guarded) };
};

const ORDERS = { identifier: `${ORIGIN}/orders`, api: 'orders' };
const ARCHIVE = { identifier: `${ORIGIN}/orders/archive`, api: 'archive' };

const invalidTarget = expect.objectContaining({
  code: 'invalid_target',
  status: 400,
  message: 'The resource is not one of this server: send one of the identifiers in its metadata.',
});

const { resources } = indicatorsOf();
const refusalOf = (value: string): unknown => thrownBy(() => resources.read([value]));

describe('resource indicators', () => {
  test('are the origin of the issuer followed by the context of an API, also inside another one', () => {
    expect(resources.read([ORDERS.identifier])).toEqual([ORDERS]);
    expect(resources.read([ARCHIVE.identifier, ORDERS.identifier])).toEqual([ARCHIVE, ORDERS]);
    expect(resources.identifiers()).toEqual([ORDERS.identifier, ARCHIVE.identifier]);
  });

  test('accept scheme and host in any case, and return the identifier of the metadata', () => {
    expect(resources.read(['HTTPS://API.Example.COM/orders'])).toEqual([ORDERS]);
  });

  test('are each returned once', () => {
    expect(resources.read([ORDERS.identifier, 'https://API.example.com/orders'])).toEqual([ORDERS]);
  });

  test('include the origin alone once a guard protects a route outside of APIs, with or without a slash', () => {
    const { guarded, resources: present } = indicatorsOf();
    expect(thrownBy(() => present.read([ORIGIN]))).toEqual(invalidTarget);
    expect(present.find(ORIGIN)).toBeUndefined();
    guarded.addOutside([]);
    const outside = { identifier: ORIGIN, api: undefined };
    expect([ORIGIN, `${ORIGIN}/`].map((value) => present.read([value]))).toEqual([[outside], [outside]]);
    expect(present.identifiers()).toEqual([ORIGIN, ORDERS.identifier, ARCHIVE.identifier]);
  });

  test('are only the origin if no API is declared', () => {
    const { resources: present } = indicatorsOf([]);
    expect(present.read([ORIGIN])).toEqual([{ identifier: ORIGIN, api: undefined }]);
    expect(present.identifiers()).toEqual([ORIGIN]);
  });

  test.each([
    ['an empty value', ''],
    ['a relative reference', '/orders'],
    ['a URI without a host', 'urn:example:orders'],
    ['another host', 'https://evil.example/orders'],
    ['the host as a prefix', `${ORIGIN}.evil.example/orders`],
    ['another scheme', 'http://api.example.com/orders'],
    ['another port', `${ORIGIN}:8443/orders`],
    ['the default port', `${ORIGIN}:443/orders`],
    ['a user', 'https://john@api.example.com/orders'],
    ['the host as a user', 'https://api.example.com@evil.example/orders'],
    ['a slash at the end of a context', `${ORIGIN}/orders/`],
    ['a second slash', `${ORIGIN}//orders`],
    ['a dot segment', `${ORIGIN}/x/../orders`],
    ['an escaped letter', `${ORIGIN}/%6Frders`],
    ['a backslash', `${ORIGIN}\\orders`],
    ['another case of a context', `${ORIGIN}/Orders`],
    ['a path of an API', `${ORIGIN}/orders/1`],
    ['a fragment', `${ORIGIN}/orders#`],
    ['a fragment without a path', `${ORIGIN}#`],
    ['a query', `${ORIGIN}/orders?`],
    ['blanks around it', ` ${ORIGIN}/orders`],
    ['another endpoint of the server', `${ORIGIN}/token`],
  ])('refuse %s', (_what, value) => {
    expect(refusalOf(value)).toEqual(invalidTarget);
  });

  test('refuse a letter that becomes ASCII in lower case', () => {
    const present = new ResourceIndicators('https://kim.example', [], new GuardedScopes([]));
    expect(present.read(['https://KIM.example'])).toHaveLength(1);
    expect(thrownBy(() => present.read(['https://\u212Aim.example']))).toEqual(invalidTarget); // the Kelvin sign
  });

  test('refuse all values if one of them is unknown', () => {
    expect(thrownBy(() => resources.read([ORDERS.identifier, 'https://evil.example']))).toEqual(invalidTarget);
  });

  test('refuse more than 20 values, and a long one without comparing it', () => {
    expect(resources.read(Array<string>(20).fill(ORDERS.identifier))).toEqual([ORDERS]);
    expect(thrownBy(() => resources.read(Array<string>(21).fill(ORDERS.identifier)))).toEqual(invalidTarget);
    expect(refusalOf(`https://${'a'.repeat(1_000_000)}/orders`)).toEqual(invalidTarget);
  });

  test('are not found by any other text, except for the case of scheme and host', () => {
    const edit = fc.record({
      at: fc.nat(ORDERS.identifier.length),
      dropped: fc.nat(2),
      inserted: fc.oneof(anyText({ maxLength: 2 }), fc.constantFrom('H', 'S', '/', ':', '@', '#', '?', '%')),
    });
    assertProperty(
      fc.property(edit, ({ at, dropped, inserted }) => {
        const text = ORDERS.identifier.slice(0, at) + inserted + ORDERS.identifier.slice(at + dropped);
        const origin = text.slice(0, ORIGIN.length).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
        const isSame = origin + text.slice(ORIGIN.length) === ORDERS.identifier;
        if (isSame) expect(resources.read([text])).toEqual([ORDERS]);
        else expect(refusalOf(text)).toEqual(invalidTarget);
      }),
    );
  });

  test('have the scopes that their guards name, each once', () => {
    const { guarded, resources: present } = indicatorsOf();
    guarded.addToApi('orders', ['export']);
    guarded.addOutside(['admin', 'read']);
    const scopesOf = (...values: readonly string[]) => present.scopesOf(present.read(values));
    expect(scopesOf(ORDERS.identifier)).toEqual(['read', 'update', 'export']);
    expect(scopesOf(ORDERS.identifier, ARCHIVE.identifier)).toEqual(['read', 'update', 'export', 'restore']);
    expect(scopesOf(ORIGIN)).toEqual(['admin', 'read']);
    expect(scopesOf()).toEqual([]);
  });
});
