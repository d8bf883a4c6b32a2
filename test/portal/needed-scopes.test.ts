import type { Requirement } from '../../src/access/requirement';
import { neededScopes } from '../../src/portal/try-it/needed-scopes';

const divided = (requirement: Requirement, grantable: readonly string[]) =>
  neededScopes({ access: { kind: 'scopes', requirement } }, (scope) => grantable.includes(scope));

describe('the scopes that a resource needs', () => {
  it('are all of a conjunction, and the first of the alternatives that can be granted', () => {
    const rule: Requirement = { allOf: ['a', { anyOf: ['b', { allOf: ['c', 'd'] }, 'e'] }] };
    expect(divided(rule, ['a', 'b', 'e'])).toEqual({ scopes: ['a', 'b'], refused: [] });
    expect(divided(rule, ['a', 'c', 'd', 'e'])).toEqual({ scopes: ['a', 'c', 'd'], refused: [] });
    expect(divided(rule, ['a', 'c', 'e'])).toEqual({ scopes: ['a', 'e'], refused: [] });
    expect(divided(rule, ['b'])).toEqual({ scopes: ['b'], refused: ['a'] });
  });

  it('name every alternative that cannot be granted if none can', () => {
    expect(divided({ anyOf: ['a', 'b'] }, [])).toEqual({ scopes: [], refused: ['a', 'b'] });
  });

  it('are none if any token or no token is enough', () => {
    for (const kind of ['token', 'public'] as const)
      expect(neededScopes({ access: { kind } }, () => false)).toEqual({ scopes: [], refused: [] });
  });
});
