import type { Checks } from '../protocol/checks';
import { randomText } from '../protocol/secrets';
import type { Directory } from './directory';
import type { User } from './records';
import type { UserServices } from './user-changes';
import { joinName, normalKey, normalName } from './usernames';
import { readCall, readRoles, refuseValue, rules } from './values';

export interface NewUser {
  /** The name without the organization. It may be an e-mail address. */
  readonly username: string;
  /** Key of the organization; required if there are organizations. */
  readonly organization?: string;
  readonly password: string;
  readonly roles?: readonly string[];
}

const USER_FIELDS = ['username', 'organization', 'password', 'roles'];

const readFields = (checks: Checks, value: unknown) => {
  const fields = checks.fields(value ?? null, [], USER_FIELDS);
  if (fields === undefined) return undefined;
  const { key: anyString } = rules;
  const username = checks.required(
    fields['username'],
    ['username'],
    anyString.pattern,
    'the name without the organization',
  );
  const name = username === undefined ? undefined : normalName(username);
  if (username !== undefined && name === undefined) {
    checks.fault(['username'], 'contains characters that a user name may not have');
  }
  const key = checks.text(fields['organization'], ['organization'], anyString.pattern, 'the key of an organization');
  const roles = readRoles(checks, fields['roles'], ['roles']);
  // The password rule needs the full name, so the password is checked later.
  return name === undefined ? undefined : { name, key, roles, password: fields['password'] };
};

const organizationFor = async (directory: Directory, key: string | undefined): Promise<string | undefined> => {
  if (key !== undefined) return (await directory.organizations.getAnywhere(normalKey(key) ?? key)).key;
  if (await directory.organizations.isEmpty()) return undefined;
  return refuseValue('organization is required, because there are organizations', { name: 'organization_missing' });
};

/**
 * Reads the fields of a new user, and hashes the password.
 * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` (organization), `ERR_SCOPEGATE_VALUE`; OAuthError
 *   `temporarily_unavailable` when too many sign-ins are waiting
 */
export const readNewUser = async (services: UserServices, given: unknown): Promise<User> => {
  const { directory, passwords, passwordRule, place } = services;
  const { name, key, password, roles } = readCall((checks) => readFields(checks, given));
  const organization = await organizationFor(directory, key);
  const username = joinName({ name, ...(organization === undefined ? {} : { organization }) });
  return {
    username,
    ...(organization === undefined ? {} : { organization }),
    id: randomText(12),
    passwordHash: await passwords.hash(passwordRule.check(password, username), place),
    roles,
    enabled: true,
  };
};
