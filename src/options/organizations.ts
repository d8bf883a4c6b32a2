import { readOrganizationFields } from '../directory/organizations';
import type { Organization } from '../directory/records';
import { normalKey } from '../directory/usernames';
import type { Checks, Path } from './checks';
import { readList } from './declared-list';

export const readOrganizations = (checks: Checks, value: unknown): readonly Organization[] =>
  readList(checks, value, 'organizations', ['key', 'name'], (fields, path) => {
    const read = readOrganizationFields(checks, fields, path);
    return read === undefined ? undefined : { key: read.key, keyField: 'key', item: { ...read, enabled: true } };
  });

/** Returns the normal form of the organization that a field names, if it is declared. */
export const readOrganization = (checks: Checks, key: string, path: Path, organizations: readonly Organization[]) => {
  const normal = normalKey(key);
  if (organizations.some((organization) => organization.key === normal)) return normal;
  return checks.fault(path, `names the organization "${key}", which is not declared`);
};
