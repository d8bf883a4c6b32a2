import { accountOf } from './account-key';
import { blocked, readBlocking, unblocked, type Blocking } from './blocking';
import { readNewUser, type NewUser } from './new-user';
import { removeTakingUser } from './taking-records';
import { changeAndEnd } from './change-and-end';
import {
  changeAndEndAccess,
  changeAndEndFormer,
  changeAndEndGrants,
  endGrantsAndSessions,
  keyOf,
  type UserServices,
} from './user-changes';
import type { User } from './records';
import { infoOf, infosOf, type UserInfo } from './user-info';
import { checkKey, readCall, readRoles, refuseValue } from './values';

/**
 * Users of the built-in directory. Calls take the full name. Each may reject with DirectoryError
 * `ERR_SCOPEGATE_NOT_FOUND` or `ERR_SCOPEGATE_DECLARED`, with StoreUnavailableError and, if it hashes a password, with
 * OAuthError `temporarily_unavailable` when too many sign-ins are waiting.
 */
export interface Users {
  /**
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS`, `ERR_SCOPEGATE_NOT_FOUND` (organization), `ERR_SCOPEGATE_VALUE`,
   *   also for a password that is shorter than `passwords.minLength`, a common one or the user name
   */
  create(user: NewUser): Promise<UserInfo>;
  find(username: string): Promise<UserInfo | undefined>;
  list(): AsyncIterable<UserInfo>;
  /**
   * Yields the users that other gates declare and this one does not; `list` does not include them. They can be enabled,
   * disabled and removed.
   */
  listDeclaredElsewhere(): AsyncIterable<UserInfo>;
  /** Ends all grants and sessions of the user. The password must meet the rule of `create`. @throws as `create` */
  setPassword(username: string, password: string): Promise<UserInfo>;
  /** Ends the user's access tokens; the next refresh grants what the new roles allow. */
  setRoles(username: string, roles: readonly string[]): Promise<UserInfo>;
  /**
   * Enables a user, also one that only other gates declare. An administrator can only enable what an administrator
   * disabled.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` if an administrator enables a user that the operator disabled
   */
  enable(username: string, blocking?: Blocking): Promise<UserInfo>;
  /**
   * Refuses the user from now on, and ends all grants and sessions of the user. Also for one that only other gates
   * declare.
   */
  disable(username: string, blocking?: Blocking): Promise<UserInfo>;
  /**
   * Deletes the failed sign-ins of the user, from all addresses. It is not an error if there are none, or no such user;
   * the name may be one of a `users` function.
   */
  unlock(username: string): Promise<void>;
  /**
   * A declared name can be removed only if a user was created at run time under it: that user is removed. A user that
   * other gates have declared, and this gate does not, is removed as well, and those gates refuse the user.
   */
  remove(username: string): Promise<void>;
}

/**
 * Ends what was issued to a former user of a free name, so that a new one inherits nothing, however the former record was
 * lost. Costs one round trip for a name that is taken as well, so that the time does not reveal which.
 */
const endFormer = async (services: UserServices, username: string): Promise<void> => {
  const { directory, tokens, sessions, consents } = services;
  const present = await directory.users.findFresh(username);
  if (present !== undefined) await directory.users.findStored(username);
  else {
    await Promise.all([
      tokens.revokeAll({ subject: username }, 'removed'),
      sessions.endAllOf(username),
      consents.removeAllOf(username),
    ]);
  }
};

const createUser = async (services: UserServices, given: NewUser): Promise<UserInfo> => {
  if (services.userSource === 'function') {
    refuseValue('users come from the users function: create the user in its source');
  }
  const user = await readNewUser(services, given);
  await services.directory.users.refuseRegistered(user.username); // nothing of a declared user ends
  await endFormer(services, user.username);
  return infoOf(await services.directory.users.create(user.username, user));
};

export const createUsers = (services: UserServices): Users => {
  const { directory, passwords, passwordRule, place } = services;
  const { users } = directory;

  return {
    create: (user) => createUser(services, user),
    find: async (username) => {
      const user = await users.findFresh(await keyOf(services, username));
      return user === undefined ? undefined : infoOf(user);
    },
    list: () => infosOf(users.list()),
    listDeclaredElsewhere: () => infosOf(users.elsewhere.list()),
    setPassword: async (username, password) => {
      const passwordHash = await passwords.hash(passwordRule.check(password, await keyOf(services, username)), place);
      const change = (user: User): User => ({ ...user, passwordHash });
      return changeAndEndGrants(services, username, { change, because: 'password' });
    },
    setRoles: async (username, roles) => {
      const checked = readCall((checks) => readRoles(checks, roles ?? null, ['roles']));
      const change = (user: User): User => ({ ...user, roles: checked });
      return changeAndEndAccess(services, username, { change, because: 'roles' });
    },
    enable: async (username, blocking) => {
      const by = readBlocking(blocking);
      const subject = await keyOf(services, username);
      return infoOf(await users.setBlocking(subject, (user) => unblocked(user, by)));
    },
    disable: async (username, blocking) => {
      const by = readBlocking(blocking);
      const subject = await keyOf(services, username);
      return changeAndEnd(
        async () => infoOf(await users.setBlocking(subject, (user) => blocked(user, by))),
        () => endGrantsAndSessions(services, subject, 'disabled'),
      );
    },
    unlock: async (username) => services.throttle.unlock(accountOf(checkKey(username, 'username'))),
    remove: async (username) => {
      const subject = await keyOf(services, username);
      if (users.isDeclared(subject)) return removeTakingUser(services, subject);
      if (await users.removeRegistered(subject)) return;
      const user = await changeAndEndFormer(services, username, (present) => blocked(present));
      await users.remove(user.username);
    },
  };
};
