import type { Api } from '../access/api';
import type { Application, ClientSecret, KeyPair, Organization } from '../directory/records';
import { GRANT_TYPES } from '../protocol/grant-types';
import { checkClientType, MAX_REDIRECT_URIS, readRedirectUris } from '../directory/client-type';
import { splitName } from '../directory/usernames';
import { rules } from '../directory/values';
import { digestOf } from '../protocol/secrets';
import type { Checks, Path } from './checks';
import { readList } from './declared-list';
import { openEntry, type FieldReader } from './field-reader';
import type { ApplicationDeclaration } from './options';
import { readOrganization } from './organizations';
import { flag, names, customRow, requiredText, text, type Row } from './row';
import { readDeclaredSubscriptions, SUBSCRIPTION_ROWS } from './subscriptions';

/** The names that an application may refer to. */
export interface DeclaredNames {
  readonly scopes: readonly string[];
  readonly apis: ReadonlyMap<string, Api>;
}

/** RFC 6749 §2.1. */
type ClientType = 'public' | 'confidential';

/** Reads the secret of a key; none for a public application. */
const readSecrets = (
  checks: Checks,
  value: unknown,
  path: Path,
  type: ClientType,
): readonly ClientSecret[] | undefined => {
  if (type === 'public') {
    return value === undefined
      ? []
      : checks.fault(path, 'must be left out: a public application cannot keep a secret, so it has none');
  }
  const { pattern, text: rule } = rules.consumerSecret;
  if (value === undefined) return checks.fault(path, `is missing: it must be ${rule}, unless public is true`);
  const clientSecret = checks.text(value, path, pattern, rule);
  return clientSecret === undefined ? undefined : [{ id: 'declared', digest: digestOf(clientSecret), createdAt: 0 }];
};

const KEY_PAIR_ROWS = {
  consumerKey: requiredText({
    pattern: rules.consumerKey.pattern,
    rule: rules.consumerKey.text,
    doc: 'The `client_id`.',
  }),
  consumerSecret: customRow({
    type: 'string',
    default: 'required; none with `public`',
    range: rules.consumerSecret.text,
    doc: 'The `client_secret`; in a Basic header `%` and `+` must be form-encoded.',
    read: readSecrets,
  }),
};

/** Reads a key and its secret. Both are required, except that a public application has no secret. */
const readKeyPair = (
  fields: Pick<FieldReader<typeof KEY_PAIR_ROWS>, 'read'>,
  type: ClientType,
): KeyPair | undefined => {
  const clientId = fields.read('consumerKey');
  const secrets = fields.read('consumerSecret', type);
  return clientId === undefined || secrets === undefined ? undefined : { clientId, secrets };
};

const readSandbox = (checks: Checks, value: unknown, path: Path, type: ClientType): KeyPair | undefined => {
  if (value === undefined) return undefined;
  const fields = openEntry(checks, KEY_PAIR_ROWS, value, path);
  return fields === undefined ? undefined : readKeyPair(fields, type);
};

/** Rows of a declared application. */
export const APPLICATION_ROWS = {
  name: requiredText({ pattern: rules.label.pattern, rule: rules.label.text, doc: 'Display name.' }),
  owner: text({
    pattern: rules.owner.pattern,
    rule: rules.owner.text,
    doc: "The owner; the application belongs to the owner's organization and signs in only its users.",
  }),
  ...KEY_PAIR_ROWS,
  sandbox: customRow({
    type: '{ consumerKey, consumerSecret }',
    range: 'no `consumerSecret` with `public`',
    doc:
      'Second key pair; an API refuses its tokens unless its `sandbox` is true, guards outside of APIs accept them, and ' +
      '`gate.auth(req).environment` distinguishes them.',
    read: readSandbox,
  }),
  redirectUris: customRow({
    type: 'string[]',
    range:
      `at most ${MAX_REDIRECT_URIS}: \`https\`, \`http\` on \`127.0.0.1\`, \`[::1]\` or \`localhost\`, or a private-use ` +
      'scheme with a dot',
    doc:
      'The [redirect URIs](token-api.md#public-clients) to which users may return with an authorization code; compared ' +
      'as texts, except that the port of a loopback host is free.',
    read: readRedirectUris,
  }),
  public: flag({
    default: false,
    doc: 'True for a [public client](token-api.md#public-clients), such as a browser or mobile app, which has no secret.',
  }),
  consent: flag({
    default: true,
    doc:
      'False if users are not asked whether the application may use the scopes, for applications of your own; not ' +
      'advised for a public one with a redirect URI that other programs on the device can claim (RFC 8252 §8.6).',
  }),
  grantTypes: customRow({
    type: 'GrantType[]',
    default: 'all; `authorization_code` only with `redirectUris`',
    range: GRANT_TYPES.map((type) => `\`${type}\``).join(', '),
    doc: 'The grant types that it may use; of those, a public application uses the authorization code and refresh tokens.',
    read: (checks: Checks, value: unknown, path: Path) => checks.someOf(value, path, GRANT_TYPES),
  }),
  subscriptions: customRow({
    type: '(string | SubscriptionDeclaration)[]',
    range: 'names of declared APIs, each alone or with a plan',
    doc: 'The APIs that accept its tokens, and whose scopes it gets.',
    fields: SUBSCRIPTION_ROWS,
    entries: 'list',
    read: readDeclaredSubscriptions,
  }),
  scopes: names({
    range: 'names of declared scopes',
    defaultText: 'all; those of its APIs if APIs are declared',
    doc:
      'The scopes that it may request at most; a listed scope that has roles or, if APIs are declared, that no API ' +
      'requires is also granted to the application itself (`client_credentials`).',
  }),
  introspect: flag({
    default: false,
    doc: 'True if it may introspect the access tokens of its whole organization (RFC 7662).',
  }),
} satisfies Record<keyof ApplicationDeclaration, Row>;

