import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest, GrantId } from '../../protocol/secrets';
import { millisecondsUntil, type Clock, type EpochSeconds, type Milliseconds } from '../../protocol/time';
import type { GrantOwner, Principal } from '../../tokens/principal';
import type { AccessTokenRecord, RefreshTokenRecord } from '../../tokens/records';
import type { Ends, HeldAccess, Rotation, RotationOutcome, SaveOrder, TokenStore } from '../../tokens/token-store';
import { announcementOfEpoch, type Announcing } from './announcement';
import type { RedisConnection } from './connection';
import { newEpoch, stampOf } from './epochs';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { encodeAccess, encodeRefresh } from './records';
import { publishChange } from './scripts';
import { epochKeyOf, epochKeysOf } from './stored-names';
import { TokenIndex, type IndexPage, type Position } from './token-index';
import { TokenReads } from './token-reads';
import { endGrant, openOneEpoch, replaceEpoch, rotateGrant, saveGrant } from './token-scripts';

const OUTCOMES: ReadonlySet<unknown> = new Set<RotationOutcome>(['rotated', 'spent', 'unknown']);

const isOutcome = (reply: unknown): reply is RotationOutcome => OUTCOMES.has(reply);

// A replaced epoch also ends tokens of the first version, which carry none. No refresh token lives longer than a year.
const REPLACED_FOR_MS: Milliseconds = 31_536_000_000;

/** The tokens that a script writes. */
interface Written {
  readonly access: AccessTokenRecord;
  readonly refresh: RefreshTokenRecord | undefined;
}

/** Keys and arguments of a script. */
type WriteArgs = readonly [keys: readonly string[], args: readonly (string | number)[]];

