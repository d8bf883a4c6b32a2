import type { Digest, GrantId } from '../../protocol/secrets';
import { millisecondsUntil, type Clock, type EpochSeconds, type Milliseconds } from '../../protocol/time';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from '../../tokens/records';
import type {
  GrantOwner,
  HeldAccess,
  Rotation,
  RotationOutcome,
  SaveOrder,
  TokenStore,
} from '../../tokens/token-store';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Announcing } from './announcement';
import type { RedisConnection } from './connection';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { decodeAccess, decodePrevious, decodeRefresh, encodeAccess, encodeRefresh } from './records';
import { membersOf } from './replies';
import { endGrant, indexGrant, publishChange, rotateGrant, saveGrant } from './scripts';

const OUTCOMES: ReadonlySet<unknown> = new Set<RotationOutcome>(['rotated', 'spent', 'unknown']);

const isOutcome = (reply: unknown): reply is RotationOutcome => OUTCOMES.has(reply);

/** Tokens in Redis. Each key has a TTL; every read also compares the expiry with the gate's own clock. */
export class RedisTokenStore implements TokenStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #announcing: Announcing;

  /** @param announcing `required`: a change that cannot be announced fails, because other gates may cache. */
  constructor(redis: RedisConnection, keys: Keys, clock: Clock, announcing: Announcing = 'required') {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#announcing = announcing;
  }

  async save(access: AccessTokenRecord, refresh?: RefreshTokenRecord): Promise<SaveOrder> {
    const now = this.#clock();
    const accessTtl = millisecondsUntil(access.expiresAt, now);
    const refreshTtl = refresh === undefined ? 0 : millisecondsUntil(refresh.expiresAt, now);
    if (accessTtl <= 0 && refreshTtl <= 0) return 'ahead';
    const { scriptsResent } = this.#redis;
    const indexArgs = this.#indexArgs(access, Math.max(access.expiresAt, refresh?.expiresAt ?? 0), now);
    const { keys, separateIndexes } = this.#keysOf(access);
    if (separateIndexes.length > 0) await this.#index(separateIndexes, indexArgs);
    const refreshArgs = refresh === undefined || refreshTtl <= 0 ? [] : [encodeRefresh(refresh), refreshTtl];
    await this.#redis.run(saveGrant, keys, [...indexArgs, encodeAccess(access), accessTtl, ...refreshArgs]);
    return this.#redis.isOrdered && this.#redis.scriptsResent === scriptsResent ? 'ahead' : 'unordered';
  }

  find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined> {
    return this.#redis
      .get(this.#keys.access(grantId))
      .then((value) => (typeof value === 'string' ? this.#match(grantId, digest, value) : undefined));
  }

  async heldAccess(grantId: GrantId): Promise<HeldAccess> {
    const value = await this.#redis.command('get', this.#keys.access(grantId));
    if (typeof value !== 'string') return {};
    const [live = '', line] = value.split('\n');
    const access = this.#decode(grantId, live);
    const previous = line === undefined ? undefined : decodePrevious(grantId, line);
    return { ...(access === undefined ? {} : { access }), ...(previous === undefined ? {} : { previous }) };
  }

  async findRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.#unlessExpired(await this.heldRefresh(grantId));
  }

  async heldRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    const value = await this.#redis.command('get', this.#keys.refresh(grantId));
    if (typeof value !== 'string') return undefined;
    const record = decodeRefresh(grantId, value);
    if (record === undefined) this.#redis.logForeignValue();
    return record;
  }

  async rotate({ spent, access, refresh, previousAccessUntil }: Rotation): Promise<RotationOutcome> {
    const now = this.#clock();
    const accessTtl = millisecondsUntil(access.expiresAt, now);
    const refreshTtl = millisecondsUntil(refresh.expiresAt, now);
    if (accessTtl <= 0 || refreshTtl <= 0) return 'unknown';
    const indexArgs = this.#indexArgs(access, Math.max(access.expiresAt, refresh.expiresAt), now);
    const { keys, separateIndexes } = this.#keysOf(access);
    if (separateIndexes.length > 0) await this.#index(separateIndexes, indexArgs);
    const reply = await this.#redis.run(rotateGrant, keys, [
      ...indexArgs,
      encodeAccess(access),
      accessTtl,
      encodeRefresh(refresh),
      refreshTtl,
      refresh.digest,
      spent,
      toMilliseconds(previousAccessUntil),
      this.#keys.changes,
    ]);
    if (reply === 'unannounced' && this.#announcing === 'optional') return 'rotated';
    if (!isOutcome(reply)) throw new StoreUnavailableError('unexpected');
    return reply;
  }

  async revokeGrant(grantId: GrantId): Promise<boolean> {
    return this.#end(grantId, [this.#keys.access(grantId), this.#keys.refresh(grantId)]);
  }

  async revokeAccess(grantId: GrantId): Promise<boolean> {
    return this.#end(grantId, [this.#keys.access(grantId)]);
  }

  async invalidate(grantId: GrantId): Promise<void> {
    const reply = await this.#redis.run(publishChange, [this.#keys.access(grantId)], [this.#keys.changes, grantId]);
    if (reply === 'unannounced' && this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
  }

  async grantsOf(owner: GrantOwner): Promise<readonly GrantId[]> {
    const key = this.#keys.grantsOf(owner);
    const members = await this.#redis.command('zrangebyscore', key, `(${toMilliseconds(this.#clock())}`, '+inf');
    return membersOf(members).filter((member): member is GrantId => typeof member === 'string');
  }

  /** Throws if the end could not be announced: another gate might still serve the token from its cache. */
  async #end(grantId: GrantId, keys: readonly string[]): Promise<boolean> {
    const ended = await this.#redis.run(endGrant, keys, [this.#keys.changes, grantId]);
    if (typeof ended === 'number') return ended > 0;
    if (this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
    return true;
  }

  #indexArgs(
    { grantId }: Grant,
    expiresAt: EpochSeconds,
    now: EpochSeconds,
  ): readonly [GrantId, Milliseconds, Milliseconds] {
    return [grantId, toMilliseconds(expiresAt), toMilliseconds(now)];
  }

  /**
   * Returns the keys of a script that writes tokens: the grant's, and the indexes of its owners, which it writes first.
   * An entry without a token is harmless, but a token missing from an index cannot be revoked with its owner's other
   * tokens. A Cluster may store the indexes on other servers: `separateIndexes` are to be written beforehand.
   */
  #keysOf({ grantId, clientId, subject }: Grant): {
    readonly keys: readonly string[];
    readonly separateIndexes: readonly string[];
  } {
    const keys = [this.#keys.access(grantId), this.#keys.refresh(grantId)];
    const indexes = [this.#keys.grantsOf({ clientId })];
    if (subject !== undefined) indexes.push(this.#keys.grantsOf({ subject }));
    return this.#redis.isOrdered
      ? { keys: [...keys, ...indexes], separateIndexes: [] }
      : { keys, separateIndexes: indexes };
  }

  async #index(indexes: readonly string[], args: readonly [GrantId, Milliseconds, Milliseconds]): Promise<void> {
    await Promise.all(indexes.map((index) => this.#redis.run(indexGrant, [index], args)));
  }

  /** Finds the record of a token in a grant's access key: on the line of the last token, or of the one before it. */
  #match(grantId: GrantId, digest: Digest, value: string): AccessTokenRecord | undefined {
    const end = value.indexOf('\n');
    const record = this.#decode(grantId, end === -1 ? value : value.slice(0, end));
    if (record?.digest === digest) return this.#unlessExpired(record);
    const previous = end === -1 ? undefined : decodePrevious(grantId, value.slice(end + 1));
    return previous?.digest === digest ? this.#unlessExpired(previous) : undefined;
  }

  #decode(grantId: GrantId, line: string): AccessTokenRecord | undefined {
    const record = decodeAccess(grantId, line);
    if (record === undefined) this.#redis.logForeignValue();
    return record;
  }

  #unlessExpired<R extends { readonly expiresAt: EpochSeconds }>(record: R | undefined): R | undefined {
    return record !== undefined && record.expiresAt > this.#clock() ? record : undefined;
  }
}
