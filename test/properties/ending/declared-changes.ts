import type { DirectoryModel } from './directory-model';
import {
  organizationOf,
  ORGANIZATIONS,
  printRoles,
  type ClientKey,
  type OrganizationKey,
  type UserName,
} from './names';
import type { Change } from './operation';
import { Principal } from './principal';

const isDeclared = (directory: DirectoryModel, key: OrganizationKey): boolean =>
  directory.organizations.get(key)?.isDeclared === true;

/** Changes a declared organization. @returns a sentence; `undefined` if that is not possible now */
const changeOrganization = (directory: DirectoryModel, kind: Change['kind'], key: OrganizationKey) => {
  const record = directory.organizations.get(key);
  if (kind === 'organizationDeclared') {
    // A declared name must not exist as a created one, nor records that are left of one.
    if (record !== undefined || directory.hasRecordsOf(key)) return undefined;
    directory.organizations.set(key, { principal: new Principal(), isDeclared: true, isEnabled: true });
    return `the organization ${key} is declared`;
  }
  const users = [...directory.users].filter(([user, found]) => found.isDeclared && organizationOf(user) === key);
  const applications = [...directory.applications.values()].filter(
    ({ isDeclared: isFixed, organization }) => isFixed && organization === key,
  );
  if (record?.isDeclared !== true || key === 'base' || users.length + applications.length > 0) return undefined;
  directory.organizations.delete(key);
  record.principal.remove();
  return `the organization ${key} is no longer declared`;
};

const declareUser = (
  directory: DirectoryModel,
  { user, roles }: Extract<Change, { readonly kind: 'userDeclared' }>,
) => {
  if (directory.users.has(user) || !isDeclared(directory, organizationOf(user))) return undefined;
  const facts = { principal: new Principal(), isDeclared: true, isEnabled: true };
  directory.users.set(user, { ...facts, password: directory.nextText(), roles });
  return `${user} is declared with ${printRoles(roles)}`;
};

/** A gate that declares no record of a kind leaves that kind as it is, as a process that only guards does. */
const isLastDeclared = (records: ReadonlyMap<string, { readonly isDeclared: boolean }>): boolean =>
  [...records.values()].filter((record) => record.isDeclared).length === 1;

const changeUser = (directory: DirectoryModel, kind: Change['kind'], user: UserName) => {
  const record = directory.users.get(user);
  // Whether a mark outlives another principal of the same name is not decided here.
  if (record?.isDeclared !== true || !record.isEnabled) return undefined;
  if (kind === 'rolesRemoved') {
    if (record.roles.length === 0) return undefined;
    directory.users.set(user, { ...record, roles: [] });
    record.principal.endAccess();
    return `${user} is declared without a role`;
  }
  if (kind === 'userRemoved' && isLastDeclared(directory.users)) return undefined;
  directory.retire(user, record.password);
  if (kind === 'userRemoved') {
    directory.users.delete(user);
    record.principal.remove();
    return `${user} is no longer declared`;
  }
  directory.users.set(user, { ...record, password: directory.nextText() });
  record.principal.endGrants();
  return `${user} is declared with another password`;
};

const declareApplication = (
  directory: DirectoryModel,
  { key, organization }: Extract<Change, { readonly kind: 'applicationDeclared' }>,
) => {
  if (directory.applications.has(key) || !isDeclared(directory, organization)) return undefined;
  const facts = { principal: new Principal(), isDeclared: true, isEnabled: true, organization, scopes: undefined };
  directory.applications.set(key, { ...facts, secrets: [directory.nextText()] });
  return `${key} is declared for ${organization}`;
};

const changeApplication = (directory: DirectoryModel, kind: Change['kind'], key: ClientKey) => {
  const record = directory.applications.get(key);
  if (record?.isDeclared !== true || !record.isEnabled) return undefined;
  if (kind === 'scopesNarrowed') {
    if (record.scopes !== undefined) return undefined;
    directory.applications.set(key, { ...record, scopes: ['read'] });
    record.principal.endAccess();
    return `${key} is declared with only the scope read`;
  }
  if (kind === 'applicationMoved') {
    const organization = ORGANIZATIONS.find((other) => other !== record.organization && isDeclared(directory, other));
    if (organization === undefined) return undefined;
    record.principal.remove();
    directory.applications.set(key, { ...record, organization, principal: new Principal() });
    return `${key} is declared for ${organization} instead`;
  }
  if (kind === 'applicationRemoved' && isLastDeclared(directory.applications)) return undefined;
  directory.retire(key, record.secrets.at(-1));
  if (kind === 'applicationRemoved') {
    directory.applications.delete(key);
    record.principal.remove();
    return `${key} is no longer declared`;
  }
  directory.applications.set(key, { ...record, secrets: [directory.nextText()] });
  record.principal.endGrants();
  return `${key} is declared with another secret`;
};

/** Changes what is declared. @returns a sentence; `undefined` if that is not possible now */
export const applyChange = (directory: DirectoryModel, change: Change): string | undefined => {
  if (change.kind === 'nothing') return 'nothing is declared otherwise';
  if (change.kind === 'userDeclared') return declareUser(directory, change);
  if (change.kind === 'applicationDeclared') return declareApplication(directory, change);
  if ('organization' in change) return changeOrganization(directory, change.kind, change.organization);
  return 'user' in change
    ? changeUser(directory, change.kind, change.user)
    : changeApplication(directory, change.kind, change.key);
};
