import type { Directory } from './directory';
import { pairsOf } from './key-pairs';

/**
 * Reserves a client id for an application. May be repeated. A pointer to an application that no longer exists is
 * replaced, because application ids are never reused.
 * @throws DirectoryError `ERR_SCOPEGATE_EXISTS` if another application has it, or another gate declares it
 */
export const reservePointer = async (
  { clients, applications }: Directory,
  clientId: string,
  applicationId: string,
): Promise<void> => {
  const holder = await clients.findFresh(clientId);
  if (holder?.applicationId === applicationId) return;
  const isOrphan =
    holder !== undefined &&
    !clients.isDeclared(clientId) &&
    (await applications.findFresh(holder.applicationId)) === undefined;
  if (!isOrphan) {
    await clients.create(clientId, { applicationId });
    return;
  }
  await clients.refuseRegistered(clientId);
  const pointer = await clients.change(clientId, (present) =>
    present.applicationId === holder.applicationId ? { applicationId } : present,
  );
  if (pointer.applicationId !== applicationId) await clients.create(clientId, { applicationId });
};

/** Releases a reserved client id, unless the application has a key pair with that id. */
export const releasePointer = async (
  { clients, applications }: Directory,
  clientId: string,
  applicationId: string,
): Promise<void> => {
  const application = await applications.findFresh(applicationId);
  const isUsed = application !== undefined && pairsOf(application.keys).some((pair) => pair.clientId === clientId);
  const holder = isUsed ? undefined : await clients.findFresh(clientId);
  if (holder?.applicationId === applicationId) await clients.discard(clientId);
};
