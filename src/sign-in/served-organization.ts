import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';

/** Checks whether this client may sign in users of this organization. The portal, without a client, serves all. */
export const mayServe = async (
  directory: Directory,
  client: Client | undefined,
  organization: string | undefined,
): Promise<boolean> => {
  if (client !== undefined && client.application.organization !== organization) return false;
  // If there are organizations, a user without one cannot sign in.
  if (organization === undefined) return directory.organizations.isEmpty();
  return directory.isEnabled({ enabled: true, organization });
};
