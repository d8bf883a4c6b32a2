import type { User } from './records';
import { isVoid } from './sign-up';
import type { UserServices } from './user-changes';
import { infoOf, type UserInfo } from './user-info';
import { refuseValue } from './values';

/** Refuses a call that creates a user if users come from elsewhere. @throws DirectoryError `ERR_SCOPEGATE_VALUE` */
export const refuseFunction = (services: UserServices): UserServices =>
  services.userSource === 'function'
    ? refuseValue('users come from the users function: create the user in its source')
    : services;

/**
 * Ends what was issued to a former user of a free name, so that a new one inherits nothing, however the former record was
 * lost. Costs one round trip for a name that is taken as well, so that the time does not reveal which. A name whose
 * sign-up was rejected or has expired becomes free.
 */
const endFormer = async (services: UserServices, username: string): Promise<void> => {
  const { directory, tokens, sessions, consents } = services;
  const present = await directory.users.findFresh(username);
  const isFree = present === undefined || isVoid(present, directory.clock());
  if (!isFree) await directory.users.findStored(username);
  else {
    if (present !== undefined) await directory.releaseVoidName(username);
    await Promise.all([
      tokens.revokeAll({ subject: username }, 'removed'),
      sessions.endAllOf(username),
      consents.removeAllOf(username),
    ]);
  }
};

/** Stores a new user. @throws DirectoryError `ERR_SCOPEGATE_EXISTS` */
export const createUser = async (services: UserServices, user: User): Promise<UserInfo> => {
  const { users } = services.directory;
  await users.refuseRegistered(user.username); // nothing of a declared user ends
  await endFormer(services, user.username);
  return infoOf(await users.create(user.username, user));
};
