import type { RevokeReason } from '../events/gate-events';
import type { Sessions } from '../sessions/sessions';
import type { TokenService } from '../tokens/token-service';
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
  enable(username: string): Promise<UserInfo>;
  /** The user is refused from now on, and all grants and sessions of the user end. */
  disable(username: string): Promise<UserInfo>;
  remove(username: string): Promise<void>;
}

const infoOf = ({ username, organization, roles, enabled }: User): UserInfo => ({
  username,
  ...(organization === undefined ? {} : { organization }),
  roles,
  enabled,
});

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

  const changeByKey = async (username: string, changes: Partial<User>): Promise<UserInfo> =>
    infoOf(await directory.users.change(username, (user) => ({ ...user, ...changes })));

  const change = async (fullName: string, changes: Partial<User>): Promise<UserInfo> =>
    changeByKey(await keyOf(fullName), changes);

  /** Sessions first: whoever holds one could get another token. */
  const endGrants = async (username: string, because: RevokeReason): Promise<void> => {
    await sessions.endAllOf(username);
    await tokens.revokeAll({ subject: username }, because);
  };

  const changeAndEndGrants = async (
    fullName: string,
    changes: Partial<User>,
    because: RevokeReason,
  ): Promise<UserInfo> => {
    const username = await keyOf(fullName);
    return changeAndEnd(
      () => changeByKey(username, changes),
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
      return changeAndEndGrants(username, { passwordHash }, 'password');
    },
    setRoles: async (username, roles) => {
      const subject = await keyOf(username);
      const checked = checkRoles(roles);
      return changeAndEnd(
        () => changeByKey(subject, { roles: checked }),
        () => tokens.revokeAccess({ subject }, 'roles'),
      );
    },
    enable: (username) => change(username, { enabled: true }),
    disable: (username) => changeAndEndGrants(username, { enabled: false }, 'disabled'),
    remove: async (username) => {
      const user = await changeAndEndGrants(username, { enabled: false }, 'removed');
      await directory.users.remove(user.username);
    },
  };
};
