import type { Organization } from '../directory/records';
import { normalKey } from '../directory/usernames';
import { rules } from '../directory/values';
import type { Checks, Path } from './checks';
import { readList } from './declared-list';

export const readOrganizations = (checks: Checks, value: unknown): readonly Organization[] =>
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
export const readOrganization = (checks: Checks, key: string, path: Path, organizations: readonly Organization[]) => {
  const normal = normalKey(key);
  if (organizations.some((organization) => organization.key === normal)) return normal;
  return checks.fault(path, `names the organization "${key}", which is not declared`);
};
