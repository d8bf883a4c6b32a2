import type { AuditFact } from '../audit/audit-log';
import type { Directory } from '../directory/directory';
import type { SignIn } from '../directory/resource-owners';
import { joinName, normalKey, plainSpelling, splitName } from '../directory/usernames';
import { networkOf } from '../throttle/address';

const FAILED = 'sign_in_failed';
const MAX_NAME_PART = 64;

const cut = (text: string): string => [...text].slice(0, MAX_NAME_PART).join('');

/** A user name as it was tried, in one spelling and of a bounded length. */
const boundedName = (username: string): string => {
  const { name, organization } = splitName(plainSpelling(username));
  return joinName({ name: cut(name), ...(organization === undefined ? {} : { organization: cut(organization) }) });
};

/** The audit entry of a sign-in with a wrong name or password. */
export const failedSignIn = ({ username, client, address }: SignIn): AuditFact => {
  return {
    action: FAILED,
    target: boundedName(username),
    network: networkOf(address),
    ...(client === undefined ? {} : { clientId: client.clientId }),
  };
};

/** The organization that a full name ends with, if there is such a one. */
const organizationIn = async (directory: Directory, fullName: string): Promise<string | undefined> => {
  const key = normalKey(splitName(fullName).organization ?? '');
  return key === undefined ? undefined : (await directory.organizations.findFresh(key))?.key;
};

/**
 * The organization of a fact that does not name it: the client's, or of a user of the directory the user's. An id that a `users`
 * function made says nothing about organizations, whatever stands behind an `@` in it.
 */
export const organizationOfFact = async (
  directory: Directory,
  userSource: 'directory' | 'function',
  { action, clientId, target }: AuditFact,
): Promise<string | undefined> => {
  if (clientId !== undefined) return (await directory.findClient(clientId))?.application.organization;
  if (target === undefined || (await directory.organizations.isEmpty())) return undefined;
  // A name that somebody tried to sign in with is read as the sign-in reads it.
  if (action === FAILED) return organizationIn(directory, target);
  if (userSource === 'function') return undefined;
  const user = await directory.users.findFresh(target);
  // Of a user who was removed meanwhile only the name is left.
  return user === undefined ? organizationIn(directory, target) : user.organization;
};
