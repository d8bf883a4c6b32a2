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

/** A user who sets the password by a link. */
export type InvitedUser = Omit<NewUser, 'password'>;

const INVITED_FIELDS = ['username', 'organization', 'roles'];
const USER_FIELDS = [...INVITED_FIELDS, 'password'];

const readFields = (checks: Checks, value: unknown, known: readonly string[]) => {
  const fields = checks.fields(value ?? null, [], known);
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

/** Reads the fields of a new user. Returns the record, without a password, and the password, which was not checked. */
const readUser = async ({ directory }: UserServices, given: unknown, known: readonly string[]) => {
  const { name, key, password, roles } = readCall((checks) => readFields(checks, given, known));
  const organization = await organizationFor(directory, key);
  const inOrganization = organization === undefined ? {} : { organization };
  const user: User = {
    username: joinName({ name, ...inOrganization }),
    ...inOrganization,
    id: randomText(12),
    passwordHash: '',
    roles,
    enabled: true,
  };
  return { user, password };
};

/**
 * Reads the fields of a new user, and hashes the password.
 * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` (organization), `ERR_SCOPEGATE_VALUE`; OAuthError
 *   `temporarily_unavailable` when too many sign-ins are waiting
 */
export const readNewUser = async (services: UserServices, given: unknown): Promise<User> => {
  const { passwords, passwordRule, place } = services;
  const { user, password } = await readUser(services, given, USER_FIELDS);
  return { ...user, passwordHash: await passwords.hash(passwordRule.check(password, user.username), place) };
};

/** Reads the fields of a user who sets the password later. @throws DirectoryError as `readNewUser` */
export const readInvitedUser = async (services: UserServices, given: unknown): Promise<User> => {
  const { user } = await readUser(services, given, INVITED_FIELDS);
  return { ...user, isInvited: true };
};
