import type { Digest, GrantId } from '../../protocol/secrets';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from '../../tokens/records';
import type { HeldAccess } from '../../tokens/token-store';
import type { RedisConnection } from './connection';
import { isUnder, type TokenKind } from './epochs';
import type { Keys } from './keys';
import { decodeAccess, decodePrevious, decodeRefresh, type Stamped } from './records';
import { membersOf } from './replies';
import type { SharedReads } from './shared-reads';
import { epochKeysIn } from './stored-names';
import type { TickReads } from './tick-reads';
import { readTokens } from './token-scripts';

/** The value of a token's key, and the epochs of its principals; an absent epoch is an empty string. */
interface StoredToken {
  readonly value: string;
  readonly epochs: readonly string[];
}

/** Reads tokens, expired or not. One that was issued under an epoch that was replaced or lost is absent. */
export class TokenReads {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #reads: TickReads<StoredToken | undefined>;
  readonly #epochs: SharedReads<unknown>;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
    this.#reads = redis.tickReads((requested) => this.#readAll(requested));
    this.#epochs = redis.sharedReads();
  }

  async access(grantId: GrantId, digest?: Digest): Promise<HeldAccess> {
    const stored = await this.#read(this.#keys.access(grantId), 'access');
    if (stored === undefined) return {};
    const end = stored.value.indexOf('\n');
    const access = this.#decoded(decodeAccess(grantId, end === -1 ? stored.value : stored.value.slice(0, end), digest));
    const previous = end === -1 ? undefined : decodePrevious(grantId, stored.value.slice(end + 1), digest);
    const held = {
      access: this.#unlessEnded(access, stored, 'access'),
      previous: this.#unlessEnded(previous, stored, 'access'),
    };
    return {
      ...(held.access === undefined ? {} : { access: held.access }),
      ...(held.previous === undefined ? {} : { previous: held.previous }),
    };
  }

  async refresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    const stored = await this.#read(this.#keys.refresh(grantId), 'refresh');
    if (stored === undefined) return undefined;
    return this.#unlessEnded(this.#decoded(decodeRefresh(grantId, stored.value)), stored, 'refresh');
  }

  /** Returns the grant of tokens that are stored, whether or not they have ended; for a Cluster. */
  async grant(grantId: GrantId): Promise<Grant | undefined> {
    const access = await this.#redis.command('get', this.#keys.access(grantId));
    if (typeof access === 'string') return decodeAccess(grantId, access.split('\n', 1)[0] ?? '')?.record;
    const refresh = await this.#redis.command('get', this.#keys.refresh(grantId));
    return typeof refresh === 'string' ? decodeRefresh(grantId, refresh)?.record : undefined;
  }

  #read(key: string, kind: TokenKind): Promise<StoredToken | undefined> {
    return this.#redis.isOrdered ? this.#reads.get(key) : this.#readInCluster(key, kind);
  }

  async #readAll(keys: readonly string[]): Promise<readonly (StoredToken | undefined)[]> {
    const members = membersOf(await this.#redis.run(readTokens, keys, []));
    return keys.map((_key, index) => this.#storedOf(members[2 * index], members[2 * index + 1]));
  }

  /** A key of another type is absent, so that it does not keep the other reads of its tick from their values. */
  #storedOf(value: unknown, epochs: unknown): StoredToken | undefined {
    if (typeof value !== 'string') this.#redis.logForeignValue();
    if (typeof value !== 'string' || value === '') return undefined;
    return { value, epochs: typeof epochs === 'string' ? epochs.split('\t') : [] };
  }

  /**
   * The epochs may be on other servers than the token, which has the names of its principals. Tokens that arrive together
   * often have the same client or organization.
   */
  async #readInCluster(key: string, kind: TokenKind): Promise<StoredToken | undefined> {
    const value = await this.#redis.command('get', key);
    if (typeof value !== 'string') return undefined;
    const epochs = epochKeysIn(this.#keys, value, kind).map((epoch) => this.#epochs.get(epoch));
    return { value, epochs: (await Promise.all(epochs)).map((epoch) => (typeof epoch === 'string' ? epoch : '')) };
  }

  #decoded<R>(stamped: Stamped<R> | undefined): Stamped<R> | undefined {
    if (stamped === undefined) this.#redis.logForeignValue();
    return stamped;
  }

  #unlessEnded<R extends AccessTokenRecord | RefreshTokenRecord>(
    stamped: Stamped<R> | undefined,
    { epochs }: StoredToken,
    kind: TokenKind,
  ): R | undefined {
    return stamped !== undefined && isUnder(epochs, stamped.stamp, kind) ? stamped.record : undefined;
  }
}
