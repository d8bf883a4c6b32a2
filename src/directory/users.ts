import { linkHolderOf } from '../protocol/secrets';
import { accountOf } from './account-key';
import { attemptAll } from './attempts';
import { blocked, readBlocking, refuseUndoing, type Blocking, unblocked } from './blocking';
import { createUser, refuseFunction } from './created-user';
import { readNewUser, type NewUser } from './new-user';
import { isVoid, refuseWaiting } from './sign-up';
import { removeTakingUser } from './taking-records';
import { changeAndEnd } from './change-and-end';
import {
  changeAndEndAccess,
  changeAndEndFormer,
  changeAndEndGrants,
  endGrantsAndSessions,
  keyOf,
  withPassword,
  type UserServices,
} from './user-changes';
import type { User } from './records';
import { infoOf, infosOf, type UserInfo } from './user-info';
import { checkKey, readCall, readRoles } from './values';

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
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` if an administrator enables a user that the operator disabled, or if the
   *   sign-up of the user waits for approval
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
   * other gates have declared, and this gate does not, is removed as well, and those gates refuse the user. An
   * administrator cannot remove a user that the operator disabled, because the name could be given again.
   */
  remove(username: string, blocking?: Blocking): Promise<void>;
}

export const createUsers = (services: UserServices): Users => {
  const { directory, passwords, passwordRule, place } = services;
  const { users } = directory;

  return {
    create: async (user) => createUser(services, await readNewUser(refuseFunction(services), user)),
    find: async (username) => {
      const user = await users.findFresh(await keyOf(services, username));
      return user === undefined || isVoid(user, directory.clock()) ? undefined : infoOf(user);
    },
    list: () => infosOf(users.list(), directory.clock),
    listDeclaredElsewhere: () => infosOf(users.elsewhere.list(), directory.clock),
    setPassword: async (username, password) => {
      const passwordHash = await passwords.hash(passwordRule.check(password, await keyOf(services, username)), place);
      const change = (user: User): User => withPassword(user, passwordHash);
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
      return infoOf(await users.setBlocking(subject, (user) => unblocked(refuseWaiting(user), by)));
    },
    disable: async (username, blocking) => {
      const by = readBlocking(blocking);
      const subject = await keyOf(services, username);
      return changeAndEnd(
        async () => infoOf(await users.setBlocking(subject, (user) => blocked(user, by))),
        () =>
          attemptAll([
            () => endGrantsAndSessions(services, subject, 'disabled'),
            () => services.links.remove(linkHolderOf(subject)),
          ]),
      );
    },
    unlock: async (username) => services.throttle.unlock(accountOf(checkKey(username, 'username'))),
    remove: async (username, blocking) => {
      const by = readBlocking(blocking);
      const subject = await keyOf(services, username);
      refuseUndoing(await users.findFresh(subject), by);
      if (users.isDeclared(subject)) return removeTakingUser(services, subject);
      if (await users.removeRegistered(subject)) return;
      const user = await changeAndEndFormer(services, username, (present) => {
        refuseUndoing(present, by);
        return blocked(present, by); // by the same role, so that it can repeat a call that failed
      });
      await users.remove(user.username);
    },
  };
};
