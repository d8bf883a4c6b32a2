import type { Directory } from '../directory/directory';
import type { Passwords } from '../directory/passwords';
import type { OnRefused } from '../directory/work-queue';
import type { Logger } from '../events/logger';
import type { Milliseconds } from '../protocol/time';
import type { Throttle } from '../throttle/throttle';
import { createBuiltInUsers } from './built-in-users';
import { RenewedHashes } from './renewed-hashes';
import type { ResourceOwners, SignIn } from './resource-owners';
import { createThrottledOwners } from './throttled-owners';
import type { UserSource } from './user-source';
import { createFunctionUsers } from './users-function';

export interface OwnersServices {
  /** The option `users`, if it is a function; `undefined` for the built-in directory. */
  readonly users: UserSource | undefined;
  readonly usersDeadline: Milliseconds;
  readonly directory: Directory;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  /** Called after each sign-in with a wrong name or password. */
  readonly onFailed: (signIn: SignIn) => void;
  /** Called for each sign-in that is refused because too many wait, or because it waited too long. */
  readonly onRefused: OnRefused;
  /** Called if a `users` function no longer has a user. */
  readonly onGone: (subject: string) => Promise<void>;
  readonly logger: Logger;
}

/** Creates the resource owners of a gate: built-in users or a users function, behind the limits on failed sign-ins. */
export const createOwners = (services: OwnersServices): ResourceOwners => {
  const { users, directory, passwords, throttle, onFailed, logger } = services;
  const owners =
    users === undefined
      ? createBuiltInUsers(directory, passwords, new RenewedHashes(directory, passwords, logger))
      : createFunctionUsers(users, directory, services);
  return createThrottledOwners(owners, throttle, onFailed);
};
