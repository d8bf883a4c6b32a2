import type { Directory } from './directory';
import type { Application } from './records';

/** Returns those applications whose owner was removed, whether or not the name has a user again. */
export const findFormerlyOwned = async (
  directory: Directory,
  applications: readonly Application[],
): Promise<ReadonlySet<Application>> => {
  const owned = applications.filter(({ ownerId }) => ownerId !== undefined);
  if (owned.length === 0) return new Set();
  const subjectOf = await directory.createSubjectReader();
  const names = [...new Set(owned.map(({ owner = '' }) => subjectOf(owner)))];
  const users = await Promise.all(names.map(async (name) => [name, await directory.users.findFresh(name)] as const));
  const idOf = new Map(users.map(([name, user]) => [name, user?.id]));
  return new Set(owned.filter(({ owner = '', ownerId }) => idOf.get(subjectOf(owner)) !== ownerId));
};
