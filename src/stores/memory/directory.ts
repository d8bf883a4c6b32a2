import { groupKeyOf, groupsOf, type ApplicationGroup } from '../../directory/application-groups';
import type {
  ApplicationCollection,
  ClientPointer,
  Collection,
  DirectoryStore,
  GroupPage,
  OwnedInsert,
  RequestEntry,
  UserCollection,
} from '../../directory/directory-store';
import type { Application, Organization, User } from '../../directory/records';
import type { Registration } from '../../directory/registration';
import { pendingPositions } from '../../directory/subscription-requests';
import { KeysByOwner } from './keys-by-owner';

class MemoryCollection<R> implements Collection<R> {
  readonly #records = new Map<string, R>();

  has(key: string): boolean {
    return this.#records.has(key);
  }

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

  async removeIf(key: string, condition: (record: R) => boolean): Promise<boolean> {
    const record = this.#records.get(key);
    return record !== undefined && condition(record) && this.#records.delete(key);
  }

  async *list(): AsyncGenerator<readonly [string, R]> {
    yield* [...this.#records];
  }

  async isEmpty(): Promise<boolean> {
    return this.#records.size === 0;
  }
}

const organizationKey = ({ organization }: Application): string => groupKeyOf({ organization });

class MemoryApplications extends MemoryCollection<Application> implements ApplicationCollection {
  readonly #groups = new Map<string, Set<string>>();
  /** The ids of applications with pending requests, by organization. */
  readonly #requesting = new KeysByOwner<string>();

  override async insert(id: string, record: Application): Promise<boolean> {
    return (await this.insertOwned(id, record, Infinity)) === 'inserted';
  }

  async insertOwned(id: string, record: Application, maxOfOwner: number): Promise<OwnedInsert> {
    const [ofOwner] = groupsOf(record);
    if (this.has(id)) return 'taken';
    if (this.#idsOf(ofOwner).size >= maxOfOwner) return 'limited';
    for (const group of groupsOf(record)) this.#groups.set(groupKeyOf(group), this.#idsOf(group).add(id));
    await super.insert(id, record); // in this tick, so no other call comes between
    return 'inserted';
  }

  override async change(id: string, change: (record: Application) => Application): Promise<Application | undefined> {
    const changed = await super.change(id, change);
    if (changed === undefined) return undefined;
    if (pendingPositions(changed).length > 0) this.#requesting.add(organizationKey(changed), id);
    else this.#requesting.delete(organizationKey(changed), id);
    return changed;
  }

  override async remove(id: string): Promise<boolean> {
    const record = await this.find(id);
    if (record !== undefined) this.#requesting.delete(organizationKey(record), id);
    for (const group of record === undefined ? [] : groupsOf(record)) {
      const ids = this.#idsOf(group);
      ids.delete(id);
      if (ids.size === 0) this.#groups.delete(groupKeyOf(group));
    }
    return super.remove(id);
  }

  async listGroup(
    group: ApplicationGroup,
    { after = '', limit }: GroupPage,
  ): Promise<readonly (readonly [id: string, record: Application | undefined])[]> {
    const ids = [...this.#idsOf(group)].filter((id) => id > after).sort();
    return Promise.all(ids.slice(0, limit).map(async (id) => [id, await this.find(id)] as const));
  }

  async listRequests(
    organization: string | undefined,
    { after = '', limit }: GroupPage,
  ): Promise<readonly RequestEntry[]> {
    const ids = [...this.#requesting.of(groupKeyOf({ organization }))];
    const found = await Promise.all(
      ids.map(async (applicationId): Promise<readonly RequestEntry[]> => {
        const record = await this.find(applicationId);
        return pendingPositions(record).map((position) => ({ position, applicationId, record }));
      }),
    );
    return found
      .flat()
      .filter(({ position }) => position > after)
      .sort((one, other) => (one.position < other.position ? -1 : 1))
      .slice(0, limit);
  }

  #idsOf(group: ApplicationGroup): Set<string> {
    return this.#groups.get(groupKeyOf(group)) ?? new Set();
  }
}

/** Directory in the memory of this process: records created here are lost when the process ends. */
export class MemoryDirectoryStore implements DirectoryStore {
  readonly organizations: Collection<Organization> = new MemoryCollection<Organization>();
  readonly users: UserCollection = new MemoryCollection<User>();

  readonly applications: ApplicationCollection = new MemoryApplications();
  readonly clients: Collection<ClientPointer> = new MemoryCollection<ClientPointer>();
  readonly declarations: Collection<Registration> = new MemoryCollection<Registration>();
  readonly isShared: boolean;

  /** @param isShared true if several gates read the store, so that it must not hold passwords in clear text */
  constructor(isShared = false) {
    this.isShared = isShared;
  }
}
