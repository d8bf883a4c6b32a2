import type { Application, Organization, User } from './records';

/** Records of one kind, each under a key. */
export interface Collection<R> {
  /** @returns `false` when the key is taken; nothing was changed then. */
  insert(key: string, record: R): Promise<boolean>;

  find(key: string): Promise<R | undefined>;

  /**
   * Replaces a record by what `change` returns. A concurrent change is not overwritten: `change` is called
   * again then, so it must have no side effects.
   *
   * @returns the new record, or `undefined` when there is none.
   */
  change(key: string, change: (record: R) => R): Promise<R | undefined>;

  /** @returns whether there was one. */
  remove(key: string): Promise<boolean>;

  /** All records with their keys, `undefined` for one that cannot be read. What changes meanwhile may be in or out. */
  list(): AsyncIterable<readonly [key: string, record: R | undefined]>;

  /** Checks whether there is none at all. */
  isEmpty(): Promise<boolean>;
}

/** Points from a client id to the application that has the key pair. */
export interface ClientPointer {
  readonly applicationId: string;
}

/**
 * Records that were made at run time. They have no expiry. Every method rejects with `StoreUnavailableError` when the store
 * cannot be asked or fails.
 */
export interface DirectoryStore {
  readonly organizations: Collection<Organization>;
  readonly users: Collection<User>;
  readonly applications: Collection<Application>;
  readonly clients: Collection<ClientPointer>;
}
