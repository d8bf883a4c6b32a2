import type { AuditFact } from '../../audit/audit-log';
import type { Directory } from '../../directory/directory';
import type { SignIn } from '../../sign-in/resource-owners';
import { joinName, normalKey, plainSpelling, splitName } from '../../directory/usernames';
import { networkOf } from '../../throttle/address';

const FAILED = 'sign_in_failed';
const MAX_NAME_PART = 64;

const cut = (text: string): string => [...text].slice(0, MAX_NAME_PART).join('');

/** Normalizes the spelling of an attempted user name and limits each part to 64 characters. */
const boundedName = (username: string): string => {
  const { name, organization } = splitName(plainSpelling(username));
  return joinName({ name: cut(name), ...(organization === undefined ? {} : { organization: cut(organization) }) });
};

/** Returns the audit fact of a sign-in with a wrong user name or password. */
export const failedSignIn = ({ username, client, address }: SignIn): AuditFact => {
  return {
    action: FAILED,
    target: boundedName(username),
    network: networkOf(address),
    ...(client === undefined ? {} : { clientId: client.clientId }),
  };
};

/** Returns the key of the organization at the end of a full name, if that organization exists. */
const organizationIn = async (directory: Directory, fullName: string): Promise<string | undefined> => {
  const key = normalKey(splitName(fullName).organization ?? '');
  return key === undefined ? undefined : (await directory.organizations.findFresh(key))?.key;
};

/**
 * Returns the organization of a fact that does not name one: that of the client, or else that of the user if users are
 * in the directory. An id from a `users` function does not contain an organization, even if it has an `@`.
 */
export const organizationOfFact = async (
  directory: Directory,
  userSource: 'directory' | 'function',
  { action, clientId, target }: AuditFact,
): Promise<string | undefined> => {
  if (clientId !== undefined) return (await directory.findClient(clientId))?.application.organization;
  if (target === undefined || (await directory.organizations.isEmpty())) return undefined;
  // The target of a failed sign-in is the name that was entered, so it is split in the same way as at sign-in.
  if (action === FAILED) return organizationIn(directory, target);
  if (userSource === 'function') return undefined;
  const user = await directory.users.findFresh(target);
  // If the user has been removed since the event, only the name is left.
  return user === undefined ? organizationIn(directory, target) : user.organization;
};
