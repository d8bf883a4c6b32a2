import type { RevokeReason } from '../events/gate-events';
import type { Sessions } from '../sessions/sessions';
import type { TokenService } from '../tokens/token-service';
import { blocked, blockerOf, unblocked, type Blocker, type Blocking } from './blocking';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import type { PasswordRule } from './password-rule';
import type { Passwords } from './passwords';
import type { User } from './records';
import { joinName, normalKey, normalName } from './usernames';
import { checkValue, refuseValue } from './values';

export interface NewUser {
  /** The name without the organization. It may be an e-mail address. */
  readonly username: string;
  /** The key of the organization; needed where there are any. */
  readonly organization?: string;
  readonly password: string;
  readonly roles?: readonly string[];
}

/** A user as management calls show it. */
export interface UserInfo {
  /** The full name: `john@gmail.com@johnsorg`. */
  readonly username: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly enabled: boolean;
  /** Who disabled the user; absent while the user is enabled. */
  readonly disabledBy?: Blocker;
}

/**
 * Users of the built-in directory. Calls take the full name. Each may reject with DirectoryError
 * `ERR_SCOPEGATE_NOT_FOUND` or `ERR_SCOPEGATE_DECLARED`, with StoreUnavailableError, and where a password is hashed with
 * OAuthError `temporarily_unavailable` when too many sign-ins wait.
 */
export interface Users {
  /**
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS`, `ERR_SCOPEGATE_NOT_FOUND` (organization), `ERR_SCOPEGATE_VALUE`, also for a
   *   password that is shorter than `passwords.minLength`, a common one or the user name
   */
  create(user: NewUser): Promise<UserInfo>;
  find(username: string): Promise<UserInfo | undefined>;
  list(): AsyncIterable<UserInfo>;
  /** Ends all grants and sessions of the user. The password follows the same rule as in `create`. @throws as `create` */
  setPassword(username: string, password: string): Promise<UserInfo>;
  /** Ends the user's access tokens; the next refresh gives what the new roles allow. */
  setRoles(username: string, roles: readonly string[]): Promise<UserInfo>;
  /**
   * Enables a user. On behalf of an administrator, only one that an administrator has disabled.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` when an administrator enables a user that the operator has disabled
   */
  enable(username: string, blocking?: Blocking): Promise<UserInfo>;
  /** Refuses the user from now on, and ends all grants and sessions of the user. */
  disable(username: string, blocking?: Blocking): Promise<UserInfo>;
  remove(username: string): Promise<void>;
}

const infoOf = ({ username, organization, roles, enabled, disabledBy }: User): UserInfo => {
  const blocker = blockerOf({ enabled, ...(disabledBy === undefined ? {} : { disabledBy }) });
  return {
    username,
    ...(organization === undefined ? {} : { organization }),
    roles,
    enabled,
    ...(blocker === undefined ? {} : { disabledBy: blocker }),
  };
};

async function* infosOf(users: AsyncIterable<User>): AsyncGenerator<UserInfo> {
  for await (const user of users) yield infoOf(user);
}

export const createUsers = (
  directory: Directory,
  passwords: Passwords,
  tokens: TokenService,
  sessions: Sessions,
  kept: 'here' | 'elsewhere',
  passwordRule: PasswordRule,
): Users => {
  const keyOf = (fullName: string): Promise<string> => directory.subjectOf(fullName);

  const changeByKey = async (username: string, change: (user: User) => User): Promise<UserInfo> =>
    infoOf(await directory.users.change(username, change));

  /** Sessions first: whoever holds one could get another token. */
  const endGrants = async (username: string, because: RevokeReason): Promise<void> => {
    await sessions.endAllOf(username);
    await tokens.revokeAll({ subject: username }, because);
  };

  const changeAndEndGrants = async (
    fullName: string,
    change: (user: User) => User,
    because: RevokeReason,
  ): Promise<UserInfo> => {
    const username = await keyOf(fullName);
    return changeAndEnd(
      () => changeByKey(username, change),
      () => endGrants(username, because),
    );
  };

  const organizationFor = async (key: string | undefined): Promise<string | undefined> => {
    if (key !== undefined) return (await directory.organizations.get(normalKey(key) ?? key)).key;
    if (await directory.organizations.isEmpty()) return undefined;
    return refuseValue('organization must be given where there are organizations');
  };

  const checkRoles = (roles: readonly string[]): readonly string[] =>
    roles.map((role) => checkValue(role, 'role', 'a role'));

  return {
    create: async ({ username, organization: key, password, roles = [] }) => {
      if (kept === 'elsewhere') refuseValue('users are kept by the function given as users: nobody would ask this one');
      const organization = await organizationFor(key);
      const name = normalName(username) ?? refuseValue('username holds characters that a user name may not have');
      const fullName = joinName({ name, ...(organization === undefined ? {} : { organization }) });
      const user: User = {
        username: fullName,
        ...(organization === undefined ? {} : { organization }),
        passwordHash: await passwords.hash(passwordRule.check(password, fullName)),
        roles: checkRoles(roles),
        enabled: true,
      };
      return infoOf(await directory.users.create(fullName, user));
    },
    find: async (username) => {
      const user = await directory.users.find(await keyOf(username));
      return user === undefined ? undefined : infoOf(user);
    },
    list: () => infosOf(directory.users.list()),
    setPassword: async (username, password) => {
      const passwordHash = await passwords.hash(passwordRule.check(password, await keyOf(username)));
      return changeAndEndGrants(username, (user) => ({ ...user, passwordHash }), 'password');
    },
    setRoles: async (username, roles) => {
      const subject = await keyOf(username);
      const checked = checkRoles(roles);
      return changeAndEnd(
        () => changeByKey(subject, (user) => ({ ...user, roles: checked })),
        () => tokens.revokeAccess({ subject }, 'roles'),
      );
    },
    enable: async (username, blocking) => changeByKey(await keyOf(username), (user) => unblocked(user, blocking)),
    disable: (username, blocking) => changeAndEndGrants(username, (user) => blocked(user, blocking), 'disabled'),
    remove: async (username) => {
      const user = await changeAndEndGrants(username, (present) => blocked(present), 'removed');
      await directory.users.remove(user.username);
    },
  };
};
