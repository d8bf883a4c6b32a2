import type { Clock } from '../protocol/time';
import { blockerOf, type Blocker } from './blocking';
import type { User } from './records';
import { isVoid } from './sign-up';

/** A user as management calls return it. */
export interface UserInfo {
  /** The full name: `john@gmail.com@johnsorg`. */
  readonly username: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly enabled: boolean;
  /** The role that disabled the user; absent while the user is enabled. */
  readonly disabledBy?: Blocker;
  /** `password`: the user was invited and has not set one. `approval`: the sign-up of the user was not approved yet. */
  readonly awaits?: 'password' | 'approval';
}

/** Returns what a user waits for before the first sign-in. */
const awaited = ({ signUp, isInvited }: User): Pick<UserInfo, 'awaits'> => {
  if (signUp !== undefined) return { awaits: 'approval' };
  return isInvited === true ? { awaits: 'password' } : {};
};

export const infoOf = (user: User): UserInfo => {
  const { username, organization, roles, enabled, disabledBy } = user;
  const blocker = blockerOf({ enabled, ...(disabledBy === undefined ? {} : { disabledBy }) });
  return {
    username,
    ...(organization === undefined ? {} : { organization }),
    roles,
    enabled,
    ...(blocker === undefined ? {} : { disabledBy: blocker }),
    ...awaited(user),
  };
};

/** Yields users, without those whose sign-up was rejected or has expired. */
export async function* infosOf(users: AsyncIterable<User>, clock: Clock): AsyncGenerator<UserInfo> {
  for await (const user of users) if (!isVoid(user, clock())) yield infoOf(user);
}
