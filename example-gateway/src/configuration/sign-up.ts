import type { SignUpOptions } from 'scopegate';
import type { Faults, Path } from './fault';
import { isMap, readFields, type Fields } from './fields';

const PATH: Path = ['portal', 'signUp'];

const LIST: Path = [...PATH, 'organizations'];

const MAX_ORGANIZATIONS = 100;

const KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

const readListed = (faults: Faults, value: Fields): SignUpOptions | undefined => {
  const { organizations, approval } = readFields(faults, value, PATH, ['organizations', 'approval']);
  if (approval !== undefined && typeof approval !== 'boolean')
    faults.add([...PATH, 'approval'], 'must be true or false');
  if (!Array.isArray(organizations) || organizations.length === 0 || organizations.length > MAX_ORGANIZATIONS) {
    return faults.add(LIST, `must be a list of 1 to ${MAX_ORGANIZATIONS} keys of organizations`);
  }
  const keys = organizations.map((key: unknown, index) => {
    if (typeof key === 'string' && KEY.test(key)) return key;
    return faults.add([...LIST, index], 'must be 1 to 64 letters, digits, dots, hyphens or underscores');
  });
  return { organizations: keys.filter((key) => key !== undefined), ...(approval === true ? { approval } : {}) };
};

const hasOrganizations = ({ organizations }: Fields): boolean =>
  Array.isArray(organizations) && organizations.length > 0;

/** Reads `portal.signUp`. `options` are scopegate's options from the same file. */
export const readSignUp = (faults: Faults, value: unknown, options: Fields): boolean | SignUpOptions | undefined => {
  if (value === undefined || value === false) return value;
  if (isMap(value)) return readListed(faults, value);
  if (value !== true) return faults.add(PATH, 'must be true, false or { organizations: [johnsorg] }');
  if (!hasOrganizations(options)) return true;
  return faults.add(
    PATH,
    'is true, but there are organizations: list those that a new user may join, such as { organizations: [johnsorg] }',
  );
};
