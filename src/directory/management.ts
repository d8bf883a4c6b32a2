import { createApplications, type Applications } from './applications';
import type { ApplicationServices } from './application-changes';
import { createOrganizations, type Organizations } from './organizations';
import { PasswordLinks, type ManagedPasswordLinks } from './password-links';
import type { UserServices } from './user-changes';
import { ManagedSignUps, type SignUps } from './sign-ups';
import { createUsers, type Users } from './users';

export type ManagementServices = UserServices & ApplicationServices;

/** Manages the records that are created at run time and kept in the store. Declared records are included, read-only. */
export interface ManagedDirectory {
  readonly organizations: Organizations;
  readonly users: Users;
  readonly passwordLinks: ManagedPasswordLinks;
  readonly signUps: SignUps;
  readonly applications: Applications;
}

export const createManagement = (services: ManagementServices) => ({
  organizations: createOrganizations(services),
  users: createUsers(services),
  passwordLinks: new PasswordLinks(services),
  signUps: new ManagedSignUps(services),
  applications: createApplications(services),
});
