import { createApplications, type Applications } from './applications';
import type { ApplicationServices } from './application-changes';
import { createOrganizations, type Organizations } from './organizations';
import type { UserServices } from './user-changes';
import { createUsers, type Users } from './users';

export type ManagementServices = UserServices & ApplicationServices;

/** Manages the records that are created at run time and kept in the store. Declared records are included, read-only. */
export interface ManagedDirectory {
  readonly organizations: Organizations;
  readonly users: Users;
  readonly applications: Applications;
}

export const createManagement = (services: ManagementServices): ManagedDirectory => ({
  organizations: createOrganizations(services),
  users: createUsers(services),
  applications: createApplications(services),
});
