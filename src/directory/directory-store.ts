import type { Application, Organization, User } from './records';

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

/** Points from a client id to the application that has the key pair. */
export interface ClientPointer {
  readonly applicationId: string;
}

/**
 * Stores the records that are created at run time, which do not expire. Every method rejects with
 * `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface DirectoryStore {
  readonly organizations: Collection<Organization>;
  readonly users: Collection<User>;
  readonly applications: Collection<Application>;
  readonly clients: Collection<ClientPointer>;
}
