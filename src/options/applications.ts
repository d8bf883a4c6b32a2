import type { Application, KeyPair, Organization } from '../directory/records';
import { GRANT_TYPES } from '../protocol/grant-types';
import { splitName } from '../directory/usernames';
import { rules } from '../directory/values';
import { digestOf } from '../protocol/secrets';
import type { Checks, Fields, Path } from './checks';
import { readList } from './declared-list';
import { readOrganization } from './organizations';

/** The names that an application may refer to. */
export interface DeclaredNames {
  readonly scopes: readonly string[];
  readonly apis: readonly string[];
}

const APPLICATION_FIELDS = [
  'name',
  'owner',
  'consumerKey',
  'consumerSecret',
  'sandbox',
  'grantTypes',
  'subscriptions',
  'scopes',
  'introspect',
];

const readOwner = (checks: Checks, owner: string | undefined, path: Path, organizations: readonly Organization[]) => {
  if (owner === undefined || organizations.length === 0) return undefined;
  const { organization } = splitName(owner);
  if (organization === undefined)
    return checks.fault(path, 'must be a full name with its organization: user@organization');
  return readOrganization(checks, organization, path, organizations);
};

/** Reads a key and its secret. Both are required. */
const readKeyPair = (checks: Checks, fields: Fields, path: Path): KeyPair | undefined => {
  const required = (field: 'consumerKey' | 'consumerSecret'): string | undefined =>
    checks.required(fields[field], [...path, field], rules[field].pattern, rules[field].text);
  const clientId = required('consumerKey');
  const clientSecret = required('consumerSecret');
  if (clientId === undefined || clientSecret === undefined) return undefined;
  return { clientId, secrets: [{ id: 'declared', digest: digestOf(clientSecret), createdAt: 0 }] };
};

const readSandbox = (checks: Checks, value: unknown, path: Path): KeyPair | undefined => {
  const fields = value === undefined ? undefined : checks.fields(value, path, ['consumerKey', 'consumerSecret']);
  return fields === undefined ? undefined : readKeyPair(checks, fields, path);
};

/** A sandbox key, and its path in the options. */
interface SandboxKey {
  readonly clientId: string;
  readonly path: Path;
}

/** Reports repeated sandbox keys. A key identifies the application and the environment of a token, so it is unique. */
const checkSandboxKeys = (checks: Checks, applications: readonly Application[], keys: readonly SandboxKey[]): void => {
  const seen = new Set(applications.map(({ id }) => id));
  for (const { clientId, path } of keys) {
    if (seen.has(clientId)) checks.fault([...path, 'consumerKey'], 'is a duplicate');
    seen.add(clientId);
  }
};

export const readApplications = (
  checks: Checks,
  value: unknown,
  declared: DeclaredNames,
  organizations: readonly Organization[],
): readonly Application[] => {
  const sandboxKeys: SandboxKey[] = [];
  const applications = readList(checks, value, 'applications', APPLICATION_FIELDS, (fields, path) => {
    const name = checks.required(fields['name'], [...path, 'name'], rules.label.pattern, rules.label.text);
    const production = readKeyPair(checks, fields, path);
    const sandbox = readSandbox(checks, fields['sandbox'], [...path, 'sandbox']);
    if (sandbox !== undefined) sandboxKeys.push({ clientId: sandbox.clientId, path: [...path, 'sandbox'] });
    const owner = checks.text(fields['owner'], [...path, 'owner'], rules.owner.pattern, rules.owner.text);
    const organization = readOwner(checks, owner, [...path, 'owner'], organizations);
    const grantTypes = checks.someOf(fields['grantTypes'], [...path, 'grantTypes'], GRANT_TYPES);
    const subscriptions = checks.someOf(fields['subscriptions'], [...path, 'subscriptions'], declared.apis);
    const scopes = checks.someOf(fields['scopes'], [...path, 'scopes'], declared.scopes);
    const introspect = checks.flag(fields['introspect'], [...path, 'introspect']) ?? false;
    if (name === undefined || production === undefined) return undefined;
    const item: Application = {
      id: production.clientId,
      name,
      ...(owner === undefined ? {} : { owner }),
      ...(organization === undefined ? {} : { organization }),
      ...(grantTypes === undefined ? {} : { grantTypes }),
      subscriptions: subscriptions ?? [],
      ...(scopes === undefined ? {} : { scopes }),
      introspect,
      enabled: true,
      keys: { production, ...(sandbox === undefined ? {} : { sandbox }) },
    };
    return { key: item.id, keyField: 'consumerKey', item };
  });
  checkSandboxKeys(checks, applications, sandboxKeys);
  return applications;
};
