import type { ClientPointer } from '../directory/directory-store';
import type { DirectoryCaches, RecordCache } from '../directory/record-cache';
import type { Application, Organization, User } from '../directory/records';
import type { CacheSettings } from './near-cache';
import { grantIdIn } from '../protocol/secrets';
import type { Clock } from '../protocol/time';
import type { AccessTokenRecord } from '../tokens/records';
import { NearCache } from './near-cache';

const BYTES_OF_A_TOKEN = 1_300; // measured: text, record, index and their objects, without scopes and names
const BYTES_OF_A_RECORD = 2_000; // of the directory; the operator decides how many there are

const sizeOfToken = ({ clientId, subject = '', organization = '', ...lists }: AccessTokenRecord): number =>
  BYTES_OF_A_TOKEN +
  clientId.length +
  subject.length +
  organization.length +
  [...lists.scopes, ...lists.subscriptions].reduce((sum, name) => sum + name.length, 0);

/** Caches records of one kind. A record is evicted when a change of its key is announced. */
export class NearRecords<R extends object> implements RecordCache<R> {
  readonly #cache: NearCache<R>;

  constructor({ maxEntries, maxAge }: CacheSettings, isCoherent: () => boolean) {
    const isValid = (): boolean => true;
    const [groupOf, sizeOf] = [(key: string) => key, () => BYTES_OF_A_RECORD];
    this.#cache = new NearCache({ maxEntries, maxAge, groupOf, isCoherent, isValid, sizeOf });
  }

  peek(key: string): R | undefined {
    return this.#cache.peek(key);
  }

  load(key: string, load: () => Promise<R | undefined>): Promise<R | undefined> {
    return this.#cache.load(key, load);
  }

  evict(key: string): void {
    this.#cache.evict(key);
  }

  flush(): void {
    this.#cache.flush();
  }
}

export interface NearDirectory extends DirectoryCaches {
  readonly organizations: NearRecords<Organization>;
  readonly users: NearRecords<User>;
  readonly applications: NearRecords<Application>;
  readonly clients: NearRecords<ClientPointer>;
}

/** The caches of one gate. They receive every change as long as `isCoherent` returns true. */
export class NearCaches {
  readonly tokens: NearCache<AccessTokenRecord>;
  readonly directory: NearDirectory;

  constructor(settings: CacheSettings, clock: Clock, isCoherent: () => boolean) {
    this.tokens = new NearCache({
      ...settings,
      groupOf: grantIdIn,
      isCoherent,
      isValid: ({ expiresAt }) => expiresAt > clock(),
      sizeOf: sizeOfToken,
    });
    this.directory = {
      organizations: new NearRecords<Organization>(settings, isCoherent),
      users: new NearRecords<User>(settings, isCoherent),
      applications: new NearRecords<Application>(settings, isCoherent),
      clients: new NearRecords<ClientPointer>(settings, isCoherent),
    };
  }

  /** Evicts all entries, because changes may have been missed. */
  flush(): void {
    this.tokens.flush();
    const { organizations, users, applications, clients } = this.directory;
    for (const records of [organizations, users, applications, clients]) records.flush();
  }
}
