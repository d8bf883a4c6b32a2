import type { TokenService } from '../tokens/token-service';
import { blocked } from './blocking';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import { pairsOf } from './key-pairs';
import type { Application } from './records';
import { endFormerUser, type UserServices } from './user-changes';

/**
 * Removes the user that was created at run time under a declared name, and ends everything of that name.
 * @throws DirectoryError `ERR_SCOPEGATE_DECLARED` if there is none
 */
export const removeTakingUser = async (
  services: Pick<UserServices, 'directory' | 'tokens' | 'sessions' | 'consents'>,
  username: string,
): Promise<void> => {
  const { createdUsers, users } = services.directory;
  if ((await createdUsers.findFresh(username)) === undefined) await users.getStored(username);
  await changeAndEnd(
    () => createdUsers.change(username, (user) => blocked(user)), // gates that do not declare the name serve it
    () => endFormerUser(services, username, 'removed'),
  );
  await createdUsers.remove(username);
};

/** Ends the grants of an application's keys that are declared elsewhere, and releases these keys. */
export const releaseTakenKeys = async (
  { directory, tokens }: { readonly directory: Directory; readonly tokens: TokenService },
  { id, keys }: Application,
): Promise<void> => {
  const { clients, createdClients } = directory;
  for (const { clientId } of pairsOf(keys)) {
    if (!clients.isDeclared(clientId)) continue;
    if ((await createdClients.findFresh(clientId))?.applicationId !== id) continue;
    await tokens.revokeAll({ clientId }, 'removed');
    await createdClients.discard(clientId);
  }
};
