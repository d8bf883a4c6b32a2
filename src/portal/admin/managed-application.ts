import type { ApplicationInfo } from '../../directory/application-info';
import { DirectoryError } from '../../protocol/errors';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/**
 * Finds an application that the administrator manages.
 * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if it does not exist or is not of the administrator's organization
 */
export const findManaged = async (
  { user }: Pick<UserVisit, 'user'>,
  { applications }: Pick<PageServices, 'applications'>,
  id: string,
): Promise<ApplicationInfo> => {
  const application = await applications.find(id);
  if (application !== undefined && application.organization === user.organization) return application;
  throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such application');
};
