import type { ApplicationGroup } from './application-groups';
import type { Application, Organization, User } from './records';
import type { Registration } from './registration';

/** Records of one kind, each under a key. */
export interface Collection<R> {
  /** @returns `false` if the key is taken; nothing is changed then */
  insert(key: string, record: R): Promise<boolean>;

  find(key: string): Promise<R | undefined>;

  /**
   * Replaces a record with the result of `change`. A concurrent change is not overwritten: `change` is called again
   * then, so it must have no side effects.
   *
   * @returns the new record, or `undefined` if there is none
   */
  change(key: string, change: (record: R) => R): Promise<R | undefined>;

  /** @returns true if there was one */
  remove(key: string): Promise<boolean>;

  /** Yields all records with their keys; `undefined` for an unreadable one. Concurrent changes may or may not show. */
  list(): AsyncIterable<readonly [key: string, record: R | undefined]>;

  /** Checks whether there are no records at all. */
  isEmpty(): Promise<boolean>;
}

export interface UserCollection extends Collection<User> {
  /**
   * Removes a record if the condition holds for what is stored. A concurrent change is not lost: the condition is checked
   * again then, so it must have no side effects.
   * @returns true if a record was removed
   */
  removeIf(key: string, condition: (record: User) => boolean): Promise<boolean>;
}

/** The outcome of `insertOwned`. `taken`: the key exists. `limited`: the owner has the maximum. */
export type OwnedInsert = 'inserted' | 'taken' | 'limited';

/** Selects a part of a group. */
export interface GroupPage {
  /** The key that the part follows. @default the part begins with the first record */
  readonly after?: string;
  readonly limit: number;
}

/** A pending request for a subscription, as its index lists it. */
export interface RequestEntry {
  /** Its `requestPosition`. */
  readonly position: string;
  readonly applicationId: string;
  /** The record of the application; `undefined` if it cannot be read or has just been removed. */
  readonly record: Application | undefined;
}

/**
 * Applications, with an index by owner and organization, and one of pending requests by organization. An application
 * never changes its owner or organization. Records that were stored without an index are found as well.
 */
export interface ApplicationCollection extends Collection<Application> {
  /** Inserts a record in one step with its index, unless its owner has `maxOfOwner` records or more. */
  insertOwned(key: string, record: Application, maxOfOwner: number): Promise<OwnedInsert>;

  /**
   * Returns records of a group, ordered by key in ASCII, in a number of commands that does not depend on other groups.
   * `undefined` stands for a record that cannot be read or has just been removed. Only a part that is shorter than the
   * limit is the last one.
   */
  listGroup(
    group: ApplicationGroup,
    page: GroupPage,
  ): Promise<readonly (readonly [key: string, record: Application | undefined])[]>;

  /**
   * Returns the pending requests of an organization's applications (`undefined`: of those that belong to none), the
   * oldest first. `change` indexes them, so a record is inserted without any. Only a part that is shorter than the limit
   * is the last one.
   * @param page `after` is the position of a request, which need not exist
   */
  listRequests(organization: string | undefined, page: GroupPage): Promise<readonly RequestEntry[]>;
}

/** Points from a client id to the application that has the key pair. */
export interface ClientPointer {
  readonly applicationId: string;
}

/**
 * Stores the records that are created at run time and those of what is declared. They do not expire. Every method rejects with
 * `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface DirectoryStore {
  readonly organizations: Collection<Organization>;
  readonly users: UserCollection;
  readonly applications: ApplicationCollection;
  readonly clients: Collection<ClientPointer>;
  /** Registrations of what gates declare, under `registrationKey`. */
  readonly declarations: Collection<Registration>;
  /** True if other processes, or a later one, read the records. */
  readonly isShared: boolean;
}
