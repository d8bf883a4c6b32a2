import type { DeclaredUser } from '../directory/declarations';
import type { Organization } from '../directory/records';
import { isPasswordHash } from '../directory/password-work';
import { isCredentialText, MAX_PASSWORD_BYTES } from '../directory/passwords';
import { joinName, nameKey, normalName } from '../directory/usernames';
import { PASSWORD_RULE, readRoles, rules } from '../directory/values';
import type { UserSource, VerifyUser } from '../sign-in/user-source';
import type { Checks, Fields, Path } from './checks';
import { readList } from './declared-list';
import type { FieldReader } from './field-reader';
import type { UserDeclaration } from './options';
import { readOrganization } from './organizations';
import { customRow, requiredText, text, type Row } from './row';

/** Rows of a declared user. */
export const USER_ROWS = {
  username: requiredText({
    pattern: /./,
    rule: 'the name without the organization',
    doc: 'The name, which may be an e-mail address; case is ignored.',
  }),
  organization: text({
    pattern: /./,
    rule: 'the key of an organization',
    defaultText: 'required if there are organizations',
    doc: 'The organization to which the user belongs.',
  }),
  password: text({
    pattern: /[^]/,
    rule: PASSWORD_RULE,
    defaultText: 'required without `passwordHash`',
    doc: 'The password in clear text, hashed at startup.',
  }),
  passwordHash: text({
    pattern: /./,
    rule: 'an argon2id hash in PHC form',
    defaultText: 'required without `password`',
    doc: 'The hash of the password: `$argon2id$v=19$m=…,t=…,p=…$…`.',
  }),
  roles: customRow({
    type: 'string[]',
    range: rules.role.text,
    doc: 'The roles of the user, which decide about scopes that have roles.',
    read: readRoles,
  }),
} satisfies Record<keyof UserDeclaration, Row>;

type UserFields = FieldReader<typeof USER_ROWS>;

/** The option `users`, as one of its two kinds. */
export interface UsersOption {
  /** The function or object that verifies users; `undefined`: the directory does. */
  readonly source: UserSource | undefined;
  readonly declared: readonly DeclaredUser[];
}

const readPassword = (checks: Checks, fields: UserFields, path: Path): DeclaredUser['password'] | undefined => {
  const clear = fields.read('password');
  if (clear !== undefined && !isCredentialText(clear, MAX_PASSWORD_BYTES)) {
    return checks.fault([...path, 'password'], `must be ${PASSWORD_RULE}`);
  }
  const hash = fields.read('passwordHash');
  if (fields.given('password') === undefined && fields.given('passwordHash') === undefined) {
    return checks.fault([...path, 'password'], 'is missing; give password or passwordHash');
  }
  if (clear !== undefined && hash !== undefined)
    return checks.fault(path, 'has both password and passwordHash; give one');
  if (hash !== undefined && !isPasswordHash(hash)) {
    return checks.fault([...path, 'passwordHash'], 'must be an argon2id hash in PHC form: $argon2id$v=19$m=...');
  }
  return clear !== undefined ? { clear } : hash !== undefined ? { hash } : undefined;
};

const readUsername = (checks: Checks, fields: UserFields, path: Path): string | undefined => {
  const username = fields.read('username');
  if (username === undefined) return undefined;
  return (
    normalName(username) ?? checks.fault([...path, 'username'], 'contains characters that a user name may not have')
  );
};

const readOrganizationOf = (
  checks: Checks,
  fields: UserFields,
  path: Path,
  organizations: readonly Organization[],
): string | undefined => {
  const key = fields.read('organization');
  if (key !== undefined) return readOrganization(checks, key, [...path, 'organization'], organizations);
  if (fields.given('organization') !== undefined || organizations.length === 0) return undefined;
  const problem = 'is missing: if there are organizations, each user belongs to one';
  return checks.fault([...path, 'organization'], problem);
};

const readDeclared = (
  checks: Checks,
  value: unknown,
  path: Path,
  organizations: readonly Organization[],
): readonly DeclaredUser[] =>
  readList(checks, USER_ROWS, value, path, (fields, userPath) => {
    const name = readUsername(checks, fields, userPath);
    const organization = readOrganizationOf(checks, fields, userPath, organizations);
    const roles = fields.read('roles');
    const password = readPassword(checks, fields, userPath);
    if (name === undefined || password === undefined) return undefined;
    const inOrganization = organization === undefined ? {} : { organization };
    const username = joinName({ name, ...inOrganization });
    const item: DeclaredUser = { username, ...inOrganization, roles, password };
    return { key: nameKey(username), keyField: 'username', item };
  });

const readSource = (checks: Checks, value: unknown, path: Path): UserSource | undefined => {
  if (typeof value === 'function') return { verify: value as VerifyUser };
  if (value === undefined) return undefined;
  // An object of the integrator's own class may have more members than these two.
  const { verify, find } = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  if (typeof verify !== 'function' || (find !== undefined && typeof find !== 'function')) {
    return checks.fault(path, 'must be a function, { verify, find }, or a list of users');
  }
  return value as UserSource;
};

/** Reads the option `users`: what verifies users, or a list of them. */
export const readUsers = (
  checks: Checks,
  value: unknown,
  path: Path,
  organizations: readonly Organization[],
): UsersOption =>
  Array.isArray(value)
    ? { source: undefined, declared: readDeclared(checks, value, path, organizations) }
    : { source: readSource(checks, value, path), declared: [] };
