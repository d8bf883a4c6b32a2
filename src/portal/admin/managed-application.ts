import type { ApplicationInfo } from '../../directory/application-info';
import { DirectoryError } from '../../protocol/errors';
import { applicationPath, readApplicationId } from '../application/application-path';
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

/** Finds the application that the path of a page names. @throws DirectoryError as `findManaged` */
export const findManagedInPath = (visit: UserVisit, services: PageServices): Promise<ApplicationInfo> =>
  findManaged(visit, services, readApplicationId(visit.params['id']));

/** Returns the path of the page on which administrators manage an application. @param done names a remark */
export const managedPath = (id: string, done?: string): string =>
  `/admin${applicationPath(id)}${done === undefined ? '' : `?done=${done}`}`;
