import type { ClientPointer } from './directory-store';
import type { Application, Organization, User } from './records';
import type { Registration } from './registration';

/** Recently read records of one kind, by key. */
export interface RecordCache<R> {
  /** Returns the cached record, synchronously. Any change received so far would have evicted it. */
  peek(key: string): R | undefined;

  /** Calls `load` once for all concurrent calls, and caches its result unless the record changed during the call. */
  load(key: string, load: () => Promise<R | undefined>): Promise<R | undefined>;
}

export interface DirectoryCaches {
  readonly organizations: RecordCache<Organization>;
  readonly users: RecordCache<User>;
  readonly applications: RecordCache<Application>;
  readonly clients: RecordCache<ClientPointer>;
  readonly declarations: RecordCache<Registration>;
}

const nothingCached: RecordCache<never> = { peek: () => undefined, load: (_key, load) => load() };

/** Caches that store nothing. */
export const noDirectoryCaches: DirectoryCaches = {
  organizations: nothingCached,
  users: nothingCached,
  applications: nothingCached,
  clients: nothingCached,
  declarations: nothingCached,
};
