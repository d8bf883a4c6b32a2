import type { ClientPointer, Collection, DirectoryStore } from '../../directory/directory-store';
import type { Application, Organization, User } from '../../directory/records';

class MemoryCollection<R> implements Collection<R> {
  readonly #records = new Map<string, R>();

  async insert(key: string, record: R): Promise<boolean> {
    if (this.#records.has(key)) return false;
    this.#records.set(key, record);
    return true;
  }

  async find(key: string): Promise<R | undefined> {
    return this.#records.get(key);
  }

  async change(key: string, change: (record: R) => R): Promise<R | undefined> {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    const changed = change(record);
    this.#records.set(key, changed);
    return changed;
  }

  async remove(key: string): Promise<boolean> {
    return this.#records.delete(key);
  }

  async *list(): AsyncGenerator<readonly [string, R]> {
    yield* [...this.#records];
  }

  async isEmpty(): Promise<boolean> {
    return this.#records.size === 0;
  }
}

/** Directory in the memory of this process: records created here are lost when the process ends. */
export class MemoryDirectoryStore implements DirectoryStore {
  readonly organizations: Collection<Organization> = new MemoryCollection<Organization>();
  readonly users: Collection<User> = new MemoryCollection<User>();
  readonly applications: Collection<Application> = new MemoryCollection<Application>();
  readonly clients: Collection<ClientPointer> = new MemoryCollection<ClientPointer>();
}
