import type { UserInfo } from '../../directory/user-info';
import { DirectoryError } from '../../protocol/errors';
import type { PageServices } from '../page-services';
import { usernameOf } from './user-path';
import type { UserVisit } from '../visit';

/** Finds the user that a request names, who must be of the administrator's own organization. @throws DirectoryError */
export const findUserOfOrganization = async (visit: UserVisit, { users }: PageServices): Promise<UserInfo> => {
  const found = await users.find(usernameOf(visit));
  // The same for a user of another organization and for one that does not exist.
  if (found === undefined || found.organization !== visit.user.organization) {
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such user');
  }
  return found;
};

/**
 * Finds the user that an administrator changes, who must be another one. Unlocking is included: a stolen session could
 * otherwise be used to guess its account's password without limit.
 */
export const findManagedUser = async (visit: UserVisit, services: PageServices): Promise<UserInfo> => {
  const found = await findUserOfOrganization(visit, services);
  if (found.username !== visit.user.subject) return found;
  throw new DirectoryError('ERR_SCOPEGATE_VALUE', 'you cannot change your own account here', { name: 'own_account' });
};
