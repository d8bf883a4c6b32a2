import type { Digest, GrantId } from '../../protocol/secrets';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from '../../tokens/records';
import type { HeldAccess } from '../../tokens/token-store';
import type { RedisConnection } from './connection';
import { isUnder, type TokenKind } from './epochs';
import { FrequentKeys } from './frequent-keys';
import type { Keys } from './keys';
import { decodeAccess, decodePrevious, decodeRefresh, type Stamped } from './records';
import { membersOf } from './replies';
import type { SharedRead, SharedReads } from './shared-reads';
import { epochKeysIn } from './stored-names';
import type { TickReads } from './tick-reads';
import { readTokens } from './token-scripts';

/** The value of a key of a grant, and the epochs of its principals; an absent epoch is an empty string. */
export interface StoredToken {
  readonly value: string;
  readonly epochs: readonly string[];
}

type EarlyReads = ReadonlyMap<string, SharedRead<unknown>>;

/** Reads tokens, expired or not. One that was issued under an epoch that was replaced or lost is absent. */
export class TokenReads {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #reads: TickReads<StoredToken | undefined>;
  readonly #epochs: SharedReads<unknown>;
  readonly #frequent = new FrequentKeys();

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
    this.#reads = redis.tickReads((requested) => this.#readAll(requested));
    this.#epochs = redis.sharedReads();
  }

  /**
   * Returns the same as `access` for a token that is presented. In a Cluster, epochs that many tokens need are read
   * together with the token. That is enough to accept it, because all is read after the call; it is refused only by
   * epochs that are read after the token.
   */
  presented(grantId: GrantId, digest: Digest): Promise<HeldAccess> {
    const frequent = this.#frequent.all;
    if (this.#redis.isOrdered || frequent.size === 0) return this.access(grantId, digest);
    return this.#readWith(new Map(Array.from(frequent, (key) => [key, this.#epochs.begin(key)])), grantId, digest);
  }

  async access(grantId: GrantId, digest?: Digest): Promise<HeldAccess> {
    const stored = await this.read(this.#keys.access(grantId), 'access');
    return stored === undefined ? {} : this.#heldIn(stored, grantId, digest);
  }

  async #readWith(early: EarlyReads, grantId: GrantId, digest: Digest): Promise<HeldAccess> {
    const value = await this.#redis.command('get', this.#keys.access(grantId));
    if (typeof value !== 'string') return {};
    const held = this.#heldIn({ value, epochs: await this.#epochsOf(value, 'access', early) }, grantId, digest);
    const isAccepted = held.access?.digest === digest || held.previous?.digest === digest;
    return isAccepted ? held : this.access(grantId, digest);
  }

  #heldIn(stored: StoredToken, grantId: GrantId, digest: Digest | undefined): HeldAccess {
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
    const stored = await this.read(this.#keys.refresh(grantId), 'refresh');
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

  /** Reads a key of a grant, in one step with the epochs if it is on a single server. */
  read(key: string, kind: TokenKind): Promise<StoredToken | undefined> {
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
    return { value, epochs: await this.#epochsOf(value, kind) };
  }

  /** @param early reads that have already begun, by key */
  async #epochsOf(value: string, kind: TokenKind, early: EarlyReads = new Map()): Promise<readonly string[]> {
    const keys = epochKeysIn(this.#keys, value, kind);
    this.#frequent.count(keys);
    const reads = keys.map((key) => {
      const read = early.get(key);
      return read === undefined ? this.#epochs.get(key) : this.#epochs.wait(read);
    });
    return (await Promise.all(reads)).map((epoch) => (typeof epoch === 'string' ? epoch : ''));
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
