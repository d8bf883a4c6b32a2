import type { Directory } from '../directory/directory';
import { normalKey, splitName } from '../directory/usernames';

/** A user name as received, in its parts; the organization is in its normal form. */
export interface FullName {
  readonly name: string;
  readonly organization?: string;
}

/** Splits a name if there are organizations; otherwise the whole string is the name. */
export const readFullName = async (directory: Directory, username: string): Promise<FullName | undefined> => {
  if (await directory.organizations.isEmpty()) return { name: username };
  const { name, organization } = splitName(username);
  const key = organization === undefined ? undefined : normalKey(organization);
  return key === undefined ? undefined : { name, organization: key };
};
