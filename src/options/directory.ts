import type { Declarations, DeclaredUser } from '../directory/declared';
import type { Organization } from '../directory/records';
import { isPasswordHash } from '../directory/password-work';
import { isCredentialText, MAX_PASSWORD_BYTES } from '../directory/passwords';
import type { UserSource, VerifyUser } from '../sign-in/user-source';
import { joinName, nameKey, normalName } from '../directory/usernames';
import { PASSWORD_RULE, readRoles } from '../directory/values';
import { readApplications, type DeclaredNames } from './applications';
import type { Checks, Fields, Path } from './checks';
import { readList } from './declared-list';
import { readOrganization, readOrganizations } from './organizations';

const readPassword = (checks: Checks, fields: Fields, path: Path): DeclaredUser['password'] | undefined => {
  const clear = checks.text(fields['password'], [...path, 'password'], /[^]/, PASSWORD_RULE);
  if (clear !== undefined && !isCredentialText(clear, MAX_PASSWORD_BYTES)) {
    return checks.fault([...path, 'password'], `must be ${PASSWORD_RULE}`);
  }
  const hash = checks.text(fields['passwordHash'], [...path, 'passwordHash'], /./, 'an argon2id hash in PHC form');
  if (fields['password'] === undefined && fields['passwordHash'] === undefined) {
    return checks.fault([...path, 'password'], 'is missing; give password or passwordHash');
  }
  if (clear !== undefined && hash !== undefined)
    return checks.fault(path, 'has both password and passwordHash; give one');
  if (hash !== undefined && !isPasswordHash(hash)) {
    return checks.fault([...path, 'passwordHash'], 'must be an argon2id hash in PHC form: $argon2id$v=19$m=...');
  }
  return clear !== undefined ? { clear } : hash !== undefined ? { hash } : undefined;
};

const readUsers = (checks: Checks, value: unknown, organizations: readonly Organization[]): readonly DeclaredUser[] => {
  const known = ['username', 'organization', 'password', 'passwordHash', 'roles'];
  return readList(checks, value, 'users', known, (fields, path) => {
    const username = checks.required(
      fields['username'],
      [...path, 'username'],
      /./,
      'the name without the organization',
    );
    const name = username === undefined ? undefined : normalName(username);
    if (username !== undefined && name === undefined) {
      checks.fault([...path, 'username'], 'holds characters that a user name may not have');
    }
    const key = checks.text(fields['organization'], [...path, 'organization'], /./, 'the key of an organization');
    const organization =
      key === undefined ? undefined : readOrganization(checks, key, [...path, 'organization'], organizations);
    if (fields['organization'] === undefined && organizations.length > 0) {
      checks.fault([...path, 'organization'], 'is missing: where there are organizations, each user belongs to one');
    }
    const roles = readRoles(checks, fields['roles'], [...path, 'roles']);
    const password = readPassword(checks, fields, path);
    if (name === undefined || password === undefined) return undefined;
    const inOrganization = organization === undefined ? {} : { organization };
    const fullName = joinName({ name, ...inOrganization });
    const item: DeclaredUser = {
      username: fullName,
      ...inOrganization,
      roles,
      password,
    };
    return { key: nameKey(fullName), keyField: 'username', item };
  });
};

const readSource = (checks: Checks, value: unknown): UserSource | undefined => {
  if (typeof value === 'function') return { verify: value as VerifyUser };
  if (value === undefined || Array.isArray(value)) return undefined;
  // An object of the integrator's own class may have more members than these two.
  const { verify, find } = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  if (typeof verify !== 'function' || (find !== undefined && typeof find !== 'function')) {
    return checks.fault(['users'], 'must be a function, { verify, find }, or a list of users');
  }
  return value as UserSource;
};

export const checkDirectory = (
  checks: Checks,
  fields: Fields,
  known: DeclaredNames,
): { readonly users: UserSource | undefined; readonly directory: Declarations } => {
  const organizations = readOrganizations(checks, fields['organizations']);
  return {
    users: readSource(checks, fields['users']),
    directory: Object.freeze({
      organizations,
      users: Array.isArray(fields['users']) ? readUsers(checks, fields['users'], organizations) : [],
      applications: readApplications(checks, fields['applications'], known, organizations),
    }),
  };
};
