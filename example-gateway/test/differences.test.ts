import { differencesBetween } from '../src/configuration/differences';
import { isMap, type Fields } from '../src/configuration/fields';
import { aConfiguration, aFile, anApi, anApplication, JANE, JOHN } from './support/gateway';
import { readConfiguration } from '../src/configuration/configuration';

const between = (before: Fields, after: Fields) =>
  differencesBetween({ value: before, others: new Map() }, { value: after, others: new Map() });

describe('the differences of two files', () => {
  it('are none for the same file, whatever the order of its keys and records', () => {
    const file = aConfiguration({ users: [JOHN, JANE], trustProxy: 1 });
    const reordered = Object.fromEntries(
      Object.entries(aConfiguration({ trustProxy: 1, users: [JANE, JOHN] })).reverse(),
    );
    expect(between(file, reordered)).toEqual({ added: [], removed: [], changed: [] });
  });

  it('name users, organizations and applications by their names, so that a new one changes no other', () => {
    const before = { users: [JOHN], organizations: [{ key: 'one' }], applications: [anApplication()] };
    const after = {
      users: [JANE, { ...JOHN, roles: ['clerk'] }],
      organizations: [{ key: 'two' }],
      applications: [anApplication({ name: 'Another' }), anApplication({ consumerSecret: 'next' })],
    };
    expect(between(before, after)).toEqual({
      added: ['users.john@gmail.com.roles', 'users.jane@gmail.com', 'organizations.two', 'applications.Another'],
      removed: ['organizations.one'],
      changed: ['applications.Orders app.consumerSecret'],
    });
  });

  it('name other records by their position, and those whose names are not unique', () => {
    const resources = [{ path: '/' }, { path: '/:id', scopes: ['read'] }];
    const before = { apis: { orders: { resources } }, applications: [{ name: 'A', owner: 'x' }, { name: 'A' }] };
    const after = {
      apis: { orders: { resources: [resources[0], { path: '/:id', scopes: ['read', 'update'] }, { path: '/x' }] } },
      applications: [{ name: 'A', owner: 'y' }, { name: 'A' }],
    };
    expect(between(before, after)).toEqual({
      added: ['apis.orders.resources[2]'],
      removed: [],
      changed: ['apis.orders.resources[1].scopes', 'applications[0].owner'],
    });
  });

  it('treat a key without a value as left out', () => {
    expect(between({ realm: null }, {})).toEqual({ added: [], removed: [], changed: [] });
    expect(between({ portal: '/store' }, { portal: { path: '/store' } }).changed).toEqual(['portal']);
  });

  it('hold no values, whatever changes', () => {
    const values = (value: unknown): readonly string[] => {
      if (Array.isArray(value)) return value.flatMap(values);
      return isMap(value) ? Object.values(value).flatMap(values) : [String(value)];
    };
    const before = aConfiguration({ apis: { orders: anApi('http://10.0.0.7') }, redis: 'redis://:s3cret@r' });
    const after = JSON.parse(JSON.stringify(before).replaceAll(/-password|s3cret/g, 'x')) as Fields;
    const printed = JSON.stringify(between(before, after));
    expect(printed).toContain('users.john@gmail.com@johnsorg.password');
    for (const value of values(before).filter((text) => /password|s3cret/.test(text))) {
      expect(printed).not.toContain(value);
    }
  });

  it('include the contents of a secret file', () => {
    const secret = (text: string) => aFile(text, 'differences-secret');
    const file = aFile(
      JSON.stringify(aConfiguration({ applications: [anApplication({ consumerSecret: { file: secret('one') } })] })),
    );
    const before = readConfiguration(file, {}).version;
    secret('two');
    expect(differencesBetween(before, readConfiguration(file, {}).version).changed).toEqual([
      'applications.Orders app.consumerSecret',
    ]);
  });
});
