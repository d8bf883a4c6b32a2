import { GRANT_TYPES, type Application, type KeyPair, type Organization } from '../directory/records';
import { joinName, normalName, splitName } from '../directory/usernames';
import { rules } from '../directory/values';
import { printValue } from '../protocol/printed-value';
import { suggestion } from '../protocol/suggestion';
import { digestOf } from '../protocol/secrets';
import type { Checks, Path } from './checks';
import { readList, type Fields } from './declared-list';
import { readOrganization } from './organizations';

/** What an application may name. */
export interface Known {
  readonly scopes: readonly string[];
  readonly apis: readonly string[];
}

/** The organizations and users that are declared. */
export interface Owners {
  readonly organizations: readonly Organization[];
  /** Full names; `undefined` where users are not, or not only, in a list. */
  readonly usernames: readonly string[] | undefined;
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

/** Reads the organization of an owner. An owner who is not in the list of users would leave the application to nobody. */
const readOwner = (
  checks: Checks,
  owner: string | undefined,
  path: Path,
  { organizations, usernames }: Owners,
): string | undefined => {
  if (owner === undefined) return undefined;
  const split = organizations.length === 0 ? { name: owner } : splitName(owner);
  if (organizations.length > 0 && split.organization === undefined) {
    return checks.fault(path, 'must be a full name with its organization: user@organization');
  }
  const organization =
    split.organization === undefined ? undefined : readOrganization(checks, split.organization, path, organizations);
  const name = normalName(split.name);
  const isKnown =
    name !== undefined &&
    usernames?.includes(joinName({ name, ...(organization === undefined ? {} : { organization }) }));
  if (usernames !== undefined && !isKnown && (organization !== undefined || organizations.length === 0)) {
    checks.fault(path, `is ${printValue(owner)}, which is no name in users${suggestion(owner, usernames)}`);
  }
  return organization;
};

/** Key and secret, both of them needed. */
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

/** Where a sandbox key stands. */
interface SandboxKey {
  readonly clientId: string;
  readonly path: Path;
}

/** A key says which application and which environment a token is for, so it stands once. */
const checkSandboxKeys = (checks: Checks, applications: readonly Application[], keys: readonly SandboxKey[]): void => {
  const seen = new Set(applications.map(({ id }) => id));
  for (const { clientId, path } of keys) {
    if (seen.has(clientId)) checks.fault([...path, 'consumerKey'], 'stands a second time');
    seen.add(clientId);
  }
};

export const readApplications = (
  checks: Checks,
  value: unknown,
  known: Known,
  owners: Owners,
): readonly Application[] => {
  const sandboxKeys: SandboxKey[] = [];
  const applications = readList(checks, value, 'applications', APPLICATION_FIELDS, (fields, path) => {
    const name = checks.required(fields['name'], [...path, 'name'], rules.label.pattern, rules.label.text);
    const production = readKeyPair(checks, fields, path);
    const sandbox = readSandbox(checks, fields['sandbox'], [...path, 'sandbox']);
    if (sandbox !== undefined) sandboxKeys.push({ clientId: sandbox.clientId, path: [...path, 'sandbox'] });
    const owner = checks.text(fields['owner'], [...path, 'owner'], rules.owner.pattern, rules.owner.text);
    const organization = readOwner(checks, owner, [...path, 'owner'], owners);
    const grantTypes = checks.someOf(fields['grantTypes'], [...path, 'grantTypes'], GRANT_TYPES);
    const subscriptions = checks.someOf(fields['subscriptions'], [...path, 'subscriptions'], known.apis);
    const scopes = checks.someOf(fields['scopes'], [...path, 'scopes'], known.scopes);
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
