import type { ClientPointer } from './directory-store';
import type { Application, Organization, User } from './records';

/** Records of one noun that were looked up a moment ago, by key. */
export interface RecordCache<R> {
  /** A record that every change until now would have removed. */
  peek(key: string): R | undefined;

  /** Asks `load` once for all who ask at the same time, and keeps the answer unless the record changed meanwhile. */
  load(key: string, load: () => Promise<R | undefined>): Promise<R | undefined>;
}

export interface DirectoryCaches {
  readonly organizations: RecordCache<Organization>;
  readonly users: RecordCache<User>;
  readonly applications: RecordCache<Application>;
  readonly clients: RecordCache<ClientPointer>;
}

const nothingCached: RecordCache<never> = { peek: () => undefined, load: (_key, load) => load() };

/** Where nothing is to be cached. */
export const noDirectoryCaches: DirectoryCaches = {
  organizations: nothingCached,
  users: nothingCached,
  applications: nothingCached,
  clients: nothingCached,
};
