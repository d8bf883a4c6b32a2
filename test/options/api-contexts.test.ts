import { ConfigurationError, type ScopegateOptions } from 'scopegate';
import { resolveOptions } from '../../src/options/settings';
import { thrownBy } from '../support/expect/thrown';

const api = { resources: [{ path: '/', methods: ['GET'] }] };

/** Faults of `apis` in options in which `deadline`, which is read after it, is wrong too. */
const faultsOf = (apis: object) => {
  const options = { issuer: 'https://api.example.com', apis, deadline: 1 };
  const thrown = thrownBy(() => resolveOptions(options as ScopegateOptions));
  expect(thrown).toBeInstanceOf(ConfigurationError);
  const { faults } = thrown as ConfigurationError;
  expect(faults.at(-1)?.path).toEqual(['deadline']);
  return faults.slice(0, -1);
};

describe('the context of an API', () => {
  test.each(['/..', '/a/..', '/.', '/a/../b', '/a/./b'])(
    'with dot segments is one fault, reported together with the others: %s',
    (context) => {
      expect(faultsOf({ orders: { ...api, context } })).toEqual([
        { path: ['apis', 'orders', 'context'], problem: 'must not have dot segments' },
      ]);
    },
  );

  test.each(['.', '..'])('derived from the API name %s, which is a dot segment, is a fault', (name) => {
    expect(faultsOf({ [name]: api })).toEqual([
      { path: ['apis', name, 'context'], problem: 'must not have dot segments' },
    ]);
  });

  test('with dot segments is not compared with the contexts of other APIs', () => {
    expect(faultsOf({ a: { ...api, context: '/x/..' }, b: { ...api, context: '/x/..' } })).toEqual([
      { path: ['apis', 'a', 'context'], problem: 'must not have dot segments' },
      { path: ['apis', 'b', 'context'], problem: 'must not have dot segments' },
    ]);
  });

  test.each(['my orders', 'a?b', 'a#b', '{id}', 'a*', '%', 'é', '\n', '/', '../a'])(
    'is not a separate fault if it is derived from a name that is not an API name: %j',
    (name) => {
      expect(faultsOf({ [name]: api })).toEqual([
        { path: ['apis', name], problem: expect.stringContaining('is not an API name') },
      ]);
    },
  );

  test('is checked if it is given with a name that is not an API name', () => {
    expect(faultsOf({ 'my orders': { ...api, context: '/a/..' } })).toEqual([
      { path: ['apis', 'my orders'], problem: expect.stringContaining('is not an API name') },
      { path: ['apis', 'my orders', 'context'], problem: 'must not have dot segments' },
    ]);
  });
});
