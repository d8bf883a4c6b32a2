import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';

/** Checks whether a client belongs to this organization. Pages have no client and serve all. */
export const isOfOrganization = (client: Client | undefined, organization: string | undefined): boolean =>
  client === undefined || client.application.organization === organization;

/** Checks whether this client may sign in users of this organization. Pages have no client and serve all. */
export const mayServe = async (
  directory: Directory,
  client: Client | undefined,
  organization: string | undefined,
): Promise<boolean> => {
  if (!isOfOrganization(client, organization)) return false;
  // If there are organizations, a user without one cannot sign in.
  if (organization === undefined) return directory.organizations.isEmpty();
  return directory.isEnabled({ enabled: true, organization });
};
