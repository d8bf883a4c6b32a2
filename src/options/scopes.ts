import type { ScopeRules } from '../access/scope-rules';
import { DEFAULT_SCOPE, isScopeToken } from '../protocol/scope';
import type { Checks } from './checks';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Reads patterns of scope names. In a string, `*` stands for any characters and the rest is literal. */
export const checkPatterns = (checks: Checks, value: unknown): readonly RegExp[] => {
  const patterns = checks.list(value, ['scopesWithoutRoleCheck']) ?? [];
  return patterns.flatMap((pattern, index) => {
    if (pattern instanceof RegExp) return [new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))];
    if (typeof pattern === 'string') return [new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`)];
    checks.fault(['scopesWithoutRoleCheck', index], 'must be a string or a regular expression');
    return [];
  });
};

export const checkScopes = (checks: Checks, value: unknown, withoutRoleCheck: readonly RegExp[]): ScopeRules => {
  const rolesOf = new Map<string, readonly string[]>();
  const rechecked = new Set<string>();
  const descriptions = new Map<string, string | undefined>();
  for (const [name, declared] of checks.record(value, ['scopes'], "{ read: 'See orders' }")) {
    const path = ['scopes', name];
    if (name === DEFAULT_SCOPE) checks.fault(path, 'is reserved: it is what the wire says when nothing was granted');
    else if (!isScopeToken(name)) {
      checks.fault(path, 'is not a scope name: 1 to 128 visible ASCII characters without space, quote or backslash');
    }
    const fields =
      typeof declared === 'string' ? {} : checks.fields(declared, path, ['description', 'roles', 'recheckRoles']);
    const description = checks.text(
      typeof declared === 'string' ? undefined : fields?.['description'],
      [...path, 'description'],
      /^[^\p{Cc}]{1,500}$/u,
      'a string of 1 to 500 characters',
    );
    descriptions.set(name, typeof declared === 'string' ? declared : description);
    const roles = checks
      .list(fields?.['roles'], [...path, 'roles'])
      ?.map((role, index) =>
        checks.required(role, [...path, 'roles', index], /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,256}$/u, 'the name of a role'),
      );
    if (roles?.length === 0)
      checks.fault([...path, 'roles'], 'is empty, so no user could have the scope; leave it out');
    if (checks.flag(fields?.['recheckRoles'], [...path, 'recheckRoles']) === true) {
      rechecked.add(name);
      if (roles === undefined) checks.fault([...path, 'recheckRoles'], 'needs roles to check; give the scope some');
    }
    rolesOf.set(
      name,
      (roles ?? []).filter((role) => role !== undefined),
    );
  }
  const names: ReadonlySet<string> = new Set(rolesOf.keys());
  const needsNone = (scope: string): boolean => withoutRoleCheck.some((pattern) => pattern.test(scope));
  return {
    names,
    rechecked,
    describe: (scope) => descriptions.get(scope),
    rolesOf: (scope) => (needsNone(scope) ? [] : (rolesOf.get(scope) ?? [])),
    allows: (scope, roles) => {
      const needed = rolesOf.get(scope);
      if (needed === undefined) return false;
      if (needed.length === 0 || needed.some((role) => roles.includes(role))) return true;
      return needsNone(scope);
    },
  };
};
