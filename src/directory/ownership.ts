import type { Application } from './records';

/** A user to whom applications may belong. */
export interface Owner {
  /** The full name in its normal form, or the id that a `users` function returns. */
  readonly name: string;
  readonly organization?: string;
  /** The id of the user's record. Absent for declared users, and for those of a `users` function. */
  readonly id: string | undefined;
}

export interface OwnershipRules {
  /** Returns the normal form of a full name: an application may spell its owner differently. */
  readonly nameOf: (owner: string) => string;
  readonly isDeclared: (application: Application) => boolean;
}

/**
 * Checks whether an application belongs to a user. The name is not enough, because the next user of a name inherits
 * nothing: an application that was created at run time belongs to the user whose id it stores, and without one to a
 * user without one. The options declare an owner by name alone.
 */
export const isOwnedBy = (
  application: Application,
  { name, organization, id }: Owner,
  { nameOf, isDeclared }: OwnershipRules,
): boolean =>
  application.owner !== undefined &&
  application.organization === organization &&
  (application.owner === name || nameOf(application.owner) === name) &&
  (isDeclared(application) || application.ownerId === id);

/** Checks whether the users that own two applications of one group are different, although their names are the same. */
export const isOfAnotherUser = (one: Application, other: Application): boolean => one.ownerId !== other.ownerId;