/** Tokens in Redis. Each key has a TTL; every read also compares the expiry with the gate's own clock. */
export class RedisTokenStore implements TokenStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #announcing: Announcing;
  readonly #reads: TokenReads;
  readonly #index: TokenIndex;

  /** @param announcing `required`: a change that cannot be announced fails, because other gates may cache. */
  constructor(redis: RedisConnection, keys: Keys, clock: Clock, announcing: Announcing = 'required') {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#announcing = announcing;
    this.#reads = new TokenReads(redis, keys);
    this.#index = new TokenIndex(redis, clock);
  }

  async save(access: AccessTokenRecord, refresh?: RefreshTokenRecord): Promise<SaveOrder> {
    const now = this.#clock();
    const refreshTtl = refresh === undefined ? 0 : millisecondsUntil(refresh.expiresAt, now);
    if (millisecondsUntil(access.expiresAt, now) <= 0 && refreshTtl <= 0) return 'ahead';
    const { scriptsResent } = this.#redis;
    const written = { access, refresh: refreshTtl > 0 ? refresh : undefined };
    const { isOrdered } = this.#redis;
    const [keys, args] = isOrdered ? this.#writeArgs(written, now) : await this.#writeArgsInCluster(written, now);
    await this.#redis.run(saveGrant, keys, args);
    return isOrdered && this.#redis.scriptsResent === scriptsResent ? 'ahead' : 'unordered';
  }

  async find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined> {
    const { access, previous } = await this.#reads.access(grantId, digest);
    if (access?.digest === digest) return this.#unlessExpired(access);
    return previous?.digest === digest ? this.#unlessExpired(previous) : undefined;
  }

  heldAccess(grantId: GrantId, digest?: Digest): Promise<HeldAccess> {
    return this.#reads.access(grantId, digest);
  }

  heldRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.#reads.refresh(grantId);
  }

  async findRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.#unlessExpired(await this.#reads.refresh(grantId));
  }

  async rotate({ spent, access, refresh, previousAccessUntil }: Rotation): Promise<RotationOutcome> {
    const now = this.#clock();
    if (Math.min(...[access, refresh].map(({ expiresAt }) => millisecondsUntil(expiresAt, now))) <= 0) return 'unknown';
    // In a Cluster, the script cannot compare the epochs.
    if (!this.#redis.isOrdered && (await this.#reads.refresh(access.grantId)) === undefined) return 'unknown';
    const [keys, args] = this.#redis.isOrdered
      ? this.#writeArgs({ access, refresh }, now)
      : await this.#writeArgsInCluster({ access, refresh }, now);
    const graceEnd = toMilliseconds(previousAccessUntil);
    const reply = await this.#redis.run(rotateGrant, keys, [
      ...args,
      refresh.digest,
      spent,
      graceEnd,
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

  async replaceEpoch(principal: Principal, ends: Ends): Promise<boolean> {
    const args = [newEpoch(), ends, REPLACED_FOR_MS, this.#keys.changes, announcementOfEpoch(principal)];
    const replacing = this.#redis.run(replaceEpoch, [epochKeyOf(this.#keys, principal)], args);
    // An index that cannot be read says nothing about what has ended.
    const counting = this.#hasAnyGrant(principal).catch(() => true);
    const reply = await replacing;
    if (reply === 'unannounced' && this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
    return 'organization' in principal ? reply !== 0 : counting;
  }

  grantsOf(owner: GrantOwner): AsyncIterable<readonly GrantId[]> {
    return this.#index.pages(this.#keys.grantsOf(owner));
  }

  async freeEnded(owner: GrantOwner): Promise<void> {
    const index = this.#keys.grantsOf(owner);
    let position: Position | undefined;
    do {
      const { grants, ofLast, next }: IndexPage = await this.#index.page(index, position);
      const removed = new Set<GrantId>(await this.#freeEnded(index, grants));
      const ofLastRemoved = grants.slice(-ofLast).filter((grantId) => removed.has(grantId)).length;
      position = next && { ...next, skip: next.skip - ofLastRemoved };
    } while (position !== undefined);
  }

  /**
   * Deletes the grants that have nothing left. What has ended is never replaced, so no live key is deleted.
   * @returns those that were removed from the index
   */
  async #freeEnded(index: string, grants: readonly GrantId[]): Promise<readonly GrantId[]> {
    const isLeft = await Promise.all(
      grants.map(async (grantId) => {
        const [{ access }, refresh] = await Promise.all([this.#reads.access(grantId), this.#reads.refresh(grantId)]);
        return access !== undefined || refresh !== undefined;
      }),
    );
    const ended = grants.filter((_grantId, place) => isLeft[place] === false);
    const keys = ended.map((grantId) => [this.#keys.access(grantId), this.#keys.refresh(grantId)]);
    if (!this.#redis.isOrdered) {
      await Promise.all(keys.map((ofGrant) => this.#redis.command('del', ...ofGrant)));
      return []; // in a Cluster, a grant is in the index before it is stored
    }
    if (ended.length > 0) await this.#redis.command('del', ...keys.flat());
    await this.#index.remove(index, ended);
    return ended;
  }

  /** Throws if the end could not be announced: another gate might still serve the token from its cache. */
  async #end(grantId: GrantId, keys: readonly string[]): Promise<boolean> {
    const ended = await this.#redis.run(endGrant, keys, [this.#keys.changes, grantId]);
    if (typeof ended === 'number') return ended > 0;
    if (this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
    return true;
  }

  async #hasAnyGrant(principal: Principal): Promise<boolean> {
    return 'organization' in principal || this.#index.hasAny(this.#keys.grantsOf(principal));
  }

  /**
   * Returns the keys and arguments of a script that writes tokens on a single server: it writes the indexes first, and
   * opens the epochs. Synchronous, so that no later command of the caller can be sent before the script.
   */
  #writeArgs(written: Written, now: EpochSeconds): WriteArgs {
    const { keys, indexes, indexArgs, tokens, epochs, lifetime } = this.#partsOf(written, now);
    const args = [...indexArgs, ...tokens, indexes.length, '', '', newEpoch(), lifetime];
    return [[...keys, ...indexes, ...epochs], args];
  }

  /** Returns the same for a Cluster, after writing indexes and epochs, which it may store on other servers. */
  async #writeArgsInCluster(written: Written, now: EpochSeconds): Promise<WriteArgs> {
    const { keys, indexes, indexArgs, tokens, epochs, lifetime } = this.#partsOf(written, now);
    const [opened] = await Promise.all([this.#openEpochs(epochs, lifetime), this.#index.add(indexes, indexArgs)]);
    return [keys, [...indexArgs, ...tokens, 0, stampOf(opened, 'access'), stampOf(opened, 'refresh'), '', 0]];
  }

  #partsOf({ access, refresh }: Written, now: EpochSeconds) {
    const { grantId, clientId, subject } = access;
    const expiresAt = Math.max(access.expiresAt, refresh?.expiresAt ?? 0);
    const indexes = [{ clientId }, ...(subject === undefined ? [] : [{ subject }])].map((owner) =>
      this.#keys.grantsOf(owner),
    );
    return {
      keys: [this.#keys.access(grantId), this.#keys.refresh(grantId)],
      indexes,
      indexArgs: [grantId, toMilliseconds(expiresAt), toMilliseconds(now)] as const,
      tokens: [
        encodeAccess(access),
        millisecondsUntil(access.expiresAt, now),
        refresh === undefined ? '' : encodeRefresh(refresh),
        refresh === undefined ? 0 : millisecondsUntil(refresh.expiresAt, now),
      ],
      epochs: epochKeysOf(this.#keys, access),
      lifetime: millisecondsUntil(expiresAt, now),
    };
  }

  async #openEpochs(keys: readonly string[], lifetime: Milliseconds): Promise<readonly string[]> {
    const replies = keys.map((key) => this.#redis.run(openOneEpoch, [key], [newEpoch(), lifetime]));
    return (await Promise.all(replies)).map(String);
  }

  #unlessExpired<R extends { readonly expiresAt: EpochSeconds }>(record: R | undefined): R | undefined {
    return record !== undefined && record.expiresAt > this.#clock() ? record : undefined;
  }
}
