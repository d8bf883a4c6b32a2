import type { Declarations, UndigestedUser } from '../directory/declared';
import { GRANT_TYPES, type Application, type Organization } from '../directory/records';
import { isCredentialText, isPasswordHash, LONGEST_PASSWORD_BYTES } from '../directory/passwords';
import type { UserSource, VerifyUser } from '../directory/user-source';
import { joinName, normalKey, normalName, splitName } from '../directory/usernames';
import { PASSWORD_RULE, rules } from '../directory/values';
import { digestOf } from '../protocol/secrets';
import type { Checks, Path } from './checks';

interface Known {
  readonly scopes: readonly string[];
  readonly apis: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const APPLICATION_FIELDS = [
  'name',
  'owner',
  'consumerKey',
  'consumerSecret',
  'grantTypes',
  'subscriptions',
  'scopes',
  'introspect',
];

/** Reads a list of objects, reporting a repeat of what must be unique. */
const readList = <T>(
  checks: Checks,
  value: unknown,
  name: string,
  known: readonly string[],
  read: (
    fields: Fields,
    path: Path,
  ) => { readonly key: string; readonly keyField: string; readonly item: T } | undefined,
): readonly T[] => {
  const seen = new Set<string>();
  return (checks.list(value, [name]) ?? []).flatMap((entry, index) => {
    const path: Path = [name, index];
    const fields = checks.fields(entry ?? null, path, known);
    const result = fields === undefined ? undefined : read(fields, path);
    if (result === undefined) return [];
    if (seen.has(result.key)) checks.fault([...path, result.keyField], 'stands a second time');
    seen.add(result.key);
    return [result.item];
  });
};

const readOrganizations = (checks: Checks, value: unknown): readonly Organization[] =>
  readList(checks, value, 'organizations', ['key', 'name'], (fields, path) => {
    const rule = '1 to 64 letters, digits, dots, hyphens or underscores';
    const text = checks.required(fields['key'], [...path, 'key'], /./, rule);
    const name = checks.text(fields['name'], [...path, 'name'], rules.label.pattern, rules.label.text);
    const key = text === undefined ? undefined : normalKey(text);
    if (text !== undefined && key === undefined) checks.fault([...path, 'key'], `must be ${rule}`);
    if (key === undefined) return undefined;
    const item: Organization = { key, ...(name === undefined ? {} : { name }), enabled: true };
    return { key, keyField: 'key', item };
  });

/** The organization that a field names, when there is such a one. */
const readOrganization = (checks: Checks, key: string, path: Path, organizations: readonly Organization[]) => {
  const normal = normalKey(key);
  if (organizations.some((organization) => organization.key === normal)) return normal;
  return checks.fault(path, `names the organization "${key}", which is not declared`);
};

const readPassword = (checks: Checks, fields: Fields, path: Path): UndigestedUser['password'] | undefined => {
  const clear = checks.text(fields['password'], [...path, 'password'], /[^]/, PASSWORD_RULE);
  if (clear !== undefined && !isCredentialText(clear, LONGEST_PASSWORD_BYTES)) {
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

const readUsers = (
  checks: Checks,
  value: unknown,
  organizations: readonly Organization[],
): readonly UndigestedUser[] => {
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
    const roles = (checks.list(fields['roles'], [...path, 'roles']) ?? []).map((role, index) =>
      checks.required(role, [...path, 'roles', index], rules.role.pattern, rules.role.text),
    );
    const password = readPassword(checks, fields, path);
    if (name === undefined || password === undefined) return undefined;
    const inOrganization = organization === undefined ? {} : { organization };
    const fullName = joinName({ name, ...inOrganization });
    const item: UndigestedUser = {
      username: fullName,
      ...inOrganization,
      roles: roles.filter((role) => role !== undefined),
      password,
    };
    return { key: fullName, keyField: 'username', item };
  });
};

const readOwner = (checks: Checks, owner: string | undefined, path: Path, organizations: readonly Organization[]) => {
  if (owner === undefined || organizations.length === 0) return undefined;
  const { organization } = splitName(owner);
  if (organization === undefined)
    return checks.fault(path, 'must be a full name with its organization: user@organization');
  return readOrganization(checks, organization, path, organizations);
};

const readApplications = (
  checks: Checks,
  value: unknown,
  known: Known,
  organizations: readonly Organization[],
): readonly Application[] =>
  readList(checks, value, 'applications', APPLICATION_FIELDS, (fields, path) => {
    const required = (field: string, rule: { readonly pattern: RegExp; readonly text: string }): string | undefined =>
      checks.required(fields[field], [...path, field], rule.pattern, rule.text);
    const name = required('name', rules.label);
    const clientId = required('consumerKey', rules.consumerKey);
    const clientSecret = required('consumerSecret', rules.consumerSecret);
    const owner = checks.text(fields['owner'], [...path, 'owner'], /./, 'the full name of a user');
    const organization = readOwner(checks, owner, [...path, 'owner'], organizations);
    const grantTypes = checks.someOf(fields['grantTypes'], [...path, 'grantTypes'], GRANT_TYPES);
    const subscriptions = checks.someOf(fields['subscriptions'], [...path, 'subscriptions'], known.apis);
    const scopes = checks.someOf(fields['scopes'], [...path, 'scopes'], known.scopes);
    const introspect = checks.flag(fields['introspect'], [...path, 'introspect']) ?? false;
    if (name === undefined || clientId === undefined || clientSecret === undefined) return undefined;
    const item: Application = {
      id: clientId,
      name,
      ...(owner === undefined ? {} : { owner }),
      ...(organization === undefined ? {} : { organization }),
      ...(grantTypes === undefined ? {} : { grantTypes }),
      subscriptions: subscriptions ?? [],
      ...(scopes === undefined ? {} : { scopes }),
      introspect,
      enabled: true,
      keys: {
        production: {
          clientId,
          secrets: [{ id: 'declared', digest: digestOf(clientSecret), createdAt: 0 }],
        },
      },
    };
    return { key: clientId, keyField: 'consumerKey', item };
  });

const readSource = (checks: Checks, value: unknown): UserSource | undefined => {
  if (typeof value === 'function') return { verify: value as VerifyUser };
  if (value === undefined || Array.isArray(value)) return undefined;
  // An object of the integrator's own class may hold more than these two.
  const { verify, find } = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  if (typeof verify !== 'function' || (find !== undefined && typeof find !== 'function')) {
    return checks.fault(['users'], 'must be a function, { verify, find }, or a list of users');
  }
  return value as UserSource;
};

export const checkDirectory = (
  checks: Checks,
  fields: Fields,
  known: Known,
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
