import type { ScopeRules } from '../access/scope-rules';
import { rules } from '../directory/values';
import { DEFAULT_SCOPE, isScopeToken } from '../protocol/scope';
import type { UserSource } from '../sign-in/user-source';
import type { Checks, Path } from './checks';
import { openGroup, type FieldReader } from './field-reader';
import type { ScopeDeclaration } from './options';
import { flag, customRow, text, type Row } from './row';

/** A role as a `users` function may return it. Roles of the directory are stricter. */
const ROLE_NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,256}$/u;

const readScopeRoles = (checks: Checks, value: unknown, path: Path) => {
  const roles = checks
    .list(value, path)
    ?.map((role, index) => checks.required(role, [...path, index], ROLE_NAME, 'the name of a role'));
  if (roles?.length === 0) checks.fault(path, 'is empty, so no user could have the scope; leave it out');
  return roles;
};

/** Rows of a scope. */
export const SCOPE_ROWS = {
  description: text({
    pattern: /^[^\p{Cc}]{1,500}$/u,
    rule: 'a string of 1 to 500 characters',
    doc: 'Description that is shown to users.',
  }),
  roles: customRow({
    type: 'string[]',
    default: 'every user',
    range: '1 to 256 characters each',
    doc: 'A user with any of these roles may have the scope.',
    read: readScopeRoles,
  }),
  recheckRoles: flag({
    default: false,
    doc:
      "True to re-read the user's roles at each guarded request, so that removing a role ends access immediately; " +
      '`users` must be the directory or have `find`.',
  }),
} satisfies Record<keyof ScopeDeclaration, Row>;

const escaped = (value: string): string => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Reads patterns of scope names. In a string, `*` stands for any characters and the rest is literal. */
export const readPatterns = (checks: Checks, value: unknown, path: Path): readonly RegExp[] =>
  (checks.list(value, path) ?? []).flatMap((pattern, index) => {
    if (pattern instanceof RegExp) return [new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))];
    if (typeof pattern === 'string') return [new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`)];
    checks.fault([...path, index], 'must be a string or a regular expression');
    return [];
  });

interface Scope {
  readonly description: string | undefined;
  readonly roles: readonly string[];
  readonly isRechecked: boolean;
}

const checkName = (checks: Checks, name: string, path: Path): void => {
  if (name === DEFAULT_SCOPE) checks.fault(path, 'is reserved: responses use it if no scope was granted');
  else if (!isScopeToken(name)) {
    checks.fault(path, 'is not a scope name: 1 to 128 visible ASCII characters without space, quote or backslash');
  }
};

const readFields = (checks: Checks, fields: FieldReader<typeof SCOPE_ROWS>, path: Path): Scope => {
  const description = fields.read('description');
  const roles = fields.read('roles');
  const isRechecked = fields.read('recheckRoles');
  if (isRechecked && roles === undefined) {
    checks.fault([...path, 'recheckRoles'], 'needs roles to check; give the scope some');
  }
  return { description, roles: (roles ?? []).filter((role) => role !== undefined), isRechecked };
};

const readScope = (checks: Checks, name: string, declared: unknown, path: Path): Scope => {
  checkName(checks, name, path);
  if (typeof declared === 'string') return { description: declared, roles: [], isRechecked: false };
  return readFields(checks, openGroup(checks, SCOPE_ROWS, declared, path), path);
};

/** Reads the option `scopes`. Scopes that match one of `withoutRoleCheck` need no role. */
export const readScopes = (
  checks: Checks,
  value: unknown,
  path: Path,
  withoutRoleCheck: readonly RegExp[],
): ScopeRules => {
  const scopes = new Map<string, Scope>();
  for (const [name, declared] of checks.record(value, path, "{ read: 'See orders' }")) {
    scopes.set(name, readScope(checks, name, declared, [...path, name]));
  }
  const needsNone = (name: string): boolean => withoutRoleCheck.some((pattern) => pattern.test(name));
  return {
    names: new Set(scopes.keys()),
    rechecked: new Set([...scopes].flatMap(([name, { isRechecked }]) => (isRechecked ? [name] : []))),
    describe: (name) => scopes.get(name)?.description,
    rolesOf: (name) => (needsNone(name) ? [] : (scopes.get(name)?.roles ?? [])),
    allows: (name, roles) => {
      const needed = scopes.get(name)?.roles;
      if (needed === undefined) return false;
      if (needed.length === 0 || needed.some((role) => roles.includes(role))) return true;
      return needsNone(name);
    },
  };
};

/** Reports roles that no user of the directory can have, because no user could get their scopes. */
const checkDirectoryRoles = (checks: Checks, scopes: ScopeRules): void => {
  for (const scope of scopes.names) {
    scopes.rolesOf(scope).forEach((role, index) => {
      checks.text(role, ['scopes', scope, 'roles', index], rules.role.pattern, rules.role.text);
    });
  }
};

/** Reports roles that the users of a source cannot have, or that it cannot return again. */
export const checkRoles = (checks: Checks, scopes: ScopeRules, source: UserSource | undefined): void => {
  if (source === undefined) {
    checkDirectoryRoles(checks, scopes);
  } else if (source.find === undefined) {
    const problem = 'needs the current roles of a user: give users as { verify, find }';
    for (const scope of scopes.rechecked) checks.fault(['scopes', scope, 'recheckRoles'], problem);
  }
};