type ApplicationFields = FieldReader<typeof APPLICATION_ROWS>;

const readOwner = (checks: Checks, owner: string | undefined, path: Path, organizations: readonly Organization[]) => {
  if (owner === undefined || organizations.length === 0) return undefined;
  const { organization } = splitName(owner);
  if (organization === undefined)
    return checks.fault(path, 'must be a full name with its organization: user@organization');
  return readOrganization(checks, organization, path, organizations);
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

/** An application, if its required fields are right. Its sandbox key counts as taken in any case. */
interface ReadApplication {
  readonly application?: Application;
  readonly sandbox: KeyPair | undefined;
}

const readApplication = (
  checks: Checks,
  fields: ApplicationFields,
  path: Path,
  declared: DeclaredNames,
  organizations: readonly Organization[],
): ReadApplication => {
  const name = fields.read('name');
  const isPublic = fields.read('public');
  const type = isPublic ? 'public' : 'confidential';
  const production = readKeyPair(fields, type);
  const sandbox = fields.read('sandbox', type);
  const owner = fields.read('owner');
  const organization = readOwner(checks, owner, [...path, 'owner'], organizations);
  const grantTypes = fields.read('grantTypes');
  const redirectUris = fields.read('redirectUris') ?? [];
  const asksConsent = fields.read('consent');
  checkClientType(checks, path, { isPublic, redirectUris, grantTypes });
  const subscriptions = fields.read('subscriptions', declared.apis);
  const scopes = fields.read('scopes', declared.scopes);
  const introspect = fields.read('introspect');
  if (name === undefined || production === undefined) return { sandbox };
  return {
    sandbox,
    application: {
      id: production.clientId,
      name,
      ...(owner === undefined ? {} : { owner }),
      ...(organization === undefined ? {} : { organization }),
      ...(grantTypes === undefined ? {} : { grantTypes }),
      ...subscriptions,
      ...(scopes === undefined ? {} : { scopes }),
      introspect,
      ...(redirectUris.length === 0 ? {} : { redirectUris }),
      ...(isPublic ? { isPublic } : {}),
      ...(asksConsent ? {} : { asksConsent }),
      enabled: true,
      keys: { production, ...(sandbox === undefined ? {} : { sandbox }) },
    },
  };
};

/** Reads the option `applications`. */
export const readApplications = (
  checks: Checks,
  value: unknown,
  path: Path,
  declared: DeclaredNames,
  organizations: readonly Organization[],
): readonly Application[] => {
  const sandboxKeys: SandboxKey[] = [];
  const applications = readList(checks, APPLICATION_ROWS, value, path, (fields, entryPath) => {
    const { application, sandbox } = readApplication(checks, fields, entryPath, declared, organizations);
    if (sandbox !== undefined) sandboxKeys.push({ clientId: sandbox.clientId, path: [...entryPath, 'sandbox'] });
    return application && { key: application.id, keyField: 'consumerKey', item: application };
  });
  checkSandboxKeys(checks, applications, sandboxKeys);
  return applications;
};
