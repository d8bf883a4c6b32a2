import type { ClientPointer } from '../directory/directory-store';
import type { DirectoryCaches } from '../directory/record-cache';
import type { Application, Organization, User } from '../directory/records';
import type { Registration } from '../directory/registration';
import { grantIdIn } from '../protocol/secrets';
import type { Clock } from '../protocol/time';
import { printPrincipal, principalsOf, type Principal } from '../tokens/principal';
import type { AccessTokenRecord } from '../tokens/records';
import type { TokenCache } from '../tokens/token-cache';
import type { Change } from './change-feed';
import { NearCache, type CacheSettings } from './near-cache';

const BYTES_OF_A_TOKEN = 1_400; // measured: text, record, index and their objects, without scopes and names
const BYTES_OF_A_RECORD = 2_000; // of the directory; the operator decides how many there are

const sizeOfToken = (record: AccessTokenRecord): number => {
  const { clientId, subject = '', organization = '', consent = '', audience = '', scopes, subscriptions } = record;
  const texts = [clientId, subject, organization, consent, audience, ...scopes, ...subscriptions];
  return texts.reduce((sum, text) => sum + text.length, BYTES_OF_A_TOKEN);
};

/** How directory records are cached: each is a group of its own, and is valid until a change of it is received. */
const ofRecords = {
  groupOf: (key: string): string => key,
  tagsOf: (): readonly string[] => [],
  isValid: (): boolean => true,
  sizeOf: (): number => BYTES_OF_A_RECORD,
};

interface DirectoryNearCaches extends DirectoryCaches {
  readonly organizations: NearCache<Organization>;
  readonly users: NearCache<User>;
  readonly applications: NearCache<Application>;
  readonly clients: NearCache<ClientPointer>;
  readonly declarations: NearCache<Registration>;
}

/** A near cache of access tokens: each has its grant as a group, and the principals of its grant as tags. */
export class TokenNearCache extends NearCache<AccessTokenRecord> implements TokenCache {
  evictAllOf(principal: Principal): void {
    this.evictTag(printPrincipal(principal));
  }
}

/** The caches of one gate. They are used only while `isCoherent` returns true. */
export class GateCaches {
  readonly tokens: TokenNearCache;
  readonly directory: DirectoryNearCaches;

  constructor(settings: CacheSettings, clock: Clock, isCoherent: () => boolean) {
    this.tokens = new TokenNearCache({
      ...settings,
      groupOf: grantIdIn,
      tagsOf: (record) => principalsOf(record).map(printPrincipal),
      isCoherent,
      isValid: ({ expiresAt }) => expiresAt > clock(),
      sizeOf: sizeOfToken,
    });
    const records = { ...settings, ...ofRecords, isCoherent };
    this.directory = {
      organizations: new NearCache<Organization>(records),
      users: new NearCache<User>(records),
      applications: new NearCache<Application>(records),
      clients: new NearCache<ClientPointer>(records),
      declarations: new NearCache<Registration>(records),
    };
  }

  /** Evicts what has changed. */
  evict(change: Change): void {
    if ('grantId' in change) this.tokens.evict(change.grantId);
    else if ('principal' in change) this.tokens.evictAllOf(change.principal);
    else this.directory[change.noun].evict(change.key);
  }

  /** Evicts all entries, because changes may have been missed. */
  flush(): void {
    this.tokens.flush();
    for (const records of Object.values<{ flush(): void }>({ ...this.directory })) records.flush();
  }
}
