import type { Checks } from '../protocol/checks';
import { GRANT_TYPES } from '../protocol/grant-types';
import { randomText } from '../protocol/secrets';
import type { ApplicationServices } from './application-changes';
import { descriptionField } from './application-profile';
import { checkClientType, readRedirectUris } from './client-type';
import type { Directory } from './directory';
import type { Application } from './records';
import { readSubscriptions } from './subscriptions';
import { normalKey, splitName } from './usernames';
import { readCall, refuseValue, rules } from './values';

const APPLICATION_FIELDS = [
  'name',
  'description',
  'owner',
  'grantTypes',
  'subscriptions',
  'scopes',
  'introspect',
  'redirectUris',
  'public',
];

const readFields = (checks: Checks, value: unknown, known: Pick<ApplicationServices, 'scopes' | 'apis'>) => {
  const fields = checks.fields(value ?? null, [], APPLICATION_FIELDS);
  if (fields === undefined) return undefined;
  const name = checks.required(fields['name'], ['name'], rules.label.pattern, rules.label.text);
  const described = rules.description;
  const description = checks.text(fields['description'], ['description'], described.pattern, described.text);
  const owner = checks.text(fields['owner'], ['owner'], rules.owner.pattern, rules.owner.text);
  const grantTypes = checks.someOf(fields['grantTypes'], ['grantTypes'], GRANT_TYPES);
  const subscribed = readSubscriptions(checks, fields['subscriptions'], ['subscriptions'], known.apis);
  const scopes = checks.someOf(fields['scopes'], ['scopes'], [...known.scopes]);
  const introspect = checks.flag(fields['introspect'], ['introspect']) ?? false;
  const redirectUris = readRedirectUris(checks, fields['redirectUris'], ['redirectUris']) ?? [];
  const isPublic = checks.flag(fields['public'], ['public']) ?? false;
  checkClientType(checks, [], { isPublic, redirectUris, grantTypes });
  if (name === undefined) return undefined;
  return { name, description, owner, grantTypes, subscribed, scopes, introspect, redirectUris, isPublic };
};

const organizationOf = async (directory: Directory, owner: string | undefined): Promise<string | undefined> => {
  if (owner === undefined || (await directory.organizations.isEmptyAnywhere())) return undefined;
  const key = splitName(owner).organization ?? refuseValue('owner must be a full name: user@organization');
  return (await directory.organizations.getAnywhere(normalKey(key) ?? key)).key;
};

/** Returns the id of the owner's record, so that the application never belongs to a later user of the name. */
const ownerIdOf = async (
  { directory, userSource }: ApplicationServices,
  owner: string | undefined,
): Promise<string | undefined> => {
  if (owner === undefined || userSource === 'function') return undefined;
  return (await directory.users.findFresh(await directory.subjectOf(owner)))?.id;
};

/**
 * Reads the fields of a new application, and gives the application an id.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE`, `ERR_SCOPEGATE_NOT_FOUND` (organization of the owner)
 */
export const readNewApplication = async (services: ApplicationServices, given: unknown): Promise<Application> => {
  const fields = readCall((checks) => readFields(checks, given, services));
  const { name, description, owner, grantTypes, subscribed, scopes, introspect, redirectUris, isPublic } = fields;
  const organization = await organizationOf(services.directory, owner);
  const ownerId = await ownerIdOf(services, owner);
  return {
    id: randomText(12),
    name,
    ...descriptionField(description),
    ...(owner === undefined ? {} : { owner }),
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(organization === undefined ? {} : { organization }),
    ...(grantTypes === undefined ? {} : { grantTypes }),
    ...subscribed,
    ...(scopes === undefined ? {} : { scopes }),
    introspect,
    ...(redirectUris.length === 0 ? {} : { redirectUris }),
    ...(isPublic ? { isPublic } : {}),
    enabled: true,
    keys: {},
  };
};
