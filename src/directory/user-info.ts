import { blockerOf, type Blocker } from './blocking';
import type { User } from './records';

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

export const infoOf = ({ username, organization, roles, enabled, disabledBy }: User): UserInfo => {
  const blocker = blockerOf({ enabled, ...(disabledBy === undefined ? {} : { disabledBy }) });
  return {
    username,
    ...(organization === undefined ? {} : { organization }),
    roles,
    enabled,
    ...(blocker === undefined ? {} : { disabledBy: blocker }),
  };
};

export async function* infosOf(users: AsyncIterable<User>): AsyncGenerator<UserInfo> {
  for await (const user of users) yield infoOf(user);
}
