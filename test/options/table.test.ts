import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, type ConfigurationError, type ScopegateOptions } from 'scopegate';
import { OPTIONS } from '../../src/options/table';
import type { Rows } from '../../src/options/row';
import { thrownBy } from '../support/expect/thrown';

const sourceOf = (file: string): string => readFileSync(join(__dirname, '../../src', file), 'utf8');
const DECLARATIONS = sourceOf('options/options.ts');
const ENDPOINTS = sourceOf('protocol/endpoints.ts');

/** Returns the text of an interface. That of PathOptions is derived from the table of endpoints, comments included. */
const membersOf = (name: string): string => {
  const [, table = ''] = /export const ENDPOINTS = \{\n(.*?)\n\} as const/s.exec(ENDPOINTS) ?? [];
  if (name === 'PathOptions') return table.replaceAll(/^  (\w+): \{/gm, '  readonly $1: {');
  const [, body = ''] = new RegExp(`export interface ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, 's').exec(DECLARATIONS) ?? [];
  return body;
};

/** Returns the comments of the members of an interface by name, on one line each. */
const commentsOf = (name: string): ReadonlyMap<string, string> => {
  const members = membersOf(name).matchAll(/(?:\/\*\*((?:(?!\*\/).)*)\*\/\s*)?readonly (\w+)\??:/gs);
  return new Map([...members].map(([, comment = '', member = '']) => [member, comment.replaceAll(/[\s*]+/g, ' ')]));
};

const groups: readonly (readonly [name: string, rows: Rows])[] = [
  ['ScopegateOptions', OPTIONS],
  ['ScopeDeclaration', OPTIONS.scopes.fields ?? {}],
  ['AllowanceDeclaration', OPTIONS.plans.fields ?? {}],
  ['ApiDeclaration', OPTIONS.apis.fields ?? {}],
  ['ResourceDeclaration', OPTIONS.apis.fields?.['resources']?.fields ?? {}],
  ['OrganizationDeclaration', OPTIONS.organizations.fields ?? {}],
  ['UserDeclaration', OPTIONS.users.fields ?? {}],
  ['ApplicationDeclaration', OPTIONS.applications.fields ?? {}],
  ['SubscriptionDeclaration', OPTIONS.applications.fields?.['subscriptions']?.fields ?? {}],
  ['TokenOptions', OPTIONS.tokens.fields ?? {}],
  ['PasswordGrantOptions', OPTIONS.passwordGrant.fields ?? {}],
  ['PathOptions', OPTIONS.paths.fields ?? {}],
  ['CacheOptions', OPTIONS.cache.fields ?? {}],
  ['CorsOptions', OPTIONS.cors.fields ?? {}],
  ['PasswordOptions', OPTIONS.passwords.fields ?? {}],
  ['ThrottleOptions', OPTIONS.throttle.fields ?? {}],
  ['ShareOptions', OPTIONS.limits.fields ?? {}],
];

const options = groups.flatMap(([name, rows]) => Object.entries(rows).map(([key, row]) => ({ name, key, row })));

describe('the public type of options', () => {
  test.each(groups)('%s has a member for each row, and no other', (name, rows) => {
    expect([...commentsOf(name).keys()].sort()).toEqual(Object.keys(rows).sort());
  });

  test.each(options.filter(({ row }) => row.type.startsWith('number')))(
    '$name states the range and the default of $key',
    ({ name, key, row }) => {
      const comment = commentsOf(name).get(key);
      const [range = ''] = /^\d+ to \S+/.exec(row.range) ?? [];
      expect(comment).toMatch(new RegExp(`${range}(?!\\d)`));
      if (row.default !== 'required') expect(comment).toContain(`@default ${row.default.replaceAll('`', '')} `);
    },
  );

  test.each(options.filter(({ name, row }) => name === 'ThrottleOptions' || /^`'|^`false`/.test(row.default)))(
    '$name states the default of $key',
    ({ name, key, row }) => {
      expect(commentsOf(name).get(key)).toContain(`@default ${row.default.replaceAll('`', '')} `);
    },
  );
});

test('the comments of a limit state the ranges of its fields', () => {
  const comments = [...commentsOf('LimitOptions').values()];
  const ranges = [...(OPTIONS.throttle.fields?.['address']?.range ?? '').matchAll(/\d+ to \d+/g)];
  expect(comments).toEqual(ranges.map(([range]) => expect.stringContaining(range)));
  expect(ranges).toHaveLength(2);
});

test('the description of every row is a sentence', () => {
  for (const { name, key, row } of options) {
    expect([name, key, row.doc]).toEqual([name, key, expect.stringMatching(/^[A-Z`].*\.$/)]);
  }
});

test.each(Object.keys(OPTIONS))('a value of a wrong type for %s is a fault, so the option is read', (name) => {
  const wrong = { issuer: 'https://api.example.com', [name]: Symbol('wrong') } as unknown as ScopegateOptions;
  const thrown = thrownBy(() => checkOptions(wrong));
  expect((thrown as ConfigurationError).faults).toEqual([expect.objectContaining({ path: [name] })]);
});
