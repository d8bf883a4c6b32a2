import type { RevokeReason } from '../events/gate-events';
import type { Checks } from '../protocol/checks';
import type { Sessions } from '../sessions/sessions';
import type { TokenService } from '../tokens/token-service';
import { blocked, blockerOf, readBlocking, unblocked, type Blocker, type Blocking } from './blocking';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import type { PasswordRule } from './password-rule';
import type { Passwords } from './passwords';
import type { User } from './records';
import { joinName, normalKey, normalName } from './usernames';
import { checkKey, readCall, readRoles, refuseValue, rules } from './values';

export interface NewUser {
  /** The name without the organization. It may be an e-mail address. */
  readonly username: string;
  /** Key of the organization; required if there are organizations. */
  readonly organization?: string;
  readonly password: string;
  readonly roles?: readonly string[];
}

/** A user as management calls return it. */
export interface UserInfo {
  /** The full name: `john@gmail.com@johnsorg`. */
  readonly username: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly enabled: boolean;
  /** The role that disabled the user; absent while the user is enabled. */
  readonly disabledBy?: Blocker;
}

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
  /** Ends all grants and sessions of the user. The password must meet the rule of `create`. @throws as `create` */
  setPassword(username: string, password: string): Promise<UserInfo>;
  /** Ends the user's access tokens; the next refresh grants what the new roles allow. */
  setRoles(username: string, roles: readonly string[]): Promise<UserInfo>;
  /**
   * Enables a user. An administrator can only enable what an administrator disabled.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` if an administrator enables a user that the operator disabled
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

const USER_FIELDS = ['username', 'organization', 'password', 'roles'];

const readNewUser = (checks: Checks, value: unknown) => {
  const fields = checks.fields(value ?? null, [], USER_FIELDS);
  if (fields === undefined) return undefined;
  const { key: anyText } = rules;
  const username = checks.required(
    fields['username'],
    ['username'],
    anyText.pattern,
    'the name without the organization',
  );
  const name = username === undefined ? undefined : normalName(username);
  if (username !== undefined && name === undefined) {
    checks.fault(['username'], 'holds characters that a user name may not have');
  }
  const key = checks.text(fields['organization'], ['organization'], anyText.pattern, 'the key of an organization');
  const roles = readRoles(checks, fields['roles'], ['roles']);
  // The password rule needs the full name, so the password is checked later.
  return name === undefined ? undefined : { name, key, roles, password: fields['password'] };
};

async function* infosOf(users: AsyncIterable<User>): AsyncGenerator<UserInfo> {
  for await (const user of users) yield infoOf(user);
}

export const createUsers = (
  directory: Directory,
  passwords: Passwords,
  tokens: TokenService,
  sessions: Sessions,
  userSource: 'directory' | 'function',
  passwordRule: PasswordRule,
): Users => {
  const keyOf = async (fullName: unknown): Promise<string> => directory.subjectOf(checkKey(fullName, 'username'));

  const changeByKey = async (username: string, change: (user: User) => User): Promise<UserInfo> =>
    infoOf(await directory.users.change(username, change));

  /** Ends sessions first, because a session could obtain another token. */
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

  return {
    create: async (user) => {
      if (userSource === 'function') {
        refuseValue('users are kept elsewhere, by the function given as users: create the user there');
      }
      const { name, key, password, roles } = readCall((checks) => readNewUser(checks, user));
      const organization = await organizationFor(key);
      const fullName = joinName({ name, ...(organization === undefined ? {} : { organization }) });
      const made: User = {
        username: fullName,
        ...(organization === undefined ? {} : { organization }),
        passwordHash: await passwords.hash(passwordRule.check(password, fullName)),
        roles,
        enabled: true,
      };
      return infoOf(await directory.users.create(fullName, made));
    },
    find: async (username) => {
      const user = await directory.users.findFresh(await keyOf(username));
      return user === undefined ? undefined : infoOf(user);
    },
    list: () => infosOf(directory.users.list()),
    setPassword: async (username, password) => {
      const passwordHash = await passwords.hash(passwordRule.check(password, await keyOf(username)));
      return changeAndEndGrants(username, (user) => ({ ...user, passwordHash }), 'password');
    },
    setRoles: async (username, roles) => {
      const checked = readCall((checks) => readRoles(checks, roles ?? null, ['roles']));
      const subject = await keyOf(username);
      return changeAndEnd(
        () => changeByKey(subject, (user) => ({ ...user, roles: checked })),
        () => tokens.revokeAccess({ subject }, 'roles'),
      );
    },
    enable: async (username, blocking) => {
      const by = readBlocking(blocking);
      return changeByKey(await keyOf(username), (user) => unblocked(user, by));
    },
    disable: async (username, blocking) => {
      const by = readBlocking(blocking);
      return changeAndEndGrants(username, (user) => blocked(user, by), 'disabled');
    },
    remove: async (username) => {
      const user = await changeAndEndGrants(username, (present) => blocked(present), 'removed');
      await directory.users.remove(user.username);
    },
  };
};
