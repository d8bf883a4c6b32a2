import fc from 'fast-check';
import { ConfigurationError } from 'scopegate';
import { anyToken, compileAccess, isMethodMap, requirementCompiler } from '../../src/guard/requirements';
import { aGate, JOHN } from '../support/gate/gate';
import { thrownBy } from '../support/expect/thrown';
import { assertProperty } from '../support/properties/property-runs';

const compile = requirementCompiler(new Set(['a', 'b', 'c', 'd']));

describe('a compiled requirement', () => {
  test('is met by its scope, with or without others', () => {
    const needsA = compile('a');
    expect([['a'], ['b', 'a']].map((scopes) => needsA.isMetBy(scopes))).toEqual([true, true]);
    expect([[], ['b'], ['A'], ['aa'], ['a '], ['a.'], ['a:b']].some((scopes) => needsA.isMetBy(scopes))).toBe(false);
  });

  test('S-112 is met only by the whole scope name in the exact case', () => {
    const needsRead = requirementCompiler(new Set(['read']))('read');
    for (const scope of ['readall', 'read:x', 'READ', 'xread', 'read.', 'rea', 'read '])
      expect(needsRead.isMetBy([scope])).toBe(false);
  });

  test('S-113 treats names that mean something to objects or patterns as plain text', () => {
    const names = ['__proto__', 'constructor', '*', '.*', 'a|b'];
    const compileAny = requirementCompiler(new Set(names));
    for (const name of names) {
      expect(compileAny(name).isMetBy([name])).toBe(true);
      expect(compileAny(name).isMetBy(['a', 'b', 'x'])).toBe(false);
      expect(thrownBy(() => compile(name))).toBeInstanceOf(ConfigurationError);
    }
  });

  test('needs all of allOf and one of anyOf, nested to any depth', () => {
    const rule = compile({ allOf: ['a', { anyOf: ['b', { allOf: ['c', 'd'] }] }] });
    const met = [
      ['a', 'b'],
      ['a', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ];
    const unmet = [[], ['a'], ['b'], ['a', 'c'], ['a', 'd'], ['b', 'c', 'd']];
    for (const scopes of met) expect([scopes, rule.isMetBy(scopes)]).toEqual([scopes, true]);
    for (const scopes of unmet) expect([scopes, rule.isMetBy(scopes)]).toEqual([scopes, false]);
  });

  test('S-179 names every scope of its rule once, in the order of the rule', () => {
    expect(compile({ anyOf: ['c', { allOf: ['a', 'c'] }, 'b', 'a'] }).names).toEqual(['c', 'a', 'b']);
    expect(compile({ allOf: ['d', 'd'] }).names).toEqual(['d']);
    expect(anyToken.names).toEqual([]);
  });

  test('S-115 is never met by an empty scope, except by a guard that requires none', () => {
    for (const rule of ['a', { anyOf: ['a', 'b'] }, { allOf: ['a'] }]) expect(compile(rule).isMetBy([])).toBe(false);
    expect(anyToken.isMetBy([])).toBe(true);
  });

  type Rule = string | { readonly allOf: readonly Rule[] } | { readonly anyOf: readonly Rule[] };
  const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.record({ allOf: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ anyOf: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    ),
  }));
  const met = (one: Rule, scopes: ReadonlySet<string>): boolean => {
    if (typeof one === 'string') return scopes.has(one);
    return 'allOf' in one ? one.allOf.every((part) => met(part, scopes)) : one.anyOf.some((part) => met(part, scopes));
  };

  test('decides as the rule is written, and more scopes never revoke a decision', () => {
    assertProperty(
      fc.property(rule, fc.subarray(['a', 'b', 'c', 'd']), fc.subarray(['a', 'b', 'c', 'd']), (one, scopes, more) => {
        const compiled = compile(one);
        expect(compiled.isMetBy(scopes)).toBe(met(one, new Set(scopes)));
        if (compiled.isMetBy(scopes)) expect(compiled.isMetBy([...scopes, ...more])).toBe(true);
        // Whoever holds every scope that the refusal names gets in.
        expect(compiled.isMetBy(compiled.names)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an invalid requirement', () => {
  test('S-356 is refused when the guard is created, with a message that names the declared scopes', () => {
    expect(thrownBy(() => compile('x'))).toMatchObject({
      code: 'ERR_SCOPEGATE_OPTION',
      faults: [{ path: [], problem: 'there is no scope "x"; known are a, b, c, d' }],
    });
    expect((thrownBy(() => requirementCompiler(new Set())('x')) as Error).message).toContain('none are declared');
  });

  test('S-356 is refused, whatever value it is', () => {
    const bad: readonly unknown[] = [
      ...[undefined, null, 1, true, '', 'A', ['a'], [], {}, new Set(['a']), /a/, () => 'a'],
      ...[
        { anyOf: [] },
        { allOf: [] },
        { anyOf: 'a' },
        { anyOf: ['x'] },
        { anyOf: ['a', undefined] },
        { allOf: [['a']] },
      ],
      ...[
        { anyOf: ['a'], allOf: ['b'] },
        { anyOf: ['a'], not: ['b'] },
        { anyof: ['a'] },
        { oneOf: ['a'] },
        { allOf: [{ anyOf: [] }] },
      ],
    ];
    for (const requirement of bad) {
      expect([requirement, thrownBy(() => compile(requirement))]).toEqual([
        requirement,
        expect.any(ConfigurationError),
      ]);
    }
  });

  test('S-356 is refused by requireScope as well, so that no guard is created from a mistake', () => {
    const { gate } = aGate();
    const requireScope = gate.requireScope as unknown as (...args: readonly unknown[]) => unknown;
    const bad: readonly (readonly unknown[])[] = [
      ...[
        [],
        [undefined],
        ['raed'],
        ['read', 'raed'],
        ['read', undefined],
        [['read']],
        [{ get: 'read' }],
        [{ anyOf: [] }],
      ],
      ...[[{ GET: 'raed' }], [{ GET: undefined }], [{ GET: [] }], [{ GET: 'read', put: 'read' }]],
      ...[[{}], [[]], [new Map([['GET', 'read']])], [/read/]],
      [{ GET: 'read' }, 'update'], // an argument after the map would be ignored
    ];
    for (const args of bad)
      expect([args, thrownBy(() => requireScope(...args))]).toEqual([args, expect.any(ConfigurationError)]);
  });
});

test('a map per method is distinguished from a rule by its keys', () => {
  expect([{ GET: 'a' }, { GET: 'a', PUT: { anyOf: ['a'] } }].map(isMethodMap)).toEqual([true, true]);
  expect(['GET', undefined, null, { anyOf: ['a'] }, { allOf: ['a'] }, { get: 'a' }].some(isMethodMap)).toBe(false);
});

test('the access of a resource compiles to its rule, or to none if it is public', () => {
  expect(compileAccess({ kind: 'public' }, compile)).toBeUndefined();
  expect(compileAccess({ kind: 'token' }, compile)).toBe(anyToken);
  const all = compileAccess({ kind: 'scopes', requirement: { allOf: ['a', 'b'] } }, compile);
  const any = compileAccess({ kind: 'scopes', requirement: { anyOf: ['a', 'b'] } }, compile);
  expect([all?.isMetBy(['a']), any?.isMetBy(['a']), all?.names, any?.names]).toEqual([
    false,
    true,
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

describe('a guard on a route', () => {
  test('S-179 answers 403 with every scope of the rule if one is missing, and does not run the handler', async () => {
    const { signIn, get, served } = aGate();
    const { access_token } = await signIn(JOHN, 'read');
    const answer = await get('/both', access_token);
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      error: 'insufficient_scope',
      error_description: 'This resource needs more scope than the token has: its rule names read, update.',
      scope: 'read update',
    });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="127.0.0.1", error="insufficient_scope", error_description="This resource needs more scope than the token has: its rule names read, update.", scope="read update", resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource"',
    );
    expect(served()).toBe(0);
    expect((await get('/either', access_token)).status).toBe(200);
    expect((await get('/both', (await signIn(JOHN, 'update read')).access_token)).status).toBe(200);
  });
});
