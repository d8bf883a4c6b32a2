import { ORGANIZATION_KEY_RULE, readOrganizationKey } from '../directory/organizations';
import type { Organization } from '../directory/records';
import { normalKey } from '../directory/usernames';
import { rules } from '../directory/values';
import type { Checks, Path } from './checks';
import { readList } from './declared-list';
import type { OrganizationDeclaration } from './options';
import { customRow, text, type Row } from './row';

/** Rows of an organization. */
export const ORGANIZATION_ROWS = {
  key: customRow({
    type: 'string',
    default: 'required',
    range: ORGANIZATION_KEY_RULE,
    doc: 'The part of a user name after the last `@`; case is ignored.',
    read: readOrganizationKey,
  }),
  name: text({ pattern: rules.label.pattern, rule: rules.label.text, doc: 'Display name.' }),
} satisfies Record<keyof OrganizationDeclaration, Row>;

/** Reads the option `organizations`. */
export const readOrganizations = (checks: Checks, value: unknown, path: Path): readonly Organization[] =>
  readList(checks, ORGANIZATION_ROWS, value, path, (fields) => {
    const key = fields.read('key');
    const name = fields.read('name');
    if (key === undefined) return undefined;
    return { key, keyField: 'key', item: { key, ...(name === undefined ? {} : { name }), enabled: true } };
  });

/** Returns the normal form of the organization that a field names, if it is declared. */
export const readOrganization = (checks: Checks, key: string, path: Path, organizations: readonly Organization[]) => {
  const normal = normalKey(key);
  if (organizations.some((organization) => organization.key === normal)) return normal;
  return checks.fault(path, `names the organization "${key}", which is not declared`);
};
