import { isDigest } from '../protocol/secrets';
import { isInstant, type EpochSeconds } from '../protocol/time';
import type { Blocker } from './blocking';
import { MAX_REDIRECT_URIS } from './client-type';
import type { ClientPointer } from './directory-store';
import { ENVIRONMENTS, type KeyPairs } from './key-pairs';
import type { Application, ClientSecret, KeyPair, Organization, User } from './records';
import { GRANT_TYPES } from '../protocol/grant-types';
import { redirectUriProblem } from '../protocol/redirect-uris';
import { readStoredRequests, requestsField } from './subscription-requests';
import { plansField } from './subscriptions';
import { nameKey } from './usernames';

/**
 * Reads a stored value; `undefined` if it is not a record. A field of the wrong type, from an older version or another
 * program, is read as the most restrictive value. Fields of a newer version are kept.
 */
export type ReadRecord<R> = (key: string, stored: unknown) => R | undefined;

type Stored = Readonly<Record<string, unknown>>;

const isStored = (value: unknown): value is Stored =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isString = (value: unknown): value is string => typeof value === 'string';

const stringsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter(isString) : []);

/** Returns a field as it was stored, or omits it if it is not a string. */
const optionalString = <N extends string>(name: N, value: unknown): { readonly [K in N]?: string } =>
  (isString(value) ? { [name]: value } : {}) as { readonly [K in N]?: string };

/** Reads the plans of subscriptions. An API whose plan cannot be read has its default one. */
const plansOf = (value: unknown): Pick<Application, 'plans'> => {
  const entries = isStored(value)
    ? Object.entries(value).filter((entry): entry is [string, string] => isString(entry[1]))
    : [];
  return plansField(entries);
};

/** Reads the expiry of a secret. An earlier version stored strings as they were given; any other value has expired. */
const endOf = (value: unknown): EpochSeconds => {
  const instant = isString(value) && /^\d{1,12}$/.test(value) ? Number(value) : value;
  return isInstant(instant) ? instant : 0;
};

/** Checks whether a record is enabled. If its organization cannot be read, it belongs to none and is disabled. */
const isEnabled = ({ enabled, organization }: Stored): boolean =>
  enabled === true && (organization === undefined || isString(organization));

/** Reads the role that disabled a record; a value that cannot be read counts as the operator. */
const disabledByOf = (value: unknown): { readonly disabledBy?: Blocker } =>
  value === undefined ? {} : { disabledBy: value === 'administrator' ? value : 'operator' };

/** Reads a sign-up that waits for approval. One that cannot be read has expired. */
const signUpOf = (value: unknown): Pick<User, 'signUp'> => {
  if (value === undefined) return {};
  const { expiresAt, isRejected } = isStored(value) ? value : {};
  const isOpen = isInstant(expiresAt) && isRejected === undefined;
  return { signUp: isOpen ? { expiresAt } : { expiresAt: 0, isRejected: true } };
};

export const readStoredOrganization: ReadRecord<Organization> = (key, stored) => {
  if (!isStored(stored)) return undefined;
  const { name, ...rest } = stored;
  return { ...rest, key, ...optionalString('name', name), enabled: stored['enabled'] === true };
};

export const readStoredUser: ReadRecord<User> = (key, stored) => {
  if (!isStored(stored)) return undefined;
  const { username, organization, id, passwordHash, roles, disabledBy, isInvited, signUp, ...rest } = stored;
  return {
    ...rest,
    // The key is shared by all names that could be mistaken for one another, so the record holds its own.
    username: isString(username) && nameKey(username) === key ? username : key,
    ...optionalString('organization', organization),
    ...optionalString('id', id),
    passwordHash: isString(passwordHash) ? passwordHash : '',
    roles: stringsOf(roles),
    enabled: isEnabled(stored) && signUp === undefined,
    ...disabledByOf(disabledBy),
    ...(isInvited === true ? { isInvited } : {}),
    ...signUpOf(signUp),
  };
};

const readSecret = (stored: unknown): readonly ClientSecret[] => {
  if (!isStored(stored)) return [];
  const { id, digest, lastFour, label, createdAt, expiresAt, lastUsedAt, ...rest } = stored;
  if (!isString(id) || !isString(digest) || !isDigest(digest)) return [];
  return [
    {
      ...rest,
      id,
      digest,
      ...optionalString('lastFour', lastFour),
      ...optionalString('label', label),
      createdAt: isInstant(createdAt) ? createdAt : 0,
      ...(expiresAt === undefined ? {} : { expiresAt: endOf(expiresAt) }),
      ...(isInstant(lastUsedAt) ? { lastUsedAt } : {}),
    },
  ];
};

const readKeys = (stored: unknown): KeyPairs => {
  const pairs = isStored(stored) ? stored : {};
  const entries = ENVIRONMENTS.flatMap((environment) => {
    const pair = pairs[environment];
    if (!isStored(pair) || !isString(pair['clientId'])) return [];
    const secrets = Array.isArray(pair['secrets']) ? pair['secrets'].flatMap(readSecret) : [];
    return [[environment, { ...pair, clientId: pair['clientId'], secrets } satisfies KeyPair] as const];
  });
  return Object.fromEntries(entries);
};

/** Reads redirect URIs. One that could not be registered is dropped, whatever has stored it. */
const redirectUrisOf = (value: unknown): Pick<Application, 'redirectUris'> => {
  const uris = stringsOf(value).slice(0, MAX_REDIRECT_URIS);
  const redirectUris = uris.filter((uri) => redirectUriProblem(uri) === undefined);
  return redirectUris.length === 0 ? {} : { redirectUris };
};

export const readStoredApplication: ReadRecord<Application> = (key, stored) => {
  if (!isStored(stored)) return undefined;
  const { description, ...fields } = stored;
  const { name, owner, ownerId, organization, grantTypes, subscriptions, scopes, keys, disabledBy, ...others } = fields;
  // Only a declared application can do without the consent of users.
  const { plans, requests, redirectUris, isPublic, asksConsent: _asksConsent, ...rest } = others;
  const listed = new Set(stringsOf(grantTypes));
  return {
    ...rest,
    id: key,
    name: isString(name) ? name : key,
    ...optionalString('description', description),
    ...optionalString('owner', owner),
    ...optionalString('ownerId', ownerId),
    ...optionalString('organization', organization),
    ...(grantTypes === undefined ? {} : { grantTypes: GRANT_TYPES.filter((type) => listed.has(type)) }),
    subscriptions: stringsOf(subscriptions),
    ...plansOf(plans),
    ...requestsField(readStoredRequests(requests)),
    ...(scopes === undefined ? {} : { scopes: stringsOf(scopes) }),
    introspect: stored['introspect'] === true,
    ...redirectUrisOf(redirectUris),
    ...(isPublic === true ? { isPublic } : {}),
    enabled: isEnabled(stored),
    ...disabledByOf(disabledBy),
    keys: readKeys(keys),
  };
};

export const readStoredPointer: ReadRecord<ClientPointer> = (_key, stored) =>
  isStored(stored) && isString(stored['applicationId'])
    ? { ...stored, applicationId: stored['applicationId'] }
    : undefined;
